import type { Node } from "../model/node.ts";

/** Whether two nodes say the same, wherever they stand. */
export function same(a: Node, b: Node): boolean {
  if (a.kind === "scalar") return b.kind === "scalar" && a.text === b.text;
  if (a.kind === "list") {
    return (
      b.kind === "list" && a.items.length === b.items.length && a.items.every((item, at) => isSame(item, b.items[at]))
    );
  }
  if (b.kind !== "map" || a.entries.length !== b.entries.length) return false;
  return a.entries.every(({ key, value }, at) => {
    const other = b.entries[at];
    return other !== undefined && key.text === other.key.text && same(value, other.value);
  });
}

const isSame = (a: Node, b: Node | undefined): boolean => b !== undefined && same(a, b);
