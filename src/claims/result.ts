import type { Problem, Spot } from "../model/problem.ts";
import type { Claim } from "./claim.ts";

/**
 * `defect`: simulation and sandbox disagree. `skipped`: only a real sandbox could tell. `broken`: the profile makes no
 * plan, or its sandbox could not be made.
 */
export type Outcome = "holds" | "fails" | "defect" | "skipped" | "broken";

/** What one way of asking answered. */
export interface Answer {
  /** Null where it can't be told this way. */
  readonly holds: boolean | null;
  /** What was found, as part of a sentence. */
  readonly found: string;
}

export interface ClaimResult {
  readonly claim: Claim;
  readonly outcome: Outcome;
  readonly simulated: Answer | undefined;
  /** From the running sandbox. */
  readonly tried: Answer | undefined;
  /** What is wrong, unless it holds or was skipped. */
  readonly problem: Problem | undefined;
}

export interface TestResult {
  readonly name: string;
  readonly spot: Spot;
  readonly variant: string | undefined;
  readonly flags: readonly string[];
  readonly outcome: Outcome;
  readonly claims: readonly ClaimResult[];
  /** What is wrong with the profile as this test asks for it, or was noticed while its sandbox was there. */
  readonly problems: readonly Problem[];
  /** How long its sandboxes took. */
  readonly durationMs: number;
}

/** A profile held to its own tests. */
export interface TestedProfile {
  /** As it was asked for, when it could not be read. */
  readonly file: string;
  readonly variant: string | undefined;
  readonly problems: readonly Problem[];
  readonly broken: boolean;
  readonly tests: readonly TestResult[];
}

/** What comes of several: the worst, except that what holds counts before what was skipped. */
export function together(outcomes: readonly Outcome[]): Outcome {
  const order: readonly Outcome[] = ["broken", "defect", "fails", "holds"];
  return order.find((outcome) => outcomes.includes(outcome)) ?? "skipped";
}
