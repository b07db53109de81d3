import { nearest } from "../model/nearest.ts";
import { child, type MapNode, type Source, spanAt } from "../model/node.ts";
import type { Result } from "../model/problem.ts";
import { unknownVariant } from "./problems.ts";
import { placeOf, spotOf } from "./spot.ts";

export interface Variant {
  readonly name: string;
  readonly node: MapNode;
}

/**
 * The variant of a file that is laid over its top level: the one asked for, else the file's `default`, else none. An
 * empty name asks for the top level itself.
 */
export function chooseVariant(source: Source, asked: string | undefined): Result<Variant> {
  const preset = child(source.root, "default");
  const name = asked ?? (preset?.kind === "scalar" ? preset.text : "");
  if (name === "") return { value: undefined, problems: [] };
  const variants = child(source.root, "profiles");
  const node = child(variants, name);
  if (node?.kind === "map") return { value: { name, node }, problems: [] };
  const known = variants?.kind === "map" ? variants.entries.map(({ key }) => key.text) : [];
  const data = { name, known, nearest: nearest(name, known) };
  if (asked === undefined && preset) {
    return { value: undefined, problems: [unknownVariant(data, spotOf(source, preset.span))] };
  }
  const related = variants
    ? [{ ...placeOf(source, spanAt(source.root, ["profiles"])), message: "the variants of this file" }]
    : [];
  const spot = { file: "command-line", line: 0, column: 1 };
  return { value: undefined, problems: [unknownVariant(data, spot, related)] };
}
