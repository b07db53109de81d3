import { editText } from "../../src/edit/index.ts";
import { load } from "../../src/load/index.ts";
import type { Edit } from "../../src/model/edit.ts";
import type { MapNode } from "../../src/model/node.ts";
import { hasErrors } from "../../src/model/problem.ts";

/** A text with edits made, read as a profile is; undefined where they can't be made. */
export const edit = (text: string, ...edits: readonly Edit[]): string | undefined => editText(text, edits, parse);

export function parse(text: string): MapNode | undefined {
  const { value, problems } = load("edited", undefined, text);
  return hasErrors(problems) ? undefined : value?.root;
}
