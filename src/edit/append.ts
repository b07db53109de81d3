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

/** Puts an item at the end of a list, as the other items stand there; makes the list where there is none. */
export function append(writing: Writing, to: KeyRoute, item: Item): Change | undefined {
  const list = nodeAt(writing.root, to);
  const word = flowValue(item);
  if (list === undefined) {
    const { text } = writing;
    const [eol, indent] = [lineEnd(text, 0), "  ".repeat(to.length)];
    return addKey(writing, to, { block: `${eol}${indent}- ${word}`, flow: `[${word}]` });
  }
  if (list.kind !== "list") return undefined;
  return isFlow(writing, list)
    ? inBrackets(writing, list, word)
    : onLines(writing, list, word, spanAt(writing.root, to).column - 1);
}

function inBrackets({ text }: Writing, { items, span }: ListNode, word: string): Change {
  const last = items.at(-1);
  const at = last === undefined ? startOf(text, span) + 1 : endOf(text, last.span);
  if (last === undefined) return { start: at, end: at, insert: word };
  const stop = lineStop(text, at);
  const rest = text.slice(at, stop);
  if (!/^[ \t]*,?[ \t]*(?:(?<=[ \t])#.*)?$/.test(rest)) return { start: at, end: at, insert: `, ${word}` };
  // An item a line, and what stands behind it on its line is about it.
  const indent = /^[ \t]*/.exec(text.slice(lineStart(text, startOf(text, last.span))))?.[0] ?? "";
  const [comma, end] = rest.trimStart().startsWith(",") ? ["", ","] : [",", ""];
  return { start: at, end: stop, insert: `${comma}${rest}${lineEnd(text, at)}${indent}${word}${end}` };
}

function onLines({ text }: Writing, { items }: ListNode, word: string, margin: number): Change | undefined {
  const last = items.at(-1);
  if (last === undefined) return undefined;
  const start = startOf(text, last.span);
  const begin = lineStart(text, start);
  const dash = text.slice(begin, start).lastIndexOf("-");
  // `- - a`, or a dash on a line of its own.
  if (dash < 0 || !isBlank(text, begin, begin + dash) || !isBlank(text, begin + dash + 1, start)) return undefined;
  const at = withComments(text, lineStop(text, endOf(text, last.span)), margin);
  return { start: at, end: at, insert: `${lineEnd(text, at)}${text.slice(begin, begin + dash)}- ${word}` };
}
