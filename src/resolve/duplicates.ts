import type { MapNode, Node, ScalarNode, Source } from "../model/node.ts";
import type { Problem } from "../model/problem.ts";
import { DESTINATIONS } from "./destinations.ts";
import { sameKey, twoEntries } from "./problems.ts";
import { placeOf, spotOf } from "./spot.ts";

type File = Pick<Source, "file">;

/** What one layer says twice now that variables are replaced and paths are normal: typed data could hold only one of them. */
export function findDuplicates(fragment: MapNode, file: File): readonly Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, { readonly key: ScalarNode; readonly section: string }>();
  for (const { key: section, value } of fragment.entries) {
    if (!Object.hasOwn(DESTINATIONS, section.text)) continue;
    for (const key of keysOf(value)) {
      const other = first.get(key.text);
      if (other === undefined) {
        first.set(key.text, { key, section: section.text });
        continue;
      }
      const related = [{ ...placeOf(file, other.key.span), message: "the first one" }];
      const data = { at: key.text, first: other.section, second: section.text };
      problems.push(twoEntries(data, spotOf(file, key.span), related));
    }
  }
  for (const { key, value } of fragment.entries) {
    const inner = Object.hasOwn(DESTINATIONS, key.text) && value.kind === "map" ? value.entries : [{ value }];
    for (const entry of inner) problems.push(...sameKeys(entry.value, file));
  }
  return [...problems, ...sameKeys(fragment, file, false)];
}

const keysOf = (node: Node): readonly ScalarNode[] => {
  if (node.kind === "map") return node.entries.map(({ key }) => key);
  return node.kind === "list" ? node.items.filter((item) => item.kind === "scalar") : [];
};

function sameKeys(node: Node, file: File, deep = true): readonly Problem[] {
  if (node.kind === "scalar") return [];
  if (node.kind === "list") return node.items.flatMap((item) => sameKeys(item, file));
  const first = new Map<string, ScalarNode>();
  return node.entries.flatMap(({ key, value }) => {
    const other = first.get(key.text);
    if (other === undefined) first.set(key.text, key);
    const related = other && [{ ...placeOf(file, other.span), message: "the first one" }];
    const here = related ? [sameKey({ key: key.text }, spotOf(file, key.span), related)] : [];
    return deep ? [...here, ...sameKeys(value, file)] : here;
  });
}
