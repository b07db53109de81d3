import type { Edit } from "../model/edit.ts";
import type { MapNode } from "../model/node.ts";
import { append } from "./append.ts";
import { edited } from "./edited.ts";
import { remove } from "./remove.ts";
import { same } from "./same.ts";
import { set } from "./set.ts";
import { type Change, textOf, type Writing } from "./writing.ts";

export { type Replacement, replacementOf } from "./replacement.ts";

/** Reads a profile's text; undefined when it is none. */
export type Parse = (text: string) => MapNode | undefined;

/**
 * A profile's text with these edits made and everything else left as it is, byte for byte; undefined where its layout has
 * no place for one of them, or where the result would not read as what was meant.
 */
export function editText(text: string, edits: readonly Edit[], parse: Parse): string | undefined {
  let now = text;
  let root = parse(text);
  for (const edit of edits) {
    if (root === undefined) return undefined;
    const change = changeFor({ text: now, root }, edit);
    if (change === undefined) return undefined;
    const next = textOf(now, change);
    const read = parse(next);
    if (read === undefined || !same(read, edited(root, edit))) return undefined;
    now = next;
    root = read;
  }
  return now;
}

function changeFor(writing: Writing, edit: Edit): Change | undefined {
  switch (edit.kind) {
    case "append":
      return append(writing, edit.to, edit.item);
    case "set":
      return set(writing, edit.at, edit.text);
    case "remove":
      return remove(writing, edit.at);
  }
}
