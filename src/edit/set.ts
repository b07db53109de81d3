import { flowValue } from "../model/flow.ts";
import { nodeAt } from "../model/node.ts";
import type { KeyRoute } from "../model/source.ts";
import { addKey } from "./add-key.ts";
import { type Change, endOf, startOf, type Writing } from "./writing.ts";

/** Gives a key, or an item, another text or truth. */
export function set(writing: Writing, at: KeyRoute, value: string | boolean): Change | undefined {
  const { text, root } = writing;
  const node = nodeAt(root, at);
  const word = typeof value === "boolean" ? String(value) : flowValue(value);
  if (node === undefined) return addKey(writing, at, { block: ` ${word}`, flow: word });
  // A text of several lines may have a comment in its head.
  if (node.kind !== "scalar" || node.span.line !== node.span.endLine) return undefined;
  const start = startOf(text, node.span);
  return /[|>]/.test(text[start] ?? "") ? undefined : { start, end: endOf(text, node.span), insert: word };
}
