import type { Limit } from "../../model/limits.ts";
import type { Problem } from "../../model/problem.ts";
import { limitLeftOut, limitNotSet } from "../limit-problems.ts";

/** Takes what stops nothing. */
export type Warn = (problem: Problem) => void;

/** Why a limit does not hold, and what would help. */
export interface Failure {
  readonly why: string;
  readonly fix?: string;
}

/** Says that limits can't be enforced: a problem, or warnings if all of them say `try`. */
export function giveUp(limits: readonly Limit<string>[], failure: Failure, warn: Warn): Problem | undefined {
  const needed = limits.find((limit) => !limit.try);
  if (needed) return limitNotSet({ limit: needed.name, text: needed.text, ...failure }, needed.origin);
  for (const { name, text, origin } of limits) warn(limitLeftOut({ limit: name, text, why: failure.why }, origin));
  return undefined;
}
