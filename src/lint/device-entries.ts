import { literalPath } from "../model/pattern.ts";
import type { Origin } from "../model/source.ts";
import type { Facts } from "./facts.ts";

/** A device node, or a directory or pattern of them, that an entry gives to the command. */
export interface DeviceEntry {
  readonly path: string;
  readonly origin: Origin;
}

const known = new WeakMap<Facts, readonly DeviceEntry[]>();

/** What works as a device inside: single nodes, directories of them, and what patterns of the profile name. */
export function deviceEntries(facts: Facts): readonly DeviceEntry[] {
  const entries = known.get(facts) ?? entriesOf(facts);
  known.set(facts, entries);
  return entries;
}

function entriesOf({ plan, effective }: Facts): readonly DeviceEntry[] {
  const found = new Map<string, DeviceEntry>();
  const add = (path: string, origin: Origin) => {
    const key = `${path}\n${origin.file}\n${origin.line}\n${origin.column}`;
    found.set(key, found.get(key) ?? { path, origin });
  };
  for (const operation of plan.operations) {
    if (operation.kind === "bind" && operation.access === "dev" && operation.present)
      add(operation.source, operation.origin);
  }
  for (const step of plan.prepare) if (step.kind === "make-node") add(step.source, step.origin);
  // Patterns match what this machine has.
  for (const { value, origin } of effective.devices.items) {
    if (value.startsWith("/")) add(literalPath(value.replace(/\?$/, "")), origin);
  }
  return [...found.values()];
}

/** The entries whose paths a pattern fits, each origin once. */
export function devicesLike(
  facts: Facts,
  pattern: RegExp,
): { readonly paths: readonly string[]; readonly origin: Origin }[] {
  const found = new Map<string, { paths: Set<string>; origin: Origin }>();
  for (const { path, origin } of deviceEntries(facts)) {
    if (!pattern.test(path)) continue;
    const key = `${origin.file}\n${origin.line}\n${origin.column}`;
    const entry = found.get(key) ?? { paths: new Set<string>(), origin };
    found.set(key, { ...entry, paths: entry.paths.add(path) });
  }
  return [...found.values()].map(({ paths, origin }) => ({ paths: [...paths], origin }));
}
