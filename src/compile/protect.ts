import type { Host } from "../model/host.ts";
import { below, isWithin, parentOf, relativeTo } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import type { Origin } from "../model/source.ts";
import { aliases, realpath, type Standing, type Tree } from "../tree/index.ts";
import { isGlob, literalPath } from "./glob.ts";
import { hasHostSource } from "./place.ts";
import { linkLoop, protectedAbsent, protectedLink, protectedPattern, protectUndone } from "./problems.ts";
import { between, nearestExisting, sightings } from "./visible.ts";

/** A host path to keep from being written, wherever an entry shows it writable. */
export interface Guarded {
  readonly path: string;
  /** An author's text: backslashes escape. Patterns are refused, for files made later would not be guarded. */
  readonly pattern?: boolean;
  readonly missing: "fail" | "skip";
  readonly origin: Origin;
}

type Report = (problem: Problem) => void;

const isWritable = (standing: Standing): boolean => standing.access === "rw" || standing.access === "device";

/** Read-only binds over every writable place of the guarded paths, and pins of the directories that lead there. */
export function protectOperations(guarded: readonly Guarded[], tree: Tree, host: Host, report: Report): Operation[] {
  const operations = new Map<string, Operation>();
  for (const given of guarded) {
    const wish = given.pattern ? { ...given, path: literalPath(given.path) } : given;
    if (given.pattern && isGlob(given.path) && host.lstat(wish.path) === undefined) {
      report(protectedPattern({ pattern: given.path }, given.origin));
      continue;
    }
    const path = target(wish, tree, host, report);
    if (path === undefined) continue;
    for (const name of aliases(host, path)) refuseWritable(wish, name, tree, report);
    for (const { host: source, place } of sightings(tree, host, path)) {
      if (!isWritable(place)) continue;
      for (const pin of pins(place, tree, wish.origin)) if (!operations.has(pin.at)) operations.set(pin.at, pin);
      operations.set(place.path, { kind: "protect", at: place.path, source, present: true, origin: wish.origin });
    }
  }
  return [...operations.values()];
}

/** The real path to guard; undefined when there is nothing to guard or a problem was reported. */
function target({ path, missing, origin }: Guarded, tree: Tree, host: Host, report: Report): string | undefined {
  const parent = realpath(host, parentOf(path));
  if (parent.loop) {
    report(linkLoop({ path }, origin));
    return undefined;
  }
  const real = path === "/" ? "/" : below(parent.path, relativeTo(parentOf(path), path));
  const stat = host.lstat(real);
  if (stat?.type === "link") {
    report(protectedLink({ path }, origin));
    return undefined;
  }
  if (stat !== undefined) return real;
  const above = sightings(tree, host, nearestExisting(host, real));
  if (missing === "fail" && above.some(({ place }) => isWritable(place))) report(protectedAbsent({ path }, origin));
  return undefined;
}

/**
 * Pins: without them the parent could be renamed and a new one put in its place (`mv .git x; mkdir -p .git/hooks`).
 * A mount point can't be renamed (rename(2), EBUSY), so each directory on the way is bound onto itself.
 */
export function pins(place: Standing, tree: Tree, origin: Origin): Operation[] {
  const mount = tree.operations[place.mount];
  if (mount === undefined || !("source" in mount)) return [];
  return between(mount.at, place.path).map((at) => ({
    kind: "pin",
    at,
    source: below(mount.source, relativeTo(mount.at, at)),
    present: true,
    origin,
  }));
}

function refuseWritable({ path, origin }: Guarded, guarded: string, tree: Tree, report: Report): void {
  for (const operation of tree.operations) {
    if (operation.kind !== "bind" || !hasHostSource(operation) || operation.access === "ro") continue;
    if (operation.source === guarded || !isWithin(guarded, operation.source)) continue;
    const related = origin.line === 0 ? [] : [{ ...origin, message: "protected here" }];
    report(protectUndone({ path, source: operation.source, at: operation.at }, operation.origin, related));
  }
}
