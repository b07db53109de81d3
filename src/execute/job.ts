import type { Invocation, KeptPlace, Outcome, WantedLock } from "../model/invocation.ts";
import type { SettledLimits } from "../model/limits.ts";
import type { Step } from "../model/plan.gen.ts";
import type { Problem, Spot } from "../model/problem.ts";
import type { Session } from "../model/session.ts";
import type { Captured, CaptureOptions } from "./capture/index.ts";
import type { HostEnvironment } from "./environment.ts";
import type { ExpectedMount } from "./finished-mounts.ts";

/** Everything that one run needs to know. */
export interface Job {
  readonly invocation: Invocation;
  readonly prepare: readonly Step[];
  /** What is looked for in the finished sandbox before the command may start; without any, it starts at once. */
  readonly expected?: readonly ExpectedMount[];
  /** How long the whole run may take, in milliseconds, and who says so. */
  readonly timeout?: { readonly ms: number; readonly spot: Spot };
  readonly limits?: SettledLimits;
  /** Looks at the finished sandbox through its first process, and is all that is wanted of it: no command starts. */
  readonly inspect?: (pid: number) => void;
  /** The root that no second sandbox may have meanwhile. */
  readonly lock?: WantedLock;
  /** Where it mounts something in a directory that lives longer. */
  readonly kept?: readonly KeptPlace[];
  readonly process: {
    readonly stdin: "inherit" | "none";
    /** Descriptors that the command gets under the same numbers. */
    readonly passFds: readonly number[];
    /** How long the command may take to end by itself when the run is told to stop; 0 kills it at once. */
    readonly killAfterMs: number;
    /** Default: `new`. */
    readonly session?: Session;
    /** Whether a SIGKILL of sbx ends the sandbox (default: true). */
    readonly dieWithParent?: boolean;
  };
}

/** What the caller of a run decides. */
export interface ExecuteOptions {
  /** Whether signals to this process stop, suspend and reach the run (default: true). */
  readonly handleSignals?: boolean;
  /** Stops the run as SIGTERM does. */
  readonly abort?: AbortSignal;
  /** What references in the invocation's environment are looked up in (default: `process.env`). */
  readonly environment?: HostEnvironment;
  /** Hands standard output and error to the caller instead of letting them be sbx's own. */
  readonly capture?: CaptureOptions & { /** Absolute path of mkfifo(1). */ readonly mkfifo: string };
  /** What the command reads from standard input; it wins over `stdin` of the job. */
  readonly input?: string | Uint8Array;
  /** A command that undoes what is left when this process is killed with SIGKILL; without one the next run does. */
  readonly cleaner?: readonly string[];
  /** The real paths of `{run}/NAME` places that live longer than the run: it neither makes nor removes them. */
  readonly places?: ReadonlyMap<string, string>;
}

/** How a run ended, and why. */
export interface Executed extends Outcome {
  /** What kept the run from starting, or ended it early; bwrap's own complaints are on standard error instead. */
  readonly problems: readonly Problem[];
  /** What the command wrote, when that was captured. */
  readonly captured?: Captured;
  /** The number that bwrap had; it is another process's, perhaps, by now. */
  readonly pid?: number;
}
