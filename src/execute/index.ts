import type { Problem } from "../model/problem.ts";
import type { StandardDescriptor } from "../model/session.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import type { Captured } from "./capture/index.ts";
import { type Control, takeControl } from "./control.ts";
import { type End, endedFor, endOf, neverRan } from "./end.ts";
import { holdForeground } from "./foreground.ts";
import { createHostSide } from "./host-side.ts";
import type { Executed, ExecuteOptions, Job } from "./job.ts";
import { createJournal, type Journal } from "./journal.ts";
import { type Keeper, type KeeperDuties, keeperMark, startKeeper } from "./keeper.ts";
import { lookAtKeptPlaces } from "./kept-places.ts";
import { undoKilledRuns } from "./killed-runs.ts";
import { inheritable, openDescriptors } from "./open-descriptors.ts";
import { noKeeper, timeLimit } from "./problems.ts";
import { refusals } from "./refusals.ts";
import { lockRoot, type RootLock } from "./root-lock.ts";
import type { Running } from "./running.ts";
import { descriptorsOf, type Equipment, type Started, start } from "./start.ts";
import { endSurvivors } from "./survivors.ts";
import { isSuspendKey } from "./suspend-key.ts";
import type { Relay } from "./terminal/index.ts";

export type { OnOutput, OutputStream } from "./capture/index.ts";
export { EXIT_CODES, type ExitCode, exitStatus } from "./exit-status.ts";
export { type HeldHostSide, holdHostSide } from "./held-host-side.ts";
export type { Executed, ExecuteOptions, Job } from "./job.ts";
export { onSignal } from "./on-signal.ts";
export { runBase } from "./run-directory.ts";

/** How a run that was started ended, before its clean-up. */
type Finished = End &
  Pick<Executed, "limitsHit"> & { readonly captured: Captured | undefined; readonly pid: number | undefined };

/**
 * Runs a job: its steps, bwrap to its end, the steps' inverses. Whatever happens on the way, all that was done is
 * undone before this resolves; what can't be undone stands in `cleanup`, beside the outcome.
 */
export async function execute(job: Job, options: ExecuteOptions = {}): Promise<Executed> {
  const began = performance.now();
  const environment = options.environment ?? process.env;
  const journal = createJournal(environment);
  const cleanup: Problem[] = [];
  let finished: Finished | undefined;
  let relay: Relay | undefined;
  let keeper: Keeper | undefined;
  let lock: RootLock | undefined;
  // Loaded only where they are needed: each would cost every start some time.
  const enforcement = job.limits && (await import("./limits/index.ts"));
  const capturing = options.capture || options.input !== undefined ? await import("./capture/index.ts") : undefined;
  // Before the first step: from here on no signal may end this process while something is left to undo.
  const control = takeControl(options);
  const side = createHostSide({
    journal,
    environment,
    hurry: control.hurry,
    ...(options.places && { places: options.places }),
  });
  const begin = async (): Promise<Started | End> => {
    const open = openDescriptors();
    const mark = keeperMark();
    const wishes = streams(options, job, journal, capturing);
    const refused = refusals(job, open, descriptorsOf(job, open), wishes.given);
    if (refused.length > 0) return neverRan(refused);
    // Before the first step: from here on a SIGKILL leaves something to be done.
    keeper = keeperOf(job, { mark, relay, environment, cleaner: options.cleaner, inherited: inheritable(open) });
    if (keeper === undefined) return neverRan([noKeeper({}, DEFAULT_ORIGIN)]);
    const locked = job.lock && lockRoot(job.lock);
    if (locked && "rule" in locked) return neverRan([locked]);
    lock = locked;
    const failed = await side.perform(job.prepare);
    if (control.early) return endedFor(control.early, undefined);
    if (failed) return neverRan([failed]);
    const changed = job.kept ? lookAtKeptPlaces(job.kept, side.places) : [];
    if (changed.length > 0) return neverRan(changed);
    const warn = (problem: Problem) => void cleanup.push(problem);
    const own = { environment, journal, places: side.places, relay, open: openDescriptors(), mark, warn, enforcement };
    return start(job, { ...own, ...wishes });
  };
  const { session } = job.process;
  const restoreForeground = session?.kind === "keep" ? holdForeground(session.restorer) : undefined;
  try {
    cleanup.push(...(await undoKilledRuns(environment)));
    const terminal = await openTerminal(job);
    if (terminal !== undefined && !("rule" in terminal)) relay = terminal;
    control.setRelay(relay);
    const begun = control.early
      ? endedFor(control.early, undefined)
      : terminal && "rule" in terminal
        ? neverRan([terminal])
        : await begin();
    if ("running" in begun) {
      control.setRunning(begun.running);
      relay?.begin((bytes) => suspendAtKey(bytes, job, begun.running, relay, control));
      finished = await toItsEnd(begun, job, { journal, keeper, cleanup, hurry: control.hurry });
    } else finished = { ...begun, limitsHit: [], captured: undefined, pid: undefined };
  } finally {
    try {
      await relay?.finish(finished?.ended === "timeout" ? AbortSignal.abort() : control.hurry);
      const background = restoreForeground?.();
      if (background) cleanup.push(background);
    } finally {
      cleanup.push(...(await side.undo()));
      lock?.release();
      keeper?.dismiss();
      control.release();
    }
  }
  const { captured, pid, ...end } = finished;
  const durationMs = performance.now() - began;
  // Some are known only when they are to be stopped.
  const problems = [...end.problems, ...side.deaths];
  return { ...end, problems, durationMs, cleanup, ...(captured && { captured }), ...(pid !== undefined && { pid }) };
}

/** What a run ends in. */
interface Surroundings {
  readonly journal: Journal;
  readonly keeper: Keeper | undefined;
  readonly cleanup: Problem[];
  /** Aborted when somebody wants the run to end. */
  readonly hurry: AbortSignal;
}

/** Waits for the end of bwrap and of everything in the sandbox, and says what it was. */
async function toItsEnd(
  { running, capture, cgroup }: Started,
  { invocation, limits, timeout, process: { dieWithParent = true } }: Job,
  { journal, keeper, cleanup, hurry }: Surroundings,
): Promise<Finished> {
  capture?.begin();
  const ending = await running.ended;
  // A bwrap that somebody ended before it told of its child leaves that child behind.
  if (ending.first === undefined && ending.failure === undefined) await keeper?.sweep();
  const end = endOf(ending, invocation);
  // Who is killed with the command may still write for a moment: not after sbx has ended.
  const mustEnd = dieWithParent || end.ended !== "exit" || !journal.isEmpty;
  if (ending.first && mustEnd) cleanup.push(...(await endSurvivors(ending.first)));
  ending.first?.release();
  const captured = await capture?.finish(end.ended === "exit" ? hurry : AbortSignal.abort());
  const hit = (limits && (await import("./limits/index.ts")).struck(limits, cgroup, end.exitCode)) ?? [];
  const overTime = end.ended === "timeout" && timeout ? [timeLimit({ ms: timeout.ms }, timeout.spot)] : [];
  const isOutOfMemory = end.ended === "exit" && end.exitCode === 137 && hit.some(({ limit }) => limit === "memory");
  return {
    ...end,
    ...(isOutOfMemory && { ended: "out-of-memory" }),
    problems: [...end.problems, ...overTime, ...hit.map(({ problem }) => problem)],
    limitsHit: [...(overTime.length > 0 ? ["time"] : []), ...hit.map(({ limit }) => limit)],
    captured,
    pid: running.pid,
  };
}

/** The keeper of a run; one that does nothing for a sandbox that is to outlive sbx. */
function keeperOf(
  { process: { dieWithParent = true, session } }: Job,
  { relay, ...duties }: Omit<KeeperDuties, "terminal"> & { readonly relay: Relay | undefined },
): Keeper | undefined {
  if (!dieWithParent) return { dismiss() {}, async sweep() {} };
  const terminal = relay?.saved && session?.kind === "pty" ? { stty: session.stty, ...relay.saved } : undefined;
  return startKeeper({ ...duties, terminal });
}

/** The relay of a job that has one; a problem when it can't be had and somebody insists on it. */
async function openTerminal({ process: { session } }: Job): Promise<Relay | Problem | undefined> {
  if (session?.kind !== "pty") return undefined;
  const { openRelay } = await import("./terminal/index.ts");
  const opened = await openRelay({ terminals: session.terminals, stty: session.stty });
  return "rule" in opened && session.optional ? undefined : opened;
}

/** ^Z stops what has no shell behind it inside, and sbx, so that the caller's shell goes on. */
function suspendAtKey(
  bytes: Uint8Array,
  { process: { session } }: Job,
  running: Running,
  relay: Relay | undefined,
  control: Control,
): void {
  const command = running.command();
  if (command === undefined || session?.kind !== "pty" || relay === undefined) return;
  if (isSuspendKey(bytes, { pty: relay.slave, stty: session.stty, command })) void control.suspend();
}

/** Makes the streams that the caller of the library asks for, when their time has come. */
function streams(
  { capture, input }: ExecuteOptions,
  { process: { stdin } }: Job,
  journal: Journal,
  capturing: typeof import("./capture/index.ts") | undefined,
): Pick<Equipment, "given" | "openCapture" | "openInput"> {
  const inRunDirectory = <T>(action: (directory: string) => T): T | Problem => {
    const directory = journal.runDirectory();
    return typeof directory === "string" ? action(directory) : directory;
  };
  const given: StandardDescriptor[] = [];
  if (input === undefined && stdin === "inherit") given.push(0);
  if (capture === undefined) given.push(1, 2);
  return {
    given,
    openCapture: () =>
      capture && capturing && inRunDirectory((directory) => capturing.openCapture(capture, directory, capture.mkfifo)),
    openInput: () =>
      input !== undefined && capturing
        ? inRunDirectory((directory) => capturing.openInput(input, directory))
        : undefined,
  };
}
