import type { Effective, Entry } from "../model/effective.ts";
import { isGlob, literalPath } from "../model/pattern.ts";
import type { When } from "../model/profile.gen.ts";
import type { Origin } from "../model/source.ts";

/** A host path that an entry shows. */
export interface Wanted {
  readonly path: string;
  readonly missing: "fail" | "skip" | "warn" | "create";
  /** What the author says it is. */
  readonly type: "directory" | "file" | "socket" | "device" | undefined;
  readonly when?: When | undefined;
  /** A link there is made a link inside, whatever it leads to. */
  readonly staysLink?: boolean;
  /** What to write to go without it; undefined where nobody can. */
  readonly without: string | undefined;
  readonly origin: Origin;
}

const known = new WeakMap<Effective["entries"], readonly Wanted[]>();

/** The sources of a profile's mounts and its single devices, as they are written. */
export function wantedSources(effective: Effective): readonly Wanted[] {
  const before = known.get(effective.entries);
  if (before !== undefined) return before;
  const wanted = sourcesOf(effective);
  known.set(effective.entries, wanted);
  return wanted;
}

function sourcesOf({ entries, root, devices }: Effective): readonly Wanted[] {
  const all = [...entries].flatMap(([at, { value, origin }]): Wanted[] => {
    const wanted = sourceOf(at, value);
    return wanted === undefined ? [] : [{ ...wanted, origin }];
  });
  for (const { value, origin } of devices.items) {
    const node = value.replace(/\?$/, "");
    if (!node.startsWith("/") || isGlob(node)) continue;
    const missing = node === value ? "fail" : "skip";
    all.push({ path: literalPath(node), missing, type: undefined, without: `${node}?`, origin });
  }
  const { value, origin } = root;
  if (typeof value === "object")
    all.push({ path: value.from, missing: "fail", type: "directory", without: undefined, origin });
  return all;
}

const SKIP = "missing: skip";

function sourceOf(at: string, entry: Entry): Omit<Wanted, "origin"> | undefined {
  if (entry.kind === "marked") {
    const { from, missing = "fail" } = entry.spec;
    return from === undefined ? undefined : { path: from, missing, type: "directory", without: SKIP };
  }
  if (entry.kind !== "mount") return undefined;
  const { spec } = entry;
  if (typeof spec === "string") {
    const missing = spec.endsWith("?") ? "skip" : "fail";
    return { path: at, missing, type: undefined, staysLink: true, without: SKIP };
  }
  if (spec.scratch !== undefined) return undefined;
  const { from: path = at, missing = "fail", type, when, inside } = spec;
  return { path, missing, type, when, staysLink: path === at && inside === undefined, without: SKIP };
}
