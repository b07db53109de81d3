import type { Effective, Entry, Leaf } from "../model/effective.ts";
import { ancestors, below, relativeTo } from "../model/path.ts";

type Entries = Effective["entries"];

const known = new WeakMap<Entries, boolean>();

/** Whether some of a profile's mounts depend on the machine: whether they are made, and so what they hide. */
export function hasConditions({ entries }: Effective): boolean {
  const before = known.get(entries);
  if (before !== undefined) return before;
  let found = false;
  for (const [at, { value }] of entries) found ||= isConditional(value) || coversWhereThere(entries, at, value);
  known.set(entries, found);
  return found;
}

/**
 * A profile as it is where each of its conditions is met, or none is: what it lets in somewhere, it lets in, and what one
 * mount would hide is hidden only where that mount is made.
 */
export function underConditions(effective: Effective, met: boolean): Effective {
  if (!hasConditions(effective)) return effective;
  const isLeft = (at: string, entry: Entry) => !isConditional(entry) && !coversWhereThere(effective.entries, at, entry);
  const entries = [...effective.entries].filter(([at, { value }]) => met || isLeft(at, value));
  return { ...effective, entries: new Map(entries.map(([at, leaf]) => [at, unconditional(leaf)])) };
}

const isConditional = (entry: Entry): boolean =>
  entry.kind === "mount" && typeof entry.spec !== "string" && entry.spec.when !== undefined;

/** Something else put over a part of what another mount shows, where there is such a thing. */
function coversWhereThere(entries: Entries, at: string, entry: Entry): boolean {
  const source = optionalSource(at, entry);
  if (source === undefined) return false;
  for (const above of ancestors(at)) {
    const value = entries.get(above)?.value;
    if (value?.kind !== "mount") continue;
    const from = typeof value.spec === "string" ? above : (value.spec.from ?? above);
    // Where it is missing, what it shows is missing there as well.
    if (below(from, relativeTo(above, at)) !== source) return true;
  }
  return false;
}

/** What an entry shows that is left out where it is missing. */
function optionalSource(at: string, entry: Entry): string | undefined {
  if (entry.kind !== "mount" && entry.kind !== "marked") return undefined;
  const { spec } = entry;
  if (typeof spec === "string") return spec.endsWith("?") ? at : undefined;
  return spec.missing === "skip" || spec.missing === "warn" ? (spec.from ?? at) : undefined;
}

function unconditional(leaf: Leaf<Entry>): Leaf<Entry> {
  const { value } = leaf;
  if (value.kind !== "mount" || typeof value.spec === "string" || value.spec.when === undefined) return leaf;
  const { when: _, ...spec } = value.spec;
  return { ...leaf, value: { ...value, spec } };
}
