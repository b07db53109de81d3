import type { Problem } from "../model/problem.ts";

/** A problem and the offsets that it explains. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly problem: Problem;
  /** What the parser makes of the text from here on means nothing. */
  readonly fatal: boolean;
}
