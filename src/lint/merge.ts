import type { Problem } from "../model/problem.ts";
import type { Finding } from "./rule.ts";

/** What a combination of variant and flag sets is called in messages; undefined for the one that a plain run takes. */
export type Combination = string | undefined;

/** Findings of one combination. */
export interface Combined {
  readonly combination: Combination;
  readonly findings: readonly Finding[];
}

/** The findings of all combinations, each told once, in the order of the file; what only some combinations have says so. */
export function merged(all: readonly Combined[], file: string): Finding[] {
  const found = new Map<string, Finding>();
  for (const { combination, findings } of all) {
    for (const finding of findings) {
      const key = keyOf(finding);
      const known = found.get(key);
      // What somebody has turned on is not what its author offers.
      if (known !== undefined && (known.chosen || !finding.chosen)) continue;
      found.set(key, combination === undefined ? finding : within(finding, combination));
    }
  }
  const told = [...found.values()];
  const wider = told.filter((each) => !told.some((other) => tellsMore(other, each)));
  return wider.sort((a, b) => inOrder(a.problem, b.problem, file));
}

/** Whether a finding says the same of one entry as another, and of more paths: where a condition is met there can be fewer. */
function tellsMore(finding: Finding, other: Finding): boolean {
  if (finding.problem.rule !== other.problem.rule) return false;
  const [paths, fewer] = [finding.problem.data.hostPaths, other.problem.data.hostPaths];
  if (!Array.isArray(paths) || !Array.isArray(fewer) || fewer.length >= paths.length) return false;
  return placeOf(finding) === placeOf(other) && fewer.every((path) => paths.includes(path));
}

/** The same words can weigh more in one combination than in another. */
const keyOf = (finding: Finding): string =>
  `${placeOf(finding)}\n${finding.problem.severity}\n${finding.problem.message}`;

const placeOf = ({ problem: { rule, data }, entry: { file, line, column } }: Finding): string =>
  `${rule}\n${line}:${column}:${file}\n${data.with ?? ""}`;

const within = (finding: Finding, combination: string): Finding => ({
  ...finding,
  problem: saidOf(finding.problem, combination),
});

/** A problem that one combination has and a plain run has not. */
export const saidOf = (problem: Problem, combination: string): Problem => ({
  ...problem,
  message: `${problem.message} (with ${combination})`,
  data: { ...problem.data, with: combination },
});

/** The linted file's own first, then those of other files, each from top to bottom. */
function inOrder(a: Problem, b: Problem, file: string): number {
  if (a.file !== b.file) {
    if (a.file === file || b.file === file) return a.file === file ? -1 : 1;
    return a.file < b.file ? -1 : 1;
  }
  return a.line - b.line || a.column - b.column || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);
}
