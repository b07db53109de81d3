import { child, type Source } from "../model/node.ts";

/** What a profile lets its user choose: variants of its own, flag sets and parameters of everything that it extends. */
export interface Offers {
  readonly variants: readonly string[];
  readonly flags: readonly string[];
  readonly params: readonly string[];
}

export function offers(own: Source, chain: readonly Source[]): Offers {
  const all = (field: string): string[] => [...new Set(chain.flatMap((source) => keys(source, field)))].sort();
  return { variants: keys(own, "profiles"), flags: all("flags"), params: all("params") };
}

function keys({ root }: Source, field: string): string[] {
  const node = child(root, field);
  return node?.kind === "map" ? node.entries.map((entry) => entry.key.text) : [];
}
