import type { Problem } from "../model/problem.ts";

/**
 * Why a sandbox did not do what it was asked. `not-open`: there is no session; `already-open`: there is one; `refused`:
 * the plan can't be made or may not be run here; `not-opened`: a step of opening failed, and all before it is undone;
 * `never-ran`: the command was not started; `debug-shell`: the shell before it ended with an error; `clean-up`: something
 * that was made for the session is still there.
 */
export type SandboxErrorCode =
  | "not-open"
  | "already-open"
  | "refused"
  | "not-opened"
  | "never-ran"
  | "debug-shell"
  | "clean-up";

/** What more there is to say. */
export interface SandboxErrorDetails {
  readonly problems?: readonly Problem[];
  readonly exitCode?: number | undefined;
  readonly output?: string;
  readonly cause?: unknown;
}

/** A command never ran, or a session could not be opened or closed as it should. A non-zero exit is no error. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
  readonly code: SandboxErrorCode;
  /** What is wrong, with places; for `formatProblems`. */
  readonly problems: readonly Problem[];
  /** With `never-ran`: 125, or 126 and 127 where the command can't be executed or found. */
  readonly exitCode: number | undefined;
  /** With `never-ran`: what bwrap said, or the problems as text. */
  readonly output: string;

  constructor(code: SandboxErrorCode, message: string, details: SandboxErrorDetails = {}) {
    const { problems = [], exitCode, output = "", cause } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.problems = problems;
    this.exitCode = exitCode;
    this.output = output;
  }
}

/** An error that speaks of its first problem. */
export function problemError(code: SandboxErrorCode, what: string, details: SandboxErrorDetails): SandboxError {
  const [first, ...more] = (details.problems ?? []).filter(({ severity }) => severity === "error");
  const reason = first === undefined ? "" : `: ${first.message}${more.length > 0 ? ` (and ${more.length} more)` : ""}`;
  return new SandboxError(code, `${what}${reason}`, details);
}
