import type { Source } from "../model/node.ts";
import { hasErrors, type Problem, type Result } from "../model/problem.ts";
import { characterProblem } from "./characters.ts";
import { linesOf } from "./lines.ts";
import { parse } from "./parse.ts";
import { locatedTree } from "./tree.ts";

export { commentsOf } from "./comments.ts";

/**
 * Reads the text of a profile into a located tree. Every text gives a value or problems, never an exception; relative
 * paths in it will start from `directory`.
 */
export function load(file: string, directory: string | undefined, text: string): Result<Source> {
  const lines = linesOf(text);
  const at = (start: number, end?: number) => ({ file, ...lines(start, end) });

  const stopped = characterProblem(text, at);
  if (stopped) return { value: undefined, problems: [stopped] };

  const { document, findings } = parse(text, at);
  const tree = document && locatedTree(text, document, at);
  const problems = [...findings.map((finding) => finding.problem), ...(tree?.problems ?? [])]
    .sort(byPlace)
    // Two at one place have one cause: a key that is empty and there twice, say.
    .filter((problem, index, all) => index === 0 || byPlace(problem, all[index - 1] ?? problem) !== 0);
  const root = hasErrors(problems) ? undefined : tree?.root;
  return { value: root && { file, directory, text, root }, problems };
}

const byPlace = (one: Problem, other: Problem): number => one.line - other.line || one.column - other.column;
