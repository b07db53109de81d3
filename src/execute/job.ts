import type { Invocation, Outcome } from "../model/invocation.ts";
import type { Step } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import type { HostEnvironment } from "./environment.ts";
import type { ExpectedMount } from "./finished-mounts.ts";

/** Everything that one run needs to know. */
export interface Job {
  readonly invocation: Invocation;
  readonly prepare: readonly Step[];
  /** What is looked for in the finished sandbox before the command may start; without any, it starts at once. */
  readonly expected?: readonly ExpectedMount[];
  readonly process: {
    readonly stdin: "inherit" | "none";
    /** Descriptors that the command gets under the same numbers. */
    readonly passFds: readonly number[];
    /** How long the command may take to end by itself when the run is told to stop; 0 kills it at once. */
    readonly killAfterMs: number;
  };
}

/** What the caller of a run decides. */
export interface ExecuteOptions {
  /** Whether TERM, INT, HUP and QUIT to this process stop the run (default: true). */
  readonly handleSignals?: boolean;
  /** Stops the run as SIGTERM does. */
  readonly abort?: AbortSignal;
  /** What references in the invocation's environment are looked up in (default: `process.env`). */
  readonly environment?: HostEnvironment;
}

/** How a run ended, and why it never began. */
export interface Executed extends Outcome {
  /** What kept the run from starting; bwrap's own complaints are on standard error instead. */
  readonly problems: readonly Problem[];
}
