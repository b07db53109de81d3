import type { Edit } from "../model/edit.ts";

/** A change to the linted file that takes a finding away. */
export interface Fix {
  /** What it does, as a sentence without its end: "mask ~/.ssh". */
  readonly title: string;
  readonly edits: readonly Edit[];
  /**
   * Whether `--fix` makes it: it hides or locks what a wider entry shows by the way, or takes out what has no effect. What
   * the author asked for by name is for the author to take back.
   */
  readonly safe: boolean;
}
