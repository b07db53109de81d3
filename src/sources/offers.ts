import { child, type Source } from "../model/node.ts";

/** What a profile lets its user choose. */
export interface Offers {
  readonly variants: readonly string[];
  readonly flags: readonly string[];
  readonly params: readonly string[];
}

export function offers({ root }: Source): Offers {
  const keys = (field: string): string[] => {
    const node = child(root, field);
    return node?.kind === "map" ? node.entries.map((entry) => entry.key.text) : [];
  };
  return { variants: keys("profiles"), flags: keys("flags"), params: keys("params") };
}
