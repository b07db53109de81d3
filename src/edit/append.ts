import type { Item } from "../model/edit.ts";
import { flowValue } from "../model/flow.ts";
import { type ListNode, nodeAt, spanAt } from "../model/node.ts";
import type { KeyRoute } from "../model/source.ts";
import { addKey } from "./add-key.ts";
import {
  type Change,
  endOf,
  isBlank,
  isFlow,
  lineEnd,
  lineStart,
  lineStop,
  startOf,
  type Writing,
  withComments,
} from "./writing.ts";

/** Puts items at the end of a list, as the other items stand there; makes the list where there is none. */
export function append(writing: Writing, to: KeyRoute, items: readonly Item[]): Change | undefined {
  const list = nodeAt(writing.root, to);
  const words = items.map(flowValue);
  if (list === undefined) {
    const { text } = writing;
    const [eol, indent] = [lineEnd(text, 0), "  ".repeat(to.length)];
    const block = words.map((word) => `${eol}${indent}- ${word}`).join("");
    return addKey(writing, to, { block, flow: `[${words.join(", ")}]` });
  }
  if (list.kind !== "list") return undefined;
  return isFlow(writing, list)
    ? inBrackets(writing, list, words)
    : onLines(writing, list, words, spanAt(writing.root, to).column - 1);
}

function inBrackets({ text }: Writing, { items, span }: ListNode, words: readonly string[]): Change {
  const last = items.at(-1);
  const at = last === undefined ? startOf(text, span) + 1 : endOf(text, last.span);
  if (last === undefined) return { start: at, end: at, insert: words.join(", ") };
  const stop = lineStop(text, at);
  const rest = text.slice(at, stop);
  if (!/^[ \t]*,?[ \t]*(?:(?<=[ \t])#.*)?$/.test(rest))
    return { start: at, end: at, insert: words.map((word) => `, ${word}`).join("") };
  // An item a line, and what stands behind it on its line is about it.
  const indent = /^[ \t]*/.exec(text.slice(lineStart(text, startOf(text, last.span))))?.[0] ?? "";
  const [comma, end] = rest.trimStart().startsWith(",") ? ["", ","] : [",", ""];
  const lead = `${lineEnd(text, at)}${indent}`;
  return { start: at, end: stop, insert: `${comma}${rest}${lead}${words.join(`,${lead}`)}${end}` };
}

function onLines({ text }: Writing, { items }: ListNode, words: readonly string[], margin: number): Change | undefined {
  const last = items.at(-1);
  if (last === undefined) return undefined;
  const start = startOf(text, last.span);
  const begin = lineStart(text, start);
  const dash = text.slice(begin, start).lastIndexOf("-");
  // `- - a`, or a dash on a line of its own.
  if (dash < 0 || !isBlank(text, begin, begin + dash) || !isBlank(text, begin + dash + 1, start)) return undefined;
  const at = withComments(text, lineStop(text, endOf(text, last.span)), margin);
  const lead = `${lineEnd(text, at)}${text.slice(begin, begin + dash)}- `;
  return { start: at, end: at, insert: words.map((word) => lead + word).join("") };
}
