import { flowValue } from "../model/flow.ts";
import { type MapEntry, type MapNode, nodeAt } from "../model/node.ts";
import type { KeyRoute } from "../model/source.ts";
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

/** A value in both of YAML's layouts. */
interface Value {
  /** What stands behind the colon, on lines of its own perhaps. */
  readonly block: string;
  readonly flow: string;
}

/** Gives a mapping one more key behind its others. */
export function addKey(writing: Writing, route: KeyRoute, { block, flow }: Value): Change | undefined {
  const key = flowValue(String(route.at(-1)));
  const parent = nodeAt(writing.root, route.slice(0, -1));
  if (parent?.kind !== "map") return undefined;
  if (isFlow(writing, parent)) return inBraces(writing, parent, `${key}: ${flow}`);
  return onLines(writing, parent, `${key}:${block.startsWith(" ") || /^\r?\n/.test(block) ? "" : " "}${block}`);
}

function inBraces({ text }: Writing, { entries, span }: MapNode, pair: string): Change {
  const last = entries.at(-1);
  const at = last === undefined ? startOf(text, span) + 1 : endOf(text, last.value.span);
  return { start: at, end: at, insert: last === undefined ? pair : `, ${pair}` };
}

function onLines({ text }: Writing, { entries }: MapNode, pair: string): Change | undefined {
  const last = entries.at(-1);
  if (last === undefined) return undefined;
  const keyAt = startOf(text, last.key.span);
  const begin = lineStart(text, keyAt);
  const indent = text.slice(begin, keyAt);
  // Below a dash the first key stands behind it: another one of the mapping shows how far in.
  const margin = isBlank(text, begin, keyAt) ? indent : marginOf(text, entries);
  if (margin === undefined) return undefined;
  const at = withComments(text, lineStop(text, endOf(text, last.value.span)), margin.length);
  const eol = lineEnd(text, at);
  const gap = margin === "" && isApart(text, begin) ? eol : "";
  return { start: at, end: at, insert: `${eol}${gap}${margin}${pair}` };
}

function marginOf(text: string, entries: readonly MapEntry[]): string | undefined {
  const [first] = entries;
  if (first === undefined) return undefined;
  const start = startOf(text, first.key.span);
  const before = text.slice(lineStart(text, start), start);
  return /^[ -]*$/.test(before) ? before.replaceAll("-", " ") : undefined;
}

/** Whether an empty line stands above a line, or above the comments over it. */
function isApart(text: string, begin: number): boolean {
  const above = text.slice(0, begin).split(/\r?\n/).slice(0, -1);
  while (/^[ \t]*#/.test(above.at(-1) ?? "")) above.pop();
  return above.length > 0 && above.at(-1)?.trim() === "";
}
