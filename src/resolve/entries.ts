import type { Entry } from "../model/effective.ts";
import type { Fragment } from "../model/profile.gen.ts";
import { type Cursor, items, keyed, leafOf } from "./cursor.ts";
import { DESTINATIONS, type DestinationSection } from "./destinations.ts";
import { type Merged, noteReplaced } from "./merged.ts";

/** Puts a section's entries at their destinations, each in place of whatever an earlier layer has there. */
export function layEntries<Section extends DestinationSection>(section: Section) {
  const kind = DESTINATIONS[section];
  return (merged: Merged, written: Cursor<NonNullable<Fragment[Section]>>): void => {
    const listed = items(written as Cursor<readonly string[]>).map((item) => [item.value, item, {}] as const);
    const mapped = keyed(written).map(([path, spec]) => [path, spec, spec.value] as const);
    for (const [path, cursor, spec] of [...listed, ...mapped]) {
      noteReplaced(merged, { field: "entries", name: path }, merged.entries.get(path));
      merged.entries.set(path, leafOf(cursor, { kind, spec } as Entry));
    }
  };
}
