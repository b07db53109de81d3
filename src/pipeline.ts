import { compile } from "./compile/index.ts";
import { runBase } from "./execute/run-directory.ts";
import { ownDirectories } from "./host/own.ts";
import type { Effective } from "./model/effective.ts";
import type { Host } from "./model/host.ts";
import type { Plan } from "./model/plan.gen.ts";
import { hasErrors, type Problem, type Result } from "./model/problem.ts";
import { type Opened, openProfile, type ProfileObject } from "./opening.ts";
import { unbuilt } from "./preflight/unbuilt.ts";
import { commandLineFragment, type Overrides } from "./resolve/command-line.ts";
import { type FlagSwitch, resolve, type Setting } from "./resolve/index.ts";
import { ceiling } from "./trust/ceiling.ts";
import { unallowedApis } from "./trust/programs.ts";
import { typed } from "./validate/typed.ts";

/** Which profile, and what is laid over it for this time. */
export interface Request extends Overrides {
  /** `NAME | #VARIANT | PATH[#VARIANT] | REF:PATH`, an object; undefined: the profile that governs the directory. */
  readonly profile?: string | ProfileObject | undefined;
  readonly flags?: readonly FlagSwitch[];
  readonly set?: readonly Setting[];
}

/** A profile resolved for a host. */
export interface Resolved {
  readonly opened: Opened;
  readonly effective: Effective;
}

/** A resolved profile and the plan that came of it. */
export interface Planned extends Resolved {
  readonly plan: Plan;
}

/** discover → load → validate → resolve. */
export async function resolveProfile(request: Request, host: Host): Promise<Result<Resolved>> {
  const opened = await openProfile(request.profile, host);
  if (opened.value === undefined) return { value: undefined, problems: opened.problems };
  const { source, variant, project, library, checkFragment } = opened.value;
  const commandLine = commandLineFragment(request);
  const resolved = resolve(
    {
      source,
      variant,
      flags: request.flags ?? [],
      set: request.set ?? [],
      project,
      ...(commandLine && { commandLine }),
    },
    {
      host,
      lookup: library.lookup,
      typedFragment: (node, file, route) => {
        // Built-ins were checked when sbx was built, and what the command line adds is made by sbx; a file in which
        // nothing was replaced has been checked as it stands.
        const again = checkFragment !== undefined && library.sources.get(file)?.text?.includes("${") === true;
        return again ? checkFragment(node, file, route) : { value: typed(node, "fragment"), problems: [] };
      },
    },
  );
  const problems = [...opened.problems, ...resolved.problems];
  const value = resolved.value && { opened: opened.value, effective: resolved.value };
  return { value: hasErrors(problems) ? undefined : value, problems };
}

/** … → compile: the plan of a profile on a host. */
export async function planProfile(request: Request, host: Host): Promise<Result<Planned>> {
  const resolved = await resolveProfile(request, host);
  if (resolved.value === undefined) return { value: undefined, problems: resolved.problems };
  const { state, cache, configuration } = ownDirectories(host);
  const directories = [runBase(host), state, cache, configuration];
  const { value: plan, problems } = compile(resolved.value.effective, host, { directories });
  return { value: plan && { ...resolved.value, plan }, problems: [...resolved.problems, ...problems] };
}

/** What decides whether a plan may run here, beside the plan. */
export interface Caller {
  readonly allowedApis: ReadonlySet<string>;
  /** What the user types to run a discovered profile all the same. */
  readonly insist: string;
}

/** Whether this profile may run here: the ceiling for discovered ones, and what this version can do. */
export function refuse({ opened, effective, plan }: Planned, host: Host, caller: Caller): Problem[] {
  const { configuration } = ownDirectories(host);
  return [
    ...(opened.discovered ? ceiling(plan, effective, host, caller.insist) : []),
    ...unallowedApis(plan, configuration, caller.allowedApis, caller.insist),
    ...unbuilt(plan, effective, host),
  ];
}
