import { compile, type Endpoint } from "./compile/index.ts";
import { runBase } from "./execute/run-directory.ts";
import { overlayBackend } from "./host/overlays.ts";
import { ownDirectories } from "./host/own.ts";
import type { Effective } from "./model/effective.ts";
import type { Host } from "./model/host.ts";
import type { OverlayWish } from "./model/overlay.ts";
import type { Plan } from "./model/plan.gen.ts";
import { hasErrors, type Problem, type Result } from "./model/problem.ts";
import { type Opened, openProfile, type ProfileObject, readers } from "./opening.ts";
import { unbuilt, unenforceable } from "./preflight/unenforceable.ts";
import { commandLineFragment, type Overrides } from "./resolve/command-line.ts";
import { type FlagSwitch, resolve, type Setting, type SettledLayers } from "./resolve/index.ts";
import { ceiling } from "./trust/ceiling.ts";
import { unallowedApis } from "./trust/programs.ts";
import { typed } from "./validate/typed.ts";

/** Which profile, and what is laid over it for this time. */
export interface Request extends Overrides {
  /** `NAME | #VARIANT | PATH[#VARIANT] | REF:PATH`, an object; undefined: the profile that governs the directory. */
  readonly profile?: string | ProfileObject | undefined;
  readonly flags?: readonly FlagSwitch[];
  readonly set?: readonly Setting[];
  /** One of the profile's own tests, to be settled with it. */
  readonly test?: string;
  /** What was settled before for the same profile, variant and parameters. */
  readonly known?: SettledLayers;
  /** Whether required parameters without a value take their example's. */
  readonly examples?: boolean;
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
  const resolved = await resolveOpened(opened.value, request, host);
  return { ...resolved, problems: [...opened.problems, ...resolved.problems] };
}

/** … → resolve, of a profile that is open already. */
export async function resolveOpened(opened: Opened, request: Request, host: Host): Promise<Result<Resolved>> {
  const { source, variant, project, library, checkFragment } = opened;
  const commandLine = commandLineFragment(request);
  const checkMounts = request.mounts && (await readers()).checkFragment;
  const resolved = resolve(
    {
      source,
      variant,
      flags: request.flags ?? [],
      set: request.set ?? [],
      project,
      ...(commandLine && { commandLine }),
      ...(request.test !== undefined && { test: request.test }),
      ...(request.known && { known: request.known }),
      ...(request.examples && { examples: true }),
    },
    {
      host,
      lookup: library.lookup,
      typedFragment: (node, file, route) => {
        if (file === "command-line" && checkMounts) return checkMounts(node, file, route);
        // Built-ins were checked when sbx was built, and what else the command line adds is made by sbx; a file in
        // which nothing was replaced has been checked as it stands.
        const again = checkFragment !== undefined && library.sources.get(file)?.text?.includes("${") === true;
        return again ? checkFragment(node, file, route) : { value: typed(node, "fragment"), problems: [] };
      },
    },
  );
  const value = resolved.value && { opened, effective: resolved.value };
  return { value: hasErrors(resolved.problems) ? undefined : value, problems: resolved.problems };
}

/** … → compile: the plan of a profile on a host. */
export async function planProfile(request: Request, host: Host): Promise<Result<Planned>> {
  const resolved = await resolveProfile(request, host);
  return planResolved(resolved, request, host, []);
}

/** … → compile, of a profile that is open already. */
export async function planOpened(opened: Opened, request: Request, host: Host): Promise<Result<Planned>> {
  return planResolved(await resolveOpened(opened, request, host), request, host, []);
}

function planResolved(
  { value: resolved, problems: before }: Result<Resolved>,
  request: Request,
  host: Host,
  endpoints: readonly Endpoint[],
): Result<Planned> {
  if (resolved === undefined) return { value: undefined, problems: before };
  const { state, cache, configuration } = ownDirectories(host);
  const directories = [runBase(host), state, cache, configuration];
  const overlays = (wish: OverlayWish) => overlayBackend(wish, { host, cacheDirectory: cache });
  const { value: plan, problems } = compile(resolved.effective, host, { directories, endpoints, overlays });
  const planned = plan && { ...resolved, plan };
  if (planned) made.set(planned.plan, { planned, request, host });
  return { value: planned, problems: [...before, ...problems] };
}

/** How a plan came to be. */
export interface Making {
  readonly planned: Planned;
  readonly request: Request;
  readonly host: Host;
}

const made = new WeakMap<Plan, Making>();

/** How a plan came to be; undefined for one that comes from elsewhere, such as from a file. */
export const makingOf = (plan: Plan): Making | undefined => made.get(plan);

/** The plan of the same profile, as it was read then, with more laid over it, for the machine as it is now. */
export async function planAgain(
  { planned: { opened }, request }: Making,
  more: { readonly overrides: Overrides; readonly endpoints: readonly Endpoint[]; readonly host: Host },
): Promise<Result<Planned>> {
  const { overrides, endpoints, host } = more;
  const both: Request = {
    ...request,
    ...overrides,
    binds: [...(request.binds ?? []), ...(overrides.binds ?? [])],
    env: [...(request.env ?? []), ...(overrides.env ?? [])],
    ...((request.mounts || overrides.mounts) && { mounts: { ...request.mounts, ...overrides.mounts } }),
  };
  return planResolved(await resolveOpened(opened, both, host), both, host, endpoints);
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
    ...unbuilt(effective),
    ...unenforceable(plan, host),
  ];
}
