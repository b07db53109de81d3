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
  for (const together of grouped(edits)) {
    if (root === undefined) return undefined;
    const change = changeFor({ text: now, root }, together);
    if (change === undefined) return undefined;
    const next = textOf(now, change);
    const read = parse(next);
    if (read === undefined || !same(read, together.reduce(edited, root))) return undefined;
    now = next;
    root = read;
  }
  return now;
}

type Group = readonly [Edit, ...Edit[]];

/** Items for one list are put there together: reading the text anew is what costs. */
function grouped(edits: readonly Edit[]): readonly Group[] {
  const groups: [Edit, ...Edit[]][] = [];
  for (const edit of edits) {
    const last = groups.at(-1);
    if (last !== undefined && listOf(edit) !== undefined && listOf(edit) === listOf(last[0])) last.push(edit);
    else groups.push([edit]);
  }
  return groups;
}

const listOf = (edit: Edit): string | undefined => (edit.kind === "append" ? JSON.stringify(edit.to) : undefined);

function changeFor(writing: Writing, together: Group): Change | undefined {
  const [edit] = together;
  switch (edit.kind) {
    case "append":
      return append(
        writing,
        edit.to,
        together.flatMap((each) => (each.kind === "append" ? [each.item] : [])),
      );
    case "set":
      return set(writing, edit.at, edit.text);
    case "remove":
      return remove(writing, edit.at);
  }
}
