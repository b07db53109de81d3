import { compile } from "./compile/index.ts";
import { type Executed, type ExecuteOptions, execute, runBase } from "./execute/index.ts";
import { ownDirectories, ownPrograms } from "./host/own.ts";
import { probeBwrap } from "./host/probe.ts";
import { findProgram } from "./host/programs.ts";
import type { Effective } from "./model/effective.ts";
import type { Host } from "./model/host.ts";
import type { Invocation } from "./model/invocation.ts";
import type { Plan } from "./model/plan.gen.ts";
import { hasErrors, type Problem, type Result } from "./model/problem.ts";
import { type Opened, openProfile, type ProfileObject } from "./opening.ts";
import { whyUnstartable } from "./preflight/command.ts";
import { expectedMounts } from "./preflight/expected.ts";
import { unbuilt } from "./preflight/unbuilt.ts";
import { bwrap, type Features } from "./render/index.ts";
import { commandLineFragment, type Overrides } from "./resolve/command-line.ts";
import { type FlagSwitch, resolve, type Setting } from "./resolve/index.ts";
import { tree } from "./tree/index.ts";
import { ceiling } from "./trust/ceiling.ts";
import { guardsInReach, unallowedApis } from "./trust/programs.ts";
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
  /** One of the descriptors 0 to 2 is a terminal. */
  readonly terminal: boolean;
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
    ...unbuilt(plan, effective, host, { terminal: caller.terminal }),
  ];
}

/** The bwrap that will run, from a trustworthy place, with what it can do. */
export function findBwrap(plan: Plan, host: Host): Result<Features> {
  const writable = plan.operations.flatMap((operation) =>
    operation.kind === "bind" && operation.access !== "ro" && operation.present ? [operation.source] : [],
  );
  const named = host.env.SBX_BWRAP;
  const path = host.env.PATH ?? "";
  const found = findProgram("bwrap", { path, project: plan.project, writable, host, ...(named ? { named } : {}) });
  if (found.value === undefined) return { value: undefined, problems: found.problems };
  const reached = guardsInReach(plan, { ...ownPrograms(), bwrap: found.value });
  if (reached.length > 0) return { value: undefined, problems: reached };
  const probed = probeBwrap(found.value, ownDirectories(host).cache);
  const { value } = probed;
  if (value === undefined) return { value: undefined, problems: probed.problems };
  const features = { name: `bwrap ${value.version}`, file: value.file, options: new Set(value.options) };
  return { value: features, problems: probed.problems };
}

/** … → render. */
export function renderBwrap(plan: Plan, features: Features, argv: readonly string[]): Result<Invocation> {
  return bwrap.render(plan, features, argv);
}

/** How a run ended before it began: with an exit code of its own where the command can't be started. */
export interface Refused {
  readonly exitCode: 125 | 126 | 127;
  readonly problems: readonly Problem[];
}

/** … → execute → clean up. */
export async function runPlan(
  plan: Plan,
  argv: readonly string[],
  host: Host,
  options: ExecuteOptions = {},
): Promise<Executed | Refused> {
  const features = findBwrap(plan, host);
  if (features.value === undefined) return { exitCode: 125, problems: features.problems };
  const rendered = renderBwrap(plan, features.value, argv);
  if (rendered.value === undefined) return { exitCode: 125, problems: rendered.problems };

  const { process, env } = plan;
  const path = env.PATH?.value;
  const searched = typeof path === "object" ? [...(path.prepend ?? []), host.env[path.from] ?? ""].join(":") : path;
  const name = process.wrapper.value[0] ?? argv[0] ?? "";
  const place = { path: searched, cwd: process.cwd.value };
  const unstartable = whyUnstartable(tree(plan.operations, host), host, name, place);
  if (unstartable !== undefined) return { exitCode: unstartable.exitCode, problems: [unstartable.problem] };

  const job = {
    invocation: rendered.value,
    prepare: plan.prepare,
    expected: expectedMounts(plan.operations, host),
    process: {
      stdin: process.stdin.value,
      passFds: process.passFds.value,
      killAfterMs: process.killAfter.value,
    },
  };
  return execute(job, options);
}
