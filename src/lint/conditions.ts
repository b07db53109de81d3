import type { Effective, Entry, Leaf } from "../model/effective.ts";

/** Whether some of a profile's mounts depend on the machine. */
export const hasConditions = ({ entries }: Effective): boolean =>
  [...entries.values()].some(({ value }) => isConditional(value));

/**
 * A profile as it is where each of its conditions is met, or none is: what it lets in somewhere, it lets in, and what one
 * mount would hide is hidden only where that mount is made.
 */
export function underConditions(effective: Effective, met: boolean): Effective {
  if (!hasConditions(effective)) return effective;
  const entries = [...effective.entries].filter(([, { value }]) => met || !isConditional(value));
  return { ...effective, entries: new Map(entries.map(([at, leaf]) => [at, unconditional(leaf)])) };
}

const isConditional = (entry: Entry): boolean =>
  entry.kind === "mount" && typeof entry.spec !== "string" && entry.spec.when !== undefined;

function unconditional(leaf: Leaf<Entry>): Leaf<Entry> {
  const { value } = leaf;
  if (value.kind !== "mount" || typeof value.spec === "string" || value.spec.when === undefined) return leaf;
  const { when: _, ...spec } = value.spec;
  return { ...leaf, value: { ...value, spec } };
}
