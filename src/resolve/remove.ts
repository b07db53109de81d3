import type { Entry, Leaf } from "../model/effective.ts";
import { nearest } from "../model/nearest.ts";
import type { Remove } from "../model/profile.gen.ts";
import { at, type Cursor, items, keyed } from "./cursor.ts";
import { DESTINATIONS, type DestinationSection } from "./destinations.ts";
import { defaults, type Merged } from "./merged.ts";
import { nothingToRemove, removedTooLate } from "./problems.ts";

/** Where removable things are kept, and under which names. */
interface Shelf {
  names(merged: Merged): readonly string[];
  /** Takes one away; what is returned names its author. */
  take(merged: Merged, name: string): Leaf<unknown> | undefined;
}

type EnvField = `env.${keyof NonNullable<Remove["env"]>}`;
type Field = Exclude<keyof Remove, "env" | "flags" | "use"> | EnvField;

/** Everything that `remove` can take away. Flag sets are chosen before anything is merged: see flags.ts. */
const shelves = {
  mounts: entriesOf("mounts"),
  marked: entriesOf("marked"),
  tmpfs: entriesOf("tmpfs"),
  dirs: entriesOf("dirs"),
  files: entriesOf("files"),
  symlinks: entriesOf("symlinks"),
  devices: listOf(({ devices }) => devices.items),
  proc: mapOf(({ proc }) => proc.overrides),
  mask: listOf(({ mask }) => mask),
  protect: listOf(
    ({ protect }) => protect,
    ({ path }) => path,
  ),
  "env.pass": listOf(({ env }) => env.pass),
  "env.require": listOf(({ env }) => env.require),
  "env.set": mapOf(({ env }) => env.set),
  "env.prepend": {
    names: ({ env }) => [...env.prepend.keys()],
    take: ({ env }, name) => {
      const [first] = env.prepend.get(name) ?? [];
      env.prepend.delete(name);
      return first;
    },
  },
  "env.unset": listOf(({ env }) => env.unset),
  process: leavesOf("process"),
  limits: leavesOf("limits"),
  namespaces: leavesOf("namespaces"),
  apis: mapOf(({ apis }) => apis),
} as const satisfies Readonly<Record<Field, Shelf>>;

/** Takes away what a layer's `remove` names, and notes whose it was. */
export function takeAway(merged: Merged, written: Cursor<Remove>): void {
  for (const [key, value] of keyed(written)) {
    if (key === "env") {
      const env = at(written, "env");
      for (const [section, names] of env ? keyed(env) : []) takeFrom(merged, `env.${section}` as EnvField, names);
    } else if (key === "flags" || key === "use") {
      if (value.origin.flag !== undefined) merged.problems.push(removedTooLate({ field: key }, value.origin));
    } else takeFrom(merged, key as Field, value as Cursor<readonly string[]>);
  }
}

function takeFrom(merged: Merged, field: Field, names: Cursor<readonly string[]>): void {
  const shelf: Shelf = shelves[field];
  for (const { value, origin } of items(names)) {
    const taken = shelf.take(merged, value);
    if (taken) {
      const { file, line, column } = taken.origin;
      merged.removed.push({ field, value, origin, was: { file, line, column } });
      continue;
    }
    const others = (Object.keys(shelves) as Field[]).filter((other) => other !== field);
    const elsewhere = others.find((other) => shelves[other].names(merged).includes(value));
    const known = shelf.names(merged);
    merged.problems.push(nothingToRemove({ field, value, elsewhere, nearest: nearest(value, known) }, origin));
  }
}

function entriesOf(section: DestinationSection): Shelf {
  const has = (leaf: Leaf<Entry> | undefined): leaf is Leaf<Entry> => leaf?.value.kind === DESTINATIONS[section];
  return {
    names: ({ entries }) => [...entries].flatMap(([path, leaf]) => (has(leaf) ? [path] : [])),
    take: ({ entries }, path) => {
      const leaf = entries.get(path);
      if (!has(leaf)) return undefined;
      entries.delete(path);
      return leaf;
    },
  };
}

function listOf<T = string>(
  list: (merged: Merged) => Leaf<T>[],
  nameOf: (value: T) => string = (value) => String(value),
): Shelf {
  return {
    names: (merged) => list(merged).map((leaf) => nameOf(leaf.value)),
    take: (merged, name) => {
      const index = list(merged).findIndex((leaf) => nameOf(leaf.value) === name);
      return index < 0 ? undefined : list(merged).splice(index, 1)[0];
    },
  };
}

function mapOf(map: (merged: Merged) => Map<string, Leaf<unknown>>): Shelf {
  return {
    names: (merged) => [...map(merged).keys()],
    take: (merged, name) => {
      const leaf = map(merged).get(name);
      map(merged).delete(name);
      return leaf;
    },
  };
}

/** Single settings go back to their defaults; what is a default already can't be taken away. */
function leavesOf(field: "process" | "limits" | "namespaces"): Shelf {
  const all = (merged: Merged): Record<string, Leaf<unknown>> => merged[field];
  return {
    names: (merged) => Object.keys(all(merged)).filter((key) => (all(merged)[key]?.layer ?? 0) > 0),
    take: (merged, key) => {
      const leaf = all(merged)[key];
      if (leaf === undefined || leaf.layer === 0) return undefined;
      const before = all(defaults())[key];
      if (before === undefined) delete all(merged)[key];
      else all(merged)[key] = before;
      return leaf;
    },
  };
}
