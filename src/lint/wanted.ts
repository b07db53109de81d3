import type { Effective, Entry } from "../model/effective.ts";
import type { Origin } from "../model/source.ts";

/** A host path that an entry shows. */
export interface Wanted {
  readonly path: string;
  readonly missing: "fail" | "skip" | "warn" | "create";
  /** What the author says it is. */
  readonly type: "directory" | "file" | "socket" | "device" | undefined;
  readonly origin: Origin;
}

const known = new WeakMap<Effective["entries"], readonly Wanted[]>();

/** The sources of a profile's mounts, as they are written. */
export function wantedSources(effective: Effective): readonly Wanted[] {
  const before = known.get(effective.entries);
  if (before !== undefined) return before;
  const wanted = sourcesOf(effective);
  known.set(effective.entries, wanted);
  return wanted;
}

function sourcesOf({ entries, root }: Effective): readonly Wanted[] {
  const all = [...entries].flatMap(([at, { value, origin }]): Wanted[] => {
    const wanted = sourceOf(at, value);
    return wanted === undefined ? [] : [{ ...wanted, origin }];
  });
  const from = typeof root.value === "object" ? root.value.from : undefined;
  return from === undefined ? all : [...all, { path: from, missing: "fail", type: "directory", origin: root.origin }];
}

function sourceOf(at: string, entry: Entry): Omit<Wanted, "origin"> | undefined {
  if (entry.kind === "marked") {
    const { from, missing = "fail" } = entry.spec;
    return from === undefined ? undefined : { path: from, missing, type: "directory" };
  }
  if (entry.kind !== "mount") return undefined;
  const { spec } = entry;
  if (typeof spec === "string") return { path: at, missing: spec.endsWith("?") ? "skip" : "fail", type: undefined };
  if (spec.scratch !== undefined) return undefined;
  const isOptional = spec.access?.endsWith("?") === true || spec.when !== undefined;
  return { path: spec.from ?? at, missing: spec.missing ?? (isOptional ? "skip" : "fail"), type: spec.type };
}
