import { type MapEntry, type Node, nodeAt } from "../model/node.ts";
import type { KeyRoute, Span } from "../model/source.ts";
import {
  type Change,
  endOf,
  isBlank,
  isFlow,
  lineStart,
  lineStop,
  startOf,
  type Writing,
  withComments,
} from "./writing.ts";

/**
 * Takes out a key or an item with the lines, or the comma, that belong to it. The last one of a list or mapping can't be
 * taken out: what holds it would be empty. Neither can one with a comment: beside or in it that would be lost, and above it it
 * would stand over the next one.
 */
export function remove(writing: Writing, at: KeyRoute): Change | undefined {
  const parent = nodeAt(writing.root, at.slice(0, -1));
  if (parent === undefined || parent.kind === "scalar") return undefined;
  const parts = parent.kind === "map" ? parent.entries.map(partOf) : parent.items.map((item) => item.span);
  const key = at.at(-1);
  const index =
    parent.kind === "map" ? parent.entries.findIndex((entry) => entry.key.text === String(key)) : Number(key);
  if (parts.length < 2 || parts[index] === undefined) return undefined;
  const change = isFlow(writing, parent)
    ? fromBrackets(writing, parts, index)
    : fromLines(writing, parent, parts[index]);
  return change && hasComment(writing.text.slice(change.start, change.end)) ? undefined : change;
}

const partOf = ({ key, value }: MapEntry): Span => ({
  ...key.span,
  endLine: value.span.endLine,
  endColumn: value.span.endColumn,
});

function fromBrackets({ text }: Writing, parts: readonly Span[], index: number): Change | undefined {
  const [before, part, after] = [parts[index - 1], parts[index], parts[index + 1]];
  if (part === undefined) return undefined;
  if (before !== undefined) return { start: endOf(text, before), end: endOf(text, part), insert: "" };
  return after === undefined ? undefined : { start: startOf(text, part), end: startOf(text, after), insert: "" };
}

function fromLines({ text }: Writing, parent: Node, part: Span): Change | undefined {
  const start = startOf(text, part);
  const begin = lineStart(text, start);
  const lead = text.slice(begin, start);
  // The first key below a dash shares its line.
  if (!(parent.kind === "map" ? /^[ \t]*$/ : /^[ \t]*-[ \t]+$/).test(lead)) return undefined;
  const end = endOf(text, part);
  const stop = lineStop(text, end);
  if (!isBlank(text, end, stop) || /(^|\n)[ \t]*#[^\n]*\n$/.test(text.slice(0, begin))) return undefined;
  // Below it, and further in than what it stands beside: it would be about what comes next then.
  if (withComments(text, stop, part.column - 1 - (parent.kind === "list" ? 2 : 0)) !== stop) return undefined;
  const next = text.indexOf("\n", stop);
  return { start: begin, end: next < 0 ? text.length : next + 1, insert: "" };
}

/** A `#` that begins a comment, or that might: inside of quotes is no harm done by being careful. */
const hasComment = (text: string): boolean => /(^|\s)#/.test(text);
