import { type Executed, type ExecuteOptions, execute, type Job } from "./execute/index.ts";
import { machine } from "./host/machine.ts";
import { ownDirectories, ownPrograms } from "./host/own.ts";
import { probeBwrap } from "./host/probe.ts";
import { canMakeUsers } from "./host/probe-user.ts";
import { findProgram } from "./host/programs.ts";
import { isInForeground, terminalsHere } from "./host/terminals.ts";
import type { Host } from "./model/host.ts";
import type { Invocation, WantedLock } from "./model/invocation.ts";
import type { SettledLimits } from "./model/limits.ts";
import type { Plan, Step } from "./model/plan.gen.ts";
import { hasErrors, type Problem, type Result } from "./model/problem.ts";
import { settleArch } from "./preflight/arch.ts";
import { whyUnstartable } from "./preflight/command.ts";
import { expectedMounts } from "./preflight/expected.ts";
import { keptPlaces } from "./preflight/kept-places.ts";
import { rootOf } from "./preflight/root-lock.ts";
import { settleSession } from "./preflight/session.ts";
import { unenforceable } from "./preflight/unenforceable.ts";
import { lackedUser, settleUser } from "./preflight/user-namespace.ts";
import { bwrap, type Features } from "./render/index.ts";
import { settleServers } from "./settle-servers.ts";
import { tree } from "./tree/index.ts";
import { guardsInReach } from "./trust/programs.ts";

/** A program of the host that sbx starts, from a place where nobody else could have put it. */
export function findHostProgram(name: string, plan: Plan, host: Host, named?: string): Result<string> {
  const writable = plan.operations.flatMap((operation) =>
    operation.kind === "bind" && operation.access !== "ro" && operation.present ? [operation.source] : [],
  );
  const path = host.env.PATH ?? "";
  return findProgram(name, { path, project: plan.project, writable, host, ...(named ? { named } : {}) });
}

/** The bwrap that will run, from a trustworthy place, with what it can do. */
export function findBwrap(plan: Plan, host: Host): Result<Features> {
  const found = findHostProgram("bwrap", plan, host, host.env.SBX_BWRAP);
  if (found.value === undefined) return { value: undefined, problems: found.problems };
  const reached = guardsInReach(plan, { ...ownPrograms(), bwrap: found.value });
  if (reached.length > 0) return { value: undefined, problems: reached };
  const probed = probeBwrap(found.value, ownDirectories(host).cache);
  const { value } = probed;
  if (value === undefined) return { value: undefined, problems: probed.problems };
  const { value: before, problems } = settleArch(plan, machine(), (name) => findHostProgram(name, plan, host));
  if (before === undefined) return { value: undefined, problems };
  const features = { name: `bwrap ${value.version}`, file: value.file, options: new Set(value.options), before };
  return { value: features, problems: probed.problems };
}

/** plan → render. */
export function renderBwrap(plan: Plan, features: Features, argv: readonly string[]): Result<Invocation> {
  const byName = (name: string): Result<string> => ({ value: name, problems: [] });
  const { value: before, problems } = settleArch(plan, machine(), byName);
  if (before === undefined) return { value: undefined, problems };
  return bwrap.render(plan, { before, ...features }, argv);
}

/** What the caller of a run decides. */
export interface RunOptions extends Omit<ExecuteOptions, "capture"> {
  /** The steps that are done already, and their root locked: those of an open session. */
  readonly done?: (step: Step) => boolean;
  /** Hands the command's output to the caller instead of letting it be this process's own. */
  readonly capture?: Omit<NonNullable<ExecuteOptions["capture"]>, "mkfifo">;
  /** Looks at the finished sandbox through its first process; then the run ends, "aborted", without a command. */
  readonly inspect?: NonNullable<Job["inspect"]>;
}

/** How a run ended before it began: with an exit code of its own where the command can't be started. */
export interface Refused {
  readonly exitCode: 125 | 126 | 127;
  readonly problems: readonly Problem[];
}

/** plan → render → preflight → execute → clean up, of a plan that nothing speaks against. */
export async function runVetted(
  asked: Plan,
  argv: readonly string[],
  host: Host,
  { capture, done, inspect, ...options }: RunOptions = {},
): Promise<Executed | Refused> {
  const settledPlan = done === undefined ? settleServers(asked, host) : { value: asked, problems: [] };
  if (settledPlan.value === undefined) return { exitCode: 125, problems: settledPlan.problems };
  const served = settledPlan.value;
  const refused = unenforceable(served, host);
  if (refused.length > 0) return { exitCode: 125, problems: refused };
  const features = findBwrap(served, host);
  if (features.value === undefined) return { exitCode: 125, problems: features.problems };
  const { file } = features.value;
  const user = settleUser(served, host, () => canMakeUsers(file));
  if (user.value === undefined) return { exitCode: 125, problems: user.problems };
  const plan = user.value;
  const rendered = renderBwrap(plan, features.value, argv);
  if (rendered.value === undefined) return { exitCode: 125, problems: rendered.problems };

  const { process, env } = plan;
  const path = env.PATH?.value;
  const searchPath = typeof path === "object" ? [...(path.prepend ?? []), host.env[path.from] ?? ""].join(":") : path;
  const name = process.wrapper.value[0] ?? argv[0] ?? "";
  const shown = tree(plan.operations, host, plan.prepare);
  const unstartable = whyUnstartable(shown, host, name, { path: searchPath, cwd: process.cwd.value });
  if (unstartable !== undefined && !inspect) return { exitCode: unstartable.exitCode, problems: [unstartable.problem] };

  const find = (program: string) => findHostProgram(program, plan, host).value;
  const session = settleSession(plan, {
    host,
    tree: shown,
    terminals: (inspect ? [] : terminalsHere()).filter((fd) =>
      fd === 0 ? options.input === undefined : capture === undefined,
    ),
    foreground: isInForeground(),
    find,
    searchPath,
  });
  if (session.value === undefined) return { exitCode: 125, problems: session.problems };
  const mkfifo = capture && findHostProgram("mkfifo", plan, host);
  if (mkfifo && mkfifo.value === undefined) return { exitCode: 125, problems: mkfifo.problems };

  const lock = done === undefined ? wantedLock(plan, host, { session: false }) : { value: undefined, problems: [] };
  if (hasErrors(lock.problems)) return { exitCode: 125, problems: lock.problems };

  const limits = await settled(plan, host, find);
  if (hasErrors(limits.problems)) return { exitCode: 125, problems: limits.problems };

  const { time } = plan.limits;
  const job: Job = {
    invocation: rendered.value,
    prepare: done === undefined ? plan.prepare : plan.prepare.filter((step) => !done(step)),
    ...(lock.value && { lock: lock.value }),
    ...(done && { kept: keptPlaces(plan.operations, host) }),
    expected: expectedMounts(plan, host),
    ...(time && { timeout: { ms: time.value, spot: time.origin } }),
    ...(limits.value && { limits: limits.value }),
    ...(inspect && { inspect }),
    process: {
      stdin: process.stdin.value,
      passFds: process.passFds.value,
      killAfterMs: process.killAfter.value,
      dieWithParent: process.dieWithParent.value,
      session: session.value,
    },
  };
  const executed = await execute(job, {
    ...options,
    ...(capture && mkfifo?.value && { capture: { ...capture, mkfifo: mkfifo.value } }),
  });
  const unexplained = executed.ended === "never-ran" && executed.problems.length === 0;
  const lacked = unexplained ? lackedUser(plan, host, () => canMakeUsers(file)) : [];
  return { ...executed, problems: [...limits.problems, ...executed.problems, ...lacked] };
}

/**
 * The root that no second sandbox may have meanwhile. A session has it for itself; single runs that change nothing in
 * it get along with each other.
 */
export function wantedLock(
  plan: Plan,
  host: Host,
  { session }: { readonly session: boolean },
): Result<WantedLock | undefined> {
  const root = rootOf(plan);
  if (root === undefined) return { value: undefined, problems: [] };
  const flock = findHostProgram("flock", plan, host);
  if (flock.value === undefined) return { value: undefined, problems: flock.problems };
  const { path, changes, spot } = root;
  return { value: { path, exclusive: session || changes, flock: flock.value, spot }, problems: [] };
}

/** How the plan's limits are enforced; what finds that out is loaded only when there are any. */
async function settled(
  plan: Plan,
  host: Host,
  find: (program: string) => string | undefined,
): Promise<Result<SettledLimits>> {
  if (Object.keys(plan.limits).every((name) => name === "time")) return { value: undefined, problems: [] };
  const { settleLimits } = await import("./preflight/limits.ts");
  const { findCgroups } = await import("./host/cgroups.ts");
  return settleLimits(plan, {
    uid: host.uid,
    findPrlimit: () => find("prlimit"),
    findBusctl: () => find("busctl"),
    findCgroups: (wanted) => findCgroups(wanted, { uid: host.uid, env: host.env }),
  });
}
