import type { Host } from "../model/host.ts";
import { isWithin, parentOf } from "../model/path.ts";
import { isGlob, literalPath } from "../model/pattern.ts";
import type { Operation } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import { type RealPath, realpath } from "../model/realpath.ts";
import type { Origin } from "../model/source.ts";
import type { Tree } from "../tree/index.ts";
import { expandGlob } from "./glob.ts";
import { belowMask, gitGrant, grantUnderMask, unreadableMask } from "./guard-problems.ts";
import { hasHostSource } from "./place.ts";
import { linkLoop } from "./problems.ts";
import { allSightings, everyName } from "./visible.ts";

/** A host path to hide, wherever an entry shows it. */
export interface Hidden {
  readonly path: string;
  /** An author's text: `*` and its kind are special, and backslashes escape. */
  readonly pattern?: boolean;
  readonly origin: Origin;
  /** The repository's git directory, hidden because `git` is `none`. */
  readonly git?: boolean;
}

type Report = (problem: Problem) => void;

/** The masks over every place where a hidden path shows. A path that does not exist is hidden already. */
export function maskOperations(hidden: readonly Hidden[], tree: Tree, host: Host, report: Report): Operation[] {
  const masks = new Map<string, Operation>();
  for (const wish of hidden) {
    for (const { path, stat } of targets(wish, host, report)) {
      for (const name of everyName(host, path)) refuseGrants(wish, name, tree, report);
      if (stat === undefined) continue;
      for (const { host: source, place } of allSightings(tree, host, path)) {
        if (masks.has(place.path)) continue;
        const type = place.type === "directory" ? "directory" : "file";
        masks.set(place.path, { kind: "mask", at: place.path, source, type, present: true, origin: wish.origin });
        refuseBelow(wish, { hidden: source, masked: place.path }, tree, report);
      }
    }
  }
  // What lies below a masked directory is hidden with it, and nothing could be mounted there.
  const places = [...masks.keys()];
  return [...masks.values()].filter((mask) => !places.some((at) => at !== mask.at && isWithin(at, mask.at)));
}

/** The real host paths that a mask names today; what is missing may still be made by an entry. */
function targets({ path, origin, pattern }: Hidden, host: Host, report: Report): RealPath[] {
  // The command can't look into a closed directory either, unless it is its own to open.
  const closed = (name: string, directory: string) => {
    const stat = host.lstat(directory);
    if (stat === undefined || stat.uid === host.uid) report(unreadableMask({ path: name }, origin));
  };
  const expanded = (): string[] =>
    isGlob(path) ? expandGlob(host, path, (directory) => closed(directory, directory)) : [literalPath(path)];
  const names = pattern ? expanded() : [path];
  return names.flatMap((name) => {
    const found = realpath(host, name);
    if (found.loop) {
      report(linkLoop({ path: name }, origin));
      return [];
    }
    if (found.stat?.type === "unreadable") {
      closed(name, parentOf(found.path));
      return [];
    }
    return [found];
  });
}

/** A masked directory is empty and read-only: nothing can be mounted in it. */
function refuseBelow(
  { path, origin }: Hidden,
  { hidden, masked }: { readonly hidden: string; readonly masked: string },
  tree: Tree,
  report: Report,
): void {
  const below = tree.operations.filter(({ at, present }) => present && at !== masked && isWithin(masked, at));
  for (const operation of below) {
    if (hasHostSource(operation) && isWithin(hidden, operation.source)) continue;
    // A parent is only there for what lies below it: that is named.
    const leads = below.some(({ at }) => at !== operation.at && isWithin(operation.at, at));
    if (operation.kind === "dir" && operation.implied && leads) continue;
    const related = origin.line === 0 ? [] : [{ ...origin, message: "the mask" }];
    report(belowMask({ mask: path, at: operation.at, by: writerOf(origin, operation) }, operation.origin, related));
  }
}

function refuseGrants({ path, origin, git }: Hidden, hidden: string, tree: Tree, report: Report): void {
  for (const operation of tree.operations) {
    if (!hasHostSource(operation) || !isWithin(hidden, operation.source)) continue;
    const data = { mask: path, source: operation.source, at: operation.at };
    const related = origin.line === 0 ? [] : [{ ...origin, message: "the mask" }];
    const by = writerOf(origin, operation);
    report(
      git ? gitGrant(data, operation.origin, related) : grantUnderMask({ ...data, by }, operation.origin, related),
    );
  }
}

const writerOf = ({ line, file }: Origin, { origin }: Operation) =>
  line === 0 ? "sbx" : file === origin.file ? "the same" : "another";
