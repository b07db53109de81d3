import type { Leaf } from "../model/effective.ts";
import type { Fragment } from "../model/profile.gen.ts";
import { append } from "./append.ts";
import { type Cursor, items, keyed, leaf, leafOf } from "./cursor.ts";
import { layDevices } from "./devices.ts";
import { layEntries } from "./entries.ts";
import { layEnv } from "./env.ts";
import { type Merged, noteReplaced } from "./merged.ts";
import { takeAway } from "./remove.ts";

/** Lays what a layer says about one field over what earlier layers said. */
type Rule<T> = (merged: Merged, written: Cursor<T>) => void;

type Rules = { readonly [Key in keyof Fragment]-?: Rule<NonNullable<Fragment[Key]>> };

/** How every field of a fragment is merged. */
export const fields = {
  remove: takeAway,
  root: replaceIn("root"),
  mounts: layEntries("mounts"),
  marked: layEntries("marked"),
  tmpfs: layEntries("tmpfs"),
  dirs: layEntries("dirs"),
  files: layEntries("files"),
  symlinks: layEntries("symlinks"),
  devices: layDevices,
  proc: layProc,
  mask: (merged, written) => append(merged.mask, items(written).map(leaf)),
  protect: layProtect,
  git: replaceIn("git"),
  env: layEnv,
  process: layProcess,
  limits: (merged, written) => Object.assign(merged.limits, leaves(written)),
  namespaces: (merged, written) => Object.assign(merged.namespaces, leaves(written)),
  network: replaceIn("network"),
  capabilities: replaceIn("capabilities"),
  apis: (merged, written) => {
    for (const [name, api] of keyed(written)) merged.apis.set(name, leaf(api));
  },
} as const satisfies Rules;

type Replaced = "root" | "git" | "network" | "capabilities";

function replaceIn<Key extends Replaced>(field: Key): Rule<NonNullable<Fragment[Key]>> {
  return (merged, written) => {
    noteReplaced(merged, { field, name: "" }, merged[field]);
    // Field and fragment name the same type; the compiler can't follow one key through both.
    (merged as Record<Key, Leaf<unknown>>)[field] = leaf(written);
  };
}

/** A switch against a mapping replaces it; a mapping mounts it and goes over an earlier mapping key by key. */
function layProc(merged: Merged, written: Cursor<NonNullable<Fragment["proc"]>>): void {
  const { proc } = merged;
  if (typeof written.value === "boolean") {
    merged.proc = { mounted: leafOf(written, written.value), overrides: new Map() };
    return;
  }
  if (proc.overrides.size === 0) proc.mounted = leafOf(written, true);
  for (const [name, content] of keyed({ ...written, value: written.value })) proc.overrides.set(name, leaf(content));
}

function layProtect(merged: Merged, written: Cursor<NonNullable<Fragment["protect"]>>): void {
  for (const item of items(written)) {
    const value = typeof item.value === "string" ? { path: item.value } : item.value;
    if (!merged.protect.some((earlier) => earlier.value.path === value.path)) merged.protect.push(leafOf(item, value));
  }
}

/** The wrapper is a command, so a later one replaces it; descriptors add up. */
function layProcess(merged: Merged, written: Cursor<NonNullable<Fragment["process"]>>): void {
  const earlier = merged.process.passFds;
  Object.assign(merged.process, leaves(written));
  const own = merged.process.passFds;
  if (own === undefined || own === earlier) return;
  merged.process.passFds = { ...own, value: [...new Set([...(earlier?.value ?? []), ...own.value])] };
}

const leaves = <T extends object>(written: Cursor<T>): Readonly<Record<string, Leaf<unknown>>> =>
  Object.fromEntries(keyed(written).map(([key, value]) => [key, leaf(value)]));
