import type { Outcome } from "../model/invocation.ts";
import type { Problem } from "../model/problem.ts";

/** A whole build, as it begins. */
export interface Pipeline {
  readonly title: string;
  /** Anything that JSON can hold. */
  readonly options?: unknown;
}

/** One part of a build, as it begins. */
export interface Stage {
  readonly name: string;
  /** Anything that JSON can hold. */
  readonly options?: unknown;
  /** Under which name its output comes (default: its own). */
  readonly origin?: string | undefined;
}

/** How a stage ended; a completed run with a name. */
export interface StageResult extends Outcome {
  readonly name: string;
  readonly origin?: string | undefined;
  /** What kept the stage from starting, or ended it early. */
  readonly problems: readonly Problem[];
  /** What it wrote, or the end of that. */
  readonly output: string;
  readonly truncated: boolean;
}

/** How the whole ended. */
export interface Finish {
  readonly success: boolean;
  /** On a monotonic clock; a monitor that shows it takes the time itself when this is missing. */
  readonly durationMs?: number | undefined;
}

/** Nothing, or a promise that whoever tells a monitor something waits for. */
export type Answer = void | Promise<void>;

/**
 * Hears what happens in a build. `begin` and `finish` are the embedding program's to call; a run calls `stage` and
 * `result` when it is one, and `log` in any case. Who runs several things at once gives each an origin of its own.
 */
export interface Monitor {
  begin?(pipeline: Pipeline): Answer;
  stage?(stage: Stage): Answer;
  /** A piece of output as it came: not always a line, but never a part of a character. */
  log(text: string, origin?: string): Answer;
  result?(result: StageResult): Answer;
  finish?(finish: Finish): Answer;
}
