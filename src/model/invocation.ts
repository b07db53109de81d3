import type { Problem, Spot } from "./problem.ts";

/** A descriptor that bwrap reads while it sets the sandbox up. */
export interface Input {
  readonly fd: number;
  readonly content: string | readonly InputPart[];
}

/** A piece of an input: text, or a value that is known only when bwrap starts. */
export type InputPart = EnvironmentValue;

/** A program call, complete: nothing is added but the status descriptor. */
export interface Invocation {
  readonly version: 1;
  /** A program that becomes bwrap, and its words: setarch(8). */
  readonly before?: readonly string[];
  /** Absolute path of bwrap. */
  readonly file: string;
  readonly args: readonly string[];
  /** The environment of bwrap itself; a reference stands for the host variable's value. */
  readonly env: Readonly<Record<string, EnvironmentValue>>;
  readonly cwd: string;
  readonly inputs: readonly Input[];
}

/** A literal, or a host variable by name, with what goes in front of it. */
export type EnvironmentValue = string | { readonly from: string; readonly prepend?: readonly string[] };

/**
 * How a run ended. `exit`: the command ended by itself; `signal`: sbx was told to stop; `timeout`, `aborted`,
 * `out-of-memory`: as named; `never-ran`: bwrap could not set the sandbox up, or could not start the command; `killed`:
 * somebody else ended bwrap.
 */
export interface Outcome {
  readonly ended: "exit" | "signal" | "timeout" | "aborted" | "out-of-memory" | "never-ran" | "killed";
  /** The command's own code, or 128+n as bwrap reports a signal; undefined unless it ran to an end. */
  readonly exitCode: number | undefined;
  /** The signal that ended bwrap or that sbx was told to stop with. */
  readonly signal: NodeJS.Signals | undefined;
  /** On the monotonic clock, from the first step to the last undo. */
  readonly durationMs: number;
  /** The limits that were reached, by their names in the profile. */
  readonly limitsHit: readonly string[];
  /** What could not be undone; never in place of the outcome. */
  readonly cleanup: readonly Problem[];
}

/** A host directory that no second sandbox may have meanwhile. */
export interface WantedLock {
  readonly path: string;
  /** Nobody else may have it at all; otherwise others may, who change nothing in it. */
  readonly exclusive: boolean;
  /** Absolute path of flock(1). */
  readonly flock: string;
  readonly spot: Spot;
}

/** A destination in a directory that lives longer than the run. */
export interface KeptPlace {
  readonly at: string;
  /** The directory, `{run}/NAME`. */
  readonly place: string;
  /** The path in it. */
  readonly inner: string;
  /** Whether a link is to stand there. */
  readonly isLink: boolean;
  readonly spot: Spot;
}
