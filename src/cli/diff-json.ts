import type { Change, Difference, Score } from "../index.ts";
import { jsonText } from "./json.ts";

/** Two sandboxes, by the names that they were asked for, and in what they differ. */
export interface Comparison {
  readonly before: ComparedSide;
  readonly after: ComparedSide;
  readonly differences: readonly Difference[];
}

export type ComparedSide = Pick<Score, "score" | "rating"> & { readonly name: string };

/** How many changes there are of each class. */
export function countsOf(differences: readonly Difference[]): Readonly<Record<Change, number>> {
  const of = (change: Change) => differences.filter((each) => each.change === change).length;
  return { widens: of("widens"), narrows: of("narrows"), neutral: of("neutral") };
}

/** As `schema/diff.schema.json` describes it. */
export function diffJson({ before, after, differences }: Comparison): string {
  const side = ({ name, score, rating }: ComparedSide) => ({ name, score, rating });
  return jsonText({
    version: 1,
    before: side(before),
    after: side(after),
    counts: countsOf(differences),
    changes: differences,
  });
}

/** `2 changes widen, 1 narrows, 3 are neutral`. */
export function countsText(differences: readonly Difference[]): string {
  const { widens, narrows, neutral } = countsOf(differences);
  if (differences.length === 0) return "no change";
  const parts = [
    [widens, widens === 1 ? "widens" : "widen"],
    [narrows, narrows === 1 ? "narrows" : "narrow"],
    [neutral, neutral === 1 ? "is neutral" : "are neutral"],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, verb]) => `${count} ${verb}`);
  return `${told.join(", ")}`.replace(/^(\d+)/, (count) => `${count} change${count === "1" ? "" : "s"}`);
}
