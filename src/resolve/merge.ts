import type { Fragment } from "../model/profile.gen.ts";
import { type Cursor, cursorAt, keyed, type Layer } from "./cursor.ts";
import { fields } from "./fields.ts";
import { defaults, type Merged } from "./merged.ts";

/** Lays the layers over sbx's defaults, one after the other. */
export function mergeLayers(layers: readonly Layer[]): Merged {
  const merged = defaults();
  for (const layer of layers) {
    const written = keyed(cursorAt(layer)) as readonly (readonly [keyof Fragment, Cursor<unknown>])[];
    // What a layer takes away are others' entries, never its own.
    for (const [field, value] of written) if (field === "remove") lay(merged, field, value);
    for (const [field, value] of written) if (field !== "remove") lay(merged, field, value);
  }
  return merged;
}

/** The table gives every field the rule of its own type; a loop over fields can't say so. */
function lay(merged: Merged, field: keyof Fragment, value: Cursor<unknown>): void {
  (fields[field] as (merged: Merged, written: Cursor<unknown>) => void)(merged, value);
}
