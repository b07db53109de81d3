import type { Devices } from "../model/profile.gen.ts";
import { append } from "./append.ts";
import { at, type Cursor, items, leaf, leafOf } from "./cursor.ts";
import type { Merged } from "./merged.ts";

/** A word or a mapping replaces what was there, a list adds to it. */
export function layDevices(merged: Merged, written: Cursor<Devices>): void {
  const { value } = written;
  if (typeof value === "string") {
    merged.devices = { items: [leafOf(written, value)] };
  } else if (isList(value)) {
    const { devices } = merged;
    // `none` stands alone: with nodes beside it, it would be untrue.
    if (value.length > 0) devices.items = devices.items.filter((item) => item.value !== "none");
    append(devices.items, items({ ...written, value }).map(leaf));
  } else {
    const mapping = { ...written, value };
    const nodes = at(mapping, "nodes");
    const backing = at(mapping, "backing");
    merged.devices = { items: [], ...(backing && { backing: leaf(backing) }) };
    if (nodes) append(merged.devices.items, items(nodes).map(leaf));
  }
}

const isList = (value: Devices): value is readonly string[] => Array.isArray(value);
