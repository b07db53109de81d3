import type { Host, Stat } from "../model/host.ts";
import { ancestors, isWithin } from "../model/path.ts";
import type { Step } from "../model/plan.gen.ts";
import { type RealPath, realpath } from "../model/realpath.ts";
import type { Origin } from "../model/source.ts";
import type { Context } from "./context.ts";
import {
  linkLoop,
  missingSource,
  nothingCanBeMade,
  skippedSource,
  strayingSource,
  unreadableSource,
  wrongSourceType,
} from "./problems.ts";
import { nearestExisting } from "./visible.ts";

/** What to do about a mount whose source may be missing. */
export interface Wish {
  readonly at: string;
  readonly source: string;
  readonly missing: "fail" | "skip" | "warn" | "create";
  readonly type: "directory" | "file" | "socket" | "device" | undefined;
  /** The directory in which the source has to lie, reached from there without a link. */
  readonly inside: string | undefined;
  readonly origin: Origin;
}

/** A source as it stands on the host; `present` is false when the entry is to be skipped. */
export interface FoundSource {
  readonly path: string;
  readonly type: Stat["type"];
  readonly present: boolean;
  readonly steps: readonly Step[];
}

/** Follows the links of a mount's source and applies the author's policy for a missing one. */
export function findSource({ host, report }: Context, wish: Wish): FoundSource {
  const { at, source, origin } = wish;
  const found = realpath(host, source);
  const path = found.path;
  const wished = wish.type === "directory" || wish.type === undefined ? "directory" : "file";
  const absent: FoundSource = { path, type: wished, present: false, steps: [] };
  if (wish.inside !== undefined && strays(host, wish.inside, found)) {
    if (wish.missing !== "skip") report(strayingSource({ source, inside: wish.inside }, origin));
    return absent;
  }
  if (found.loop) {
    report(linkLoop({ path: source }, origin));
    return absent;
  }
  if (found.stat?.type === "unreadable") {
    report(unreadableSource({ source }, origin));
    return absent;
  }
  if (found.stat !== undefined) {
    const type = found.stat.type;
    if (wish.type !== undefined && !isOfType(type, wish.type)) {
      report(wrongSourceType({ source, expected: wish.type, found: type }, origin));
    }
    return { path, type, present: true, steps: [] };
  }
  switch (wish.missing) {
    case "fail":
      report(missingSource({ source, at }, origin));
      return absent;
    case "warn":
      report(skippedSource({ source, at }, origin));
      return absent;
    case "skip":
      return absent;
    case "create": {
      if (host.lstat(path) !== undefined) {
        // Links led through what is missing, and back (`gone/..`).
        report(nothingCanBeMade({ at: source, parent: source, content: "a link that leads nowhere" }, origin));
        return absent;
      }
      const ground = realpath(host, nearestExisting(host, path));
      if (ground.stat?.type !== "directory") {
        const content = `a ${ground.stat?.type ?? "missing directory"}`;
        report(nothingCanBeMade({ at: path, parent: ground.path, content }, origin));
        return absent;
      }
      const parents = ancestors(path).filter((above) => host.lstat(above) === undefined);
      const directories = wished === "file" ? parents : [...parents, path];
      const steps: Step[] = directories.map((made) => ({ kind: "make-directory", path: made, mode: "0755", origin }));
      if (wished === "file") steps.push({ kind: "make-file", path, origin });
      return { ...absent, present: true, steps };
    }
  }
}

/** Whoever filled a tree could have planted a link there, to anything on the host. */
function strays(host: Host, inside: string, { path, links }: RealPath): boolean {
  const top = realpath(host, inside).path;
  return !isWithin(top, path) || links.some((link) => isWithin(top, link));
}

function isOfType(found: Stat["type"], wanted: NonNullable<Wish["type"]>): boolean {
  return wanted === "device" ? found === "character" || found === "block" : found === wanted;
}
