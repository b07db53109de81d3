import { accessSync, constants, statSync } from "node:fs";
import type { Invocation } from "../model/invocation.ts";
import type { Problem } from "../model/problem.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import { isIoError, reasonOf } from "./io-error.ts";
import type { Executed } from "./job.ts";
import { notStarted } from "./problems.ts";
import type { Cause, Ending } from "./running.ts";

/** What of an outcome is settled when bwrap has ended. */
export type End = Pick<Executed, "ended" | "exitCode" | "signal" | "problems">;

/** The end of a run that never began. */
export const neverRan = (problems: readonly Problem[]): End => ({
  ended: "never-ran",
  exitCode: undefined,
  signal: undefined,
  problems,
});

/** The end of a run that sbx ended. */
export function endedFor(cause: Cause, exitCode: number | undefined): End {
  const signal = cause.by === "signal" ? cause.signal : undefined;
  const ended = { signal: "signal", abort: "aborted", timeout: "timeout" } as const;
  return { ended: ended[cause.by], exitCode, signal, problems: [] };
}

/** What bwrap's end says of the command: only its status line proves that the command ran (bwrap exits 1 for all). */
export function endOf({ failure, refused, status, cause, bwrapSignal }: Ending, invocation: Invocation): End {
  const { exitCode } = status;
  if (failure) return neverRan([whyNotStarted(failure, invocation)]);
  if (refused) return neverRan([refused]);
  if (cause) return endedFor(cause, exitCode);
  if (exitCode !== undefined) return { ended: "exit", exitCode, signal: undefined, problems: [] };
  if (bwrapSignal) return { ended: "killed", exitCode, signal: bwrapSignal, problems: [] };
  return neverRan([]);
}

/** spawn(2) says ENOENT of the program and of the working directory alike; a second look tells them apart. */
export function whyNotStarted(failure: Error, { file, cwd }: Invocation): Problem {
  const tell = (reason: string) => notStarted({ file, cwd, reason }, DEFAULT_ORIGIN);
  try {
    if (!statSync(cwd).isDirectory()) return tell(`${cwd} is not a directory`);
    accessSync(file, constants.X_OK);
    return tell(failure.message);
  } catch (error) {
    if (!isIoError(error)) throw error;
    return tell(`${error.path}: ${reasonOf(error)}`);
  }
}
