import type { Leaf } from "../model/effective.ts";
import type { Env } from "../model/profile.gen.ts";
import { append } from "./append.ts";
import { at, type Cursor, items, keyed, leaf } from "./cursor.ts";
import { type Merged, noteReplaced } from "./merged.ts";
import { envContradiction } from "./problems.ts";

type Section = Exclude<keyof Env, "clear">;

/** Which earlier entries for the same variable make no sense any more once a later layer names it in a section. */
const OVERRULED = {
  pass: ["set", "unset"],
  require: ["set", "unset"],
  set: ["pass", "require", "unset"],
  prepend: ["unset"],
  unset: ["pass", "require", "set", "prepend"],
} as const satisfies Readonly<Record<Section, readonly Section[]>>;

/** Merges a layer's environment: lists add up, mappings go key by key, and of two layers the later has a variable its way. */
export function layEnv(merged: Merged, written: Cursor<Env>): void {
  const { env } = merged;
  reportContradictions(merged, written);
  // Before anything of this layer is added: what it says itself stands side by side.
  for (const [section, names] of named(written)) {
    for (const [name] of names) for (const other of OVERRULED[section]) drop(merged, other, name);
  }
  const clear = at(written, "clear");
  if (clear) env.clear = leaf(clear);
  for (const section of ["pass", "require", "unset"] as const) {
    const list = at(written, section);
    if (list) append(env[section], items(list).map(leaf));
  }
  const set = at(written, "set");
  for (const [name, text] of set ? keyed(set) : []) {
    noteReplaced(merged, { field: "env", name }, env.set.get(name));
    env.set.set(name, leaf(text));
  }
  const prepend = at(written, "prepend");
  for (const [name, paths] of prepend ? keyed(prepend) : []) {
    // The first one is looked at first, so a later layer's own go to the front.
    const list: Leaf<string>[] = [];
    append(list, items(paths).map(leaf));
    append(list, env.prepend.get(name) ?? []);
    env.prepend.set(name, list);
  }
}

/** The variables that a layer names, by section. */
function named(written: Cursor<Env>): readonly (readonly [Section, readonly (readonly [string, Cursor<unknown>])[]])[] {
  return keyed(written).flatMap(([section, value]) => {
    if (section === "clear") return [];
    const list = items(value as Cursor<readonly string[]>).map((item) => [item.value, item] as const);
    const mapping = keyed(value as Cursor<Readonly<Record<string, unknown>>>);
    return [[section as Section, [...list, ...mapping]] as const];
  });
}

function reportContradictions(merged: Merged, written: Cursor<Env>): void {
  const sections = named(written);
  for (const [name, unset] of sections.find(([section]) => section === "unset")?.[1] ?? []) {
    for (const [section, names] of sections) {
      const given = section === "unset" ? undefined : names.find(([other]) => other === name)?.[1];
      if (given === undefined) continue;
      const { file, line, column } = given.origin;
      const related = [{ file, line, column, message: "the value" }];
      merged.problems.push(envContradiction({ name, section }, unset.origin, related));
    }
  }
}

function drop(merged: Merged, section: Section, name: string): void {
  const { env } = merged;
  const note = (was: Leaf<string> | undefined) => noteReplaced(merged, { field: "env", name }, was);
  switch (section) {
    case "pass":
    case "require":
    case "unset":
      for (const item of env[section]) if (item.value === name) note(item);
      env[section] = env[section].filter((item) => item.value !== name);
      return;
    case "set":
      note(env.set.get(name));
      env.set.delete(name);
      return;
    case "prepend":
      note(env.prepend.get(name)?.[0]);
      env.prepend.delete(name);
      return;
  }
}
