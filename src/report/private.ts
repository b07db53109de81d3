import type { Problem } from "../model/problem.ts";
import { secretStretches } from "../model/secret-lines.ts";
import type { LineAt } from "./lines.ts";

/** What stands for a secret. */
export const REDACTED = "<redacted>";

/** Shorter texts stand in words that have nothing to do with them. */
const SHORTEST = 5;
/** A text of many lines is looked at so far. */
const MOST_LINES = 50;

/** A problem whose words don't say what its line keeps to itself: a value that is refused can be a password. */
export function withoutSecrets(problem: Problem, lineAt: LineAt): Problem {
  const texts = secretsAt(problem, lineAt);
  if (texts.length === 0) return problem;
  const clean = (text: string) => texts.reduce((left, each) => left.replace(quotedIn(each), REDACTED), text);
  const inside = (value: unknown): unknown => {
    if (typeof value === "string") return clean(value);
    if (Array.isArray(value)) return value.map(inside);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [clean(key), inside(each)]));
  };
  const { message, help, data } = problem;
  return {
    ...problem,
    message: clean(message),
    ...(help === undefined ? {} : { help: clean(help) }),
    data: inside(data) as Problem["data"],
  };
}

/** Where a message shows a text as it is written: between quotes, or behind what YAML reads. The same word elsewhere is its own. */
function quotedIn(text: string): RegExp {
  const literal = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal}$|(?<=["'\`=&!*@%{[])${literal}|${literal}(?=["'\`\\]}])`, "g");
}

/** The longest first: one may hold another. */
function secretsAt({ file, line, endLine }: Problem, lineAt: LineAt): readonly string[] {
  const found = new Set<string>();
  for (let number = line; number <= Math.min(Math.max(endLine, line), line + MOST_LINES); number += 1) {
    const at = lineAt({ file, line: number });
    if (at === undefined) break;
    for (const [from, to] of secretStretches(at.written, at.above))
      for (const text of spellings(at.written.slice(from, to))) if (text.length >= SHORTEST) found.add(text);
  }
  return [...found].sort((a, b) => b.length - a.length);
}

/** As it is written, and as it reads without what is around it. */
const spellings = (text: string): readonly string[] => {
  const inner = text.replace(/^["'[{\s]+|["'\]}\s]+$/g, "");
  return [text, inner, inner.replace(/^[!&*|>@`%]+\s*/, "")];
};
