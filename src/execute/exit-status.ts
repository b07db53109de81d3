import type { Outcome } from "../model/invocation.ts";

/** What sbx exits with when it is not the command's own code. */
export const TIME_LIMIT = 124;
export const SBX_FAILED = 125;
export const NOT_EXECUTABLE = 126;
export const NOT_FOUND = 127;
export const CLEAN = 0;
export const FINDINGS = 1;
export const WRONG_USAGE = 2;

// signal(7). Only these and a caller's abort (as SIGTERM does) end a run with `ended: "signal"`.
const STOP_SIGNALS: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGTERM: 15,
};

/** The code that `sbx run` ends with after this outcome. */
export function exitStatus(outcome: Pick<Outcome, "ended" | "exitCode" | "signal">): number {
  switch (outcome.ended) {
    case "exit":
    case "out-of-memory":
      return outcome.exitCode ?? SBX_FAILED;
    case "timeout":
      return TIME_LIMIT;
    case "aborted":
      return 128 + 15;
    case "signal": {
      const number = outcome.signal && STOP_SIGNALS[outcome.signal];
      return number === undefined ? SBX_FAILED : 128 + number;
    }
    case "never-ran":
    case "killed":
      return SBX_FAILED;
  }
}

/** One row of the exit-code table. */
export interface ExitCode {
  readonly commands: "run, shell" | "all others";
  readonly code: string;
  readonly meaning: string;
}

/** Every exit code of sbx, for the reference page. */
export const EXIT_CODES: readonly ExitCode[] = [
  { commands: "run, shell", code: "n", meaning: "The command ended by itself with this code." },
  {
    commands: "run, shell",
    code: "128+n",
    meaning:
      "Signal n ended the command, or sbx was told to stop with it (HUP, INT, QUIT, TERM) and ended the sandbox.",
  },
  { commands: "run, shell", code: `${TIME_LIMIT}`, meaning: "The time limit was reached." },
  {
    commands: "run, shell",
    code: `${SBX_FAILED}`,
    meaning:
      "The command never ran, or its end is unknown: wrong usage, a broken profile, a sandbox that can't be set up, " +
      "or a bwrap that a signal ended which sbx did not send.",
  },
  {
    commands: "run, shell",
    code: `${NOT_EXECUTABLE}`,
    meaning: "The command was found in the sandbox but can't be executed.",
  },
  { commands: "run, shell", code: `${NOT_FOUND}`, meaning: "The command was not found in the sandbox." },
  { commands: "all others", code: `${CLEAN}`, meaning: "Done, and nothing found." },
  {
    commands: "all others",
    code: `${FINDINGS}`,
    meaning:
      "Something was found: lint errors (with `--strict` warnings too), a failed test, a difference (`--fail-on`).",
  },
  { commands: "all others", code: `${WRONG_USAGE}`, meaning: "Wrong usage or a broken profile." },
];
