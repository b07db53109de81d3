import type { Host } from "../model/host.ts";
import { ancestors, below, isWithin, parentOf, relativeTo } from "../model/path.ts";
import { isGlob, literalPath } from "../model/pattern.ts";
import type { Operation } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import { realpath } from "../model/realpath.ts";
import type { Origin } from "../model/source.ts";
import { type Standing, shownBinds, type Tree } from "../tree/index.ts";
import {
  protectedAbsent,
  protectedHardLink,
  protectedLink,
  protectedPattern,
  protectUndone,
} from "./guard-problems.ts";
import { hasHostSource } from "./place.ts";
import { linkLoop } from "./problems.ts";
import { allSightings, everyName, nearestExisting, type Sight, sightings } from "./visible.ts";

/** A host path to keep from being written, wherever an entry shows it writable. */
export interface Guarded {
  readonly path: string;
  /** An author's text: backslashes escape. Patterns are refused, for files made later would not be guarded. */
  readonly pattern?: boolean;
  /** `masked`: it is hidden or read-only already, and only to be kept from being moved away. */
  readonly missing: "fail" | "skip" | "masked";
  readonly origin: Origin;
}

type Report = (problem: Problem) => void;

/** An operation over a place, and the index of the operation whose mount it covers a part of. */
export interface Covering {
  readonly operation: Operation;
  readonly mount: number;
}

/** Or would be, once the host mounts the file system writable. */
const isWritable = ({ access, readOnlyHost }: Standing): boolean =>
  access === "rw" || access === "device" || readOnlyHost === true;

/** Read-only binds over every writable place of the guarded paths, and pins of the directories that lead there. */
export function protectOperations(guarded: readonly Guarded[], tree: Tree, host: Host, report: Report): Operation[] {
  const protections = new Map<string, Covering>();
  const pinned = new Map<string, Covering>();
  for (const given of guarded) {
    const wish = given.pattern ? { ...given, path: literalPath(given.path) } : given;
    if (given.pattern && isGlob(given.path) && host.lstat(wish.path) === undefined) {
      report(protectedPattern({ pattern: given.path }, given.origin));
      continue;
    }
    const path = target(wish, tree, host, report);
    if (path === undefined) continue;
    const { origin } = wish;
    for (const pin of pins(path, tree, host, origin))
      if (!pinned.has(pin.operation.at)) pinned.set(pin.operation.at, pin);
    if (wish.missing === "masked" || host.lstat(path) === undefined) continue;
    for (const name of everyName(host, path)) refuseWritable(wish, name, tree, report);
    const stat = host.lstat(path);
    const others = stat?.type === "file" && stat.nlink > 1;
    for (const { host: source, place } of allSightings(tree, host, path)) {
      if (!isWritable(place)) continue;
      if (others) report(protectedHardLink({ path, links: stat.nlink }, origin));
      const operation: Operation = { kind: "protect", at: place.path, source, present: true, origin };
      protections.set(place.path, { operation, mount: place.mount });
    }
  }
  const covers = [...protections.values()];
  // A pin is writable: below a protection it would open it again.
  const isCovered = (pin: Covering) =>
    covers.some(({ operation, mount }) => mount === pin.mount && isWithin(operation.at, pin.operation.at));
  return [...[...pinned.values()].filter((pin) => !isCovered(pin)), ...covers].map(({ operation }) => operation);
}

/** The real path to guard, which may be missing; undefined when there is nothing to guard or a problem was reported. */
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
  if (stat !== undefined || missing === "masked") return real;
  if (missing === "skip") return undefined;
  const above = sightings(tree, host, nearestExisting(host, real));
  const reachesHost = ({ place }: Sight) => isWritable(place) && tree.operations[place.mount]?.kind !== "overlay";
  // A mount's source that the run makes first is there by then.
  const willHold = shownBinds({ tree }).some(
    ({ source, access, missing: whenMissing }) =>
      whenMissing === "create" &&
      access !== "ro" &&
      (isWithin(source, real) || isWithin(real, source)) &&
      host.lstat(source) === undefined,
  );
  if (!willHold && !above.some(reachesHost)) return real;
  report(protectedAbsent({ path }, origin));
  return undefined;
}

/**
 * Pins: without them a directory on the way could be renamed and a new one put in its place (`mv .git x; mkdir -p
 * .git/hooks`), even where the path itself is hidden. A mount point can't be renamed (rename(2), EBUSY), so each
 * directory on the way is bound onto itself wherever it is writable.
 */
export function pins(path: string, tree: Tree, host: Host, origin: Origin): Covering[] {
  return ancestors(path).flatMap((above) =>
    sightings(tree, host, above).flatMap(({ host: source, place }) => {
      const mount = tree.operations[place.mount];
      // What is renamed in a layer stays there.
      if (!isWritable(place) || mount?.at === place.path || mount?.kind === "overlay") return [];
      return [{ operation: { kind: "pin", at: place.path, source, present: true, origin }, mount: place.mount }];
    }),
  );
}

function refuseWritable({ path, origin }: Guarded, guarded: string, tree: Tree, report: Report): void {
  for (const operation of tree.operations) {
    if (operation.kind !== "bind" || !hasHostSource(operation) || operation.access === "ro") continue;
    if (operation.source === guarded || !isWithin(guarded, operation.source)) continue;
    const related = origin.line === 0 ? [] : [{ ...origin, message: "protected here" }];
    report(protectUndone({ path, source: operation.source, at: operation.at }, operation.origin, related));
  }
}
