import type { Readable } from "node:stream";
import type { Problem } from "../model/problem.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import { type Countdown, countdown } from "./clock.ts";
import type { DescriptorPlan } from "./descriptors.ts";
import type { ExpectedMount } from "./finished-mounts.ts";
import { type FirstProcess, holdProcess } from "./first-process.ts";
import { freeze } from "./freeze.ts";
import { gate } from "./gate.ts";
import { exchanged, notSeen } from "./problems.ts";
import type { Pipe, StartedBwrap } from "./start-bwrap.ts";
import { createStatusReader, type Status } from "./status.ts";

/** Why sbx ended a sandbox. */
export type Cause =
  | { readonly by: "signal"; readonly signal: NodeJS.Signals }
  | { readonly by: "abort" }
  | { readonly by: "timeout" };

/** How bwrap ended, before anything is made of it. */
export interface Ending {
  readonly status: Status;
  /** The signal that ended bwrap itself. */
  readonly bwrapSignal: NodeJS.Signals | undefined;
  /** What sbx ended the sandbox for while the command had not ended. */
  readonly cause: Cause | undefined;
  /** Undefined when bwrap never got that far. */
  readonly first: FirstProcess | undefined;
  /** Why bwrap could not be started. */
  readonly failure: Error | undefined;
  /** What was wrong with the finished sandbox, so that the command was not started. */
  readonly refused: Problem | undefined;
}

/** What of a job matters while bwrap runs. */
export interface Watched {
  readonly killAfterMs: number;
  readonly timeoutMs: number | undefined;
  readonly expected: readonly ExpectedMount[];
  /** Called as soon as the first process is known, long before the command starts. */
  readonly onFirst: (pid: number) => void;
  /**
   * What remains to be done with the finished sandbox before the command starts; a problem keeps it from starting, and
   * "enough" ends the run there as a caller's abort would.
   */
  readonly atGate: (pid: number) => Problem | "enough" | undefined;
}

/** A bwrap under way. */
export interface Running {
  /** bwrap's number; undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Ends the sandbox: the signal goes to the command first; the second request, or time, kills. */
  stop(cause: Exclude<Cause, { readonly by: "timeout" }>): void;
  /** Hands a signal on to the command, as soon as there is one. */
  forward(signal: NodeJS.Signals): void;
  /** Freezes everything, calls back, and lets it go on. The clocks stand still meanwhile. */
  suspend(meanwhile: () => Promise<void>): Promise<void>;
  /** The command's number as seen from here, while it runs. */
  command(): number | undefined;
  readonly ended: Promise<Ending>;
}

// How long bwrap may take to tell the number of its child after it was told to stop.
const SET_UP_MS = 1000;
const LOOK_AGAIN_MS = 5;

/**
 * Watches a bwrap to its end. It is never bwrap itself that gets killed while its child is known: the child asks to
 * die with it only when the set-up is done (measured with 0.8, 0.12 and 0.13), so it would go on to run the command.
 */
export function watch({ child, pipes }: StartedBwrap, descriptors: DescriptorPlan, job: Watched): Running {
  const { killAfterMs, expected } = job;
  const door = gate(expected);
  let refused: Problem | undefined;
  let first: FirstProcess | undefined;
  let cause: Cause | undefined;
  let hasEnded = false;
  let grace: Countdown | undefined;
  const limit = job.timeoutMs === undefined ? undefined : countdown(job.timeoutMs, () => expire());
  const waiting: NodeJS.Signals[] = [];
  let handing: NodeJS.Timeout | undefined;

  let last: Countdown | undefined;
  const kill = () => {
    if (!first) return void child.kill("SIGKILL");
    first.kill();
    // Somebody may have stopped bwrap itself; without its child it has nothing left to do.
    last ??= countdown(SET_UP_MS, () => child.kill("SIGKILL"));
  };
  const reader = createStatusReader((pid) => {
    first = holdProcess(pid);
    job.onFirst(pid);
    if (cause) first.kill();
    else if (descriptors.gate !== undefined) door.watch(pid, judge);
  });
  const statusPipe = readStatus(pipes.get(descriptors.status), reader.push);
  const judge: Parameters<typeof door.watch>[1] = (verdict) => {
    if (verdict.state === "different") refused = exchanged({ at: verdict.at }, DEFAULT_ORIGIN);
    else if (verdict.state === "unseen") refused = notSeen({ reason: verdict.reason }, DEFAULT_ORIGIN);
    const told = verdict.state === "as-planned" && first ? job.atGate(first.pid) : undefined;
    if (told === "enough") cause ??= { by: "abort" };
    else refused ??= told;
    if (refused || told) kill();
    else letGo(descriptors.gate === undefined ? undefined : pipes.get(descriptors.gate));
  };

  const expire = () => {
    if (hasEnded || reader.status.exitCode !== undefined) return;
    cause ??= { by: "timeout" };
    if (first) kill();
    else grace = countdown(SET_UP_MS, kill);
  };
  const stop: Running["stop"] = (why) => {
    // The command has ended: that is how the run ends, but it is not to wait any longer.
    if (reader.status.exitCode !== undefined) return void child.kill("SIGKILL");
    const isRepeated = cause !== undefined;
    cause ??= why;
    grace?.cancel();
    if (isRepeated) kill();
    else if (!first) grace = countdown(SET_UP_MS, kill);
    else if (killAfterMs === 0 || !first.signalCommand(why.by === "signal" ? why.signal : "SIGTERM")) kill();
    else grace = countdown(killAfterMs, kill);
  };
  const handOn = () => {
    while (waiting[0] !== undefined && first?.signalCommand(waiting[0])) waiting.shift();
    handing = waiting.length === 0 || hasEnded ? undefined : setTimeout(handOn, LOOK_AGAIN_MS);
  };
  const forward = (signal: NodeJS.Signals) => {
    waiting.push(signal);
    if (handing === undefined) handOn();
  };
  const suspend: Running["suspend"] = async (meanwhile) => {
    const clocks = [limit, grace];
    const thaw = hasEnded || child.pid === undefined ? () => {} : freeze(child.pid);
    for (const clock of clocks) clock?.pause();
    await meanwhile();
    for (const clock of clocks) clock?.resume();
    thaw();
  };

  const bwrapEnded = new Promise<Pick<Ending, "bwrapSignal" | "failure">>((resolve) => {
    // Not `close`: a grandchild may hold standard output for as long as it likes.
    child.on("exit", (_code, signal) => resolve({ bwrapSignal: signal ?? undefined, failure: undefined }));
    child.on("error", (failure) => {
      if (child.pid === undefined) resolve({ bwrapSignal: undefined, failure });
    });
  });
  const ended = bwrapEnded.then(async (end) => {
    hasEnded = true;
    await drained(statusPipe);
    for (const clock of [grace, limit, last]) clock?.cancel();
    clearTimeout(handing);
    door.close();
    for (const pipe of pipes.values()) pipe.destroy();
    return { ...end, status: reader.status, cause, first, refused };
  });
  return { pid: child.pid, stop, forward, suspend, command: () => first?.command(), ended };
}

/** bwrap goes on when it has read a byte. */
function letGo(pipe: Pipe | undefined): void {
  if (!pipe || !("write" in pipe)) return;
  pipe.on("error", () => {});
  pipe.end("x");
}

function readStatus(pipe: Pipe | undefined, push: (text: string) => void): Readable | undefined {
  if (!pipe || !("setEncoding" in pipe)) return undefined;
  pipe.setEncoding("utf8");
  pipe.on("data", push);
  pipe.on("error", () => {});
  return pipe;
}

/**
 * Resolves when the pipe is at its end, or when all is read that a dead bwrap left in it: the next turn of the event
 * loop reads that, whoever else holds the other end.
 */
async function drained(pipe: Readable | undefined): Promise<void> {
  if (!pipe || pipe.closed) return;
  await new Promise<void>((resolve) => {
    pipe.once("close", resolve);
    setImmediate(() => setImmediate(resolve));
  });
}
