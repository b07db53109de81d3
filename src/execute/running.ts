import type { Readable } from "node:stream";
import type { DescriptorPlan } from "./descriptors.ts";
import type { ExpectedMount, SetUp } from "./finished-mounts.ts";
import { type FirstProcess, holdProcess } from "./first-process.ts";
import { gate } from "./gate.ts";
import type { Pipe, StartedBwrap } from "./start-bwrap.ts";
import { createStatusReader, type Status } from "./status.ts";

/** How bwrap ended, before anything is made of it. */
export interface Ending {
  readonly status: Status;
  /** The signal that ended bwrap itself. */
  readonly bwrapSignal: NodeJS.Signals | undefined;
  /** What the run was told to stop with while the command had not ended. */
  readonly stoppedBy: NodeJS.Signals | undefined;
  /** Undefined when bwrap never got that far. */
  readonly first: FirstProcess | undefined;
  /** Why bwrap could not be started. */
  readonly failure: Error | undefined;
  /** What was wrong with the finished sandbox, so that the command was not started. */
  readonly refused: Exclude<Verdict, { readonly state: "as-planned" }> | undefined;
}

type Verdict = Exclude<SetUp, { readonly state: "under-way" }>;

/** What of a job matters while bwrap runs. */
interface Watched {
  readonly killAfterMs: number;
  readonly expected: readonly ExpectedMount[];
}

/** A bwrap under way. */
export interface Running {
  /** Ends the sandbox: the signal goes to the command first; the second request, or time, kills. */
  stop(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ending>;
}

// How long bwrap may take to tell the number of its child after it was told to stop.
const SET_UP_MS = 1000;

/**
 * Watches a bwrap to its end. It is never bwrap itself that gets killed while its child is known: the child asks to
 * die with it only when the set-up is done (measured with 0.8, 0.12 and 0.13), so it would go on to run the command.
 */
export function watch({ child, pipes }: StartedBwrap, descriptors: DescriptorPlan, job: Watched): Running {
  const { killAfterMs, expected } = job;
  const door = gate(expected);
  let refused: Ending["refused"];
  let first: FirstProcess | undefined;
  let stoppedBy: NodeJS.Signals | undefined;
  let timer: NodeJS.Timeout | undefined;
  const kill = () => (first ? first.kill() : child.kill("SIGKILL"));
  const reader = createStatusReader((pid) => {
    first = holdProcess(pid);
    if (stoppedBy) first.kill();
    else if (descriptors.gate !== undefined) door.watch(pid, judge);
  });
  const statusPipe = readStatus(pipes.get(descriptors.status), reader.push);
  const judge = (verdict: Verdict) => {
    if (verdict.state === "as-planned")
      return letGo(descriptors.gate === undefined ? undefined : pipes.get(descriptors.gate));
    refused = verdict;
    kill();
  };

  const stop = (signal: NodeJS.Signals) => {
    // The command has ended: that is how the run ends, but it is not to wait any longer.
    if (reader.status.exitCode !== undefined) return void child.kill("SIGKILL");
    const isRepeated = stoppedBy !== undefined;
    stoppedBy ??= signal;
    clearTimeout(timer);
    if (isRepeated) kill();
    else if (!first) timer = setTimeout(kill, SET_UP_MS);
    else if (killAfterMs === 0 || !first.signalCommand(signal)) kill();
    else timer = setTimeout(kill, killAfterMs);
  };

  const bwrapEnded = new Promise<Pick<Ending, "bwrapSignal" | "failure">>((resolve) => {
    // Not `close`: a grandchild may hold standard output for as long as it likes.
    child.on("exit", (_code, signal) => resolve({ bwrapSignal: signal ?? undefined, failure: undefined }));
    child.on("error", (failure) => {
      if (child.pid === undefined) resolve({ bwrapSignal: undefined, failure });
    });
  });
  const ended = bwrapEnded.then(async (end) => {
    await drained(statusPipe);
    clearTimeout(timer);
    door.close();
    for (const pipe of pipes.values()) pipe.destroy();
    return { ...end, status: reader.status, stoppedBy, first, refused };
  });
  return { stop, ended };
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
