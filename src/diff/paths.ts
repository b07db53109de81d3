import { isWithin, parentOf } from "../model/path.ts";
import { type Cover, coverOf, type Facts, isSame } from "./cover.ts";
import { coverText } from "./cover-text.ts";
import { classed, type Difference, type Shift } from "./difference.ts";
import { gains } from "./gains.ts";
import { points } from "./points.ts";
import type { Sandbox } from "./sandbox.ts";

interface Changed {
  readonly path: string;
  readonly before: Cover;
  readonly after: Cover;
  readonly gained: readonly Shift[];
  readonly lost: readonly Shift[];
}

/** Every region that shows something else, in one line each; what follows from a region's own line is left out. */
export function pathDifferences(a: Sandbox, b: Sandbox, own: ReadonlySet<string>): Difference[] {
  const changed = new Map<string, Changed>();
  /** The change whose region a path lies in. */
  const leading = new Map<string, Changed>();
  for (const path of points([a, b])) {
    const parent = leading.get(parentOf(path));
    if (parent !== undefined) leading.set(path, parent);
    const [before, after] = [coverOf(a, path), coverOf(b, path)];
    if (isSame(before.facts, after.facts) || isOwn(own, before.facts, after.facts)) continue;
    const gained = gains({ before: before.facts, after: after.facts, from: a, to: { sandbox: b, path } });
    const lost = gains({ before: after.facts, after: before.facts, from: b, to: { sandbox: a, path } });
    const change = { path, before, after, gained, lost };
    if (path !== "/" && parent !== undefined && follows(change, parent, a, b)) continue;
    changed.set(path, change);
    if (!isWayOnly(change, a, b)) leading.set(path, change);
  }
  const told = [...changed.values()];
  const leadsOn = (path: string) => told.some((other) => other.path !== path && isWithin(path, other.path));
  return told.filter((each) => !isWayOnly(each, a, b) || !leadsOn(each.path)).map(difference);
}

/** A file of a profile's own, that is protected on one side because it takes part there. */
const isOwn = (own: ReadonlySet<string>, before: Facts, after: Facts): boolean =>
  before.host !== undefined && before.host === after.host && own.has(before.host) && before.what === after.what;

/** It is the same change again, of the same mounts or of a guard in them. */
function follows(change: Changed, of: Changed, a: Sandbox, b: Sandbox): boolean {
  const isKnown = ({ standing }: Cover, leader: Cover, { tree }: Sandbox): boolean => {
    const decides = tree.operations[standing.decidedBy];
    if (decides?.kind === "mask" || decides?.kind === "protect" || decides?.kind === "pin") return true;
    const isEntry = decides?.kind === "symlink" || (decides?.kind === "dir" && !decides.implied);
    return standing.mount === leader.standing.mount && !isEntry;
  };
  return (
    isKnown(change.before, of.before, a) &&
    isKnown(change.after, of.after, b) &&
    change.gained.every((shift) => of.gained.includes(shift)) &&
    change.lost.every((shift) => of.lost.includes(shift))
  );
}

/** An empty directory on one side, that exists only because something below it needs it. */
function isWayOnly({ path, before, after, gained, lost }: Changed, a: Sandbox, b: Sandbox): boolean {
  if (gained.length > 0 || lost.length > 0) return false;
  const isImplied = ({ standing, facts }: Cover, { tree }: Sandbox): boolean => {
    if (facts.what === "none") return true;
    const decides = tree.operations[standing.decidedBy];
    if (facts.type !== "directory" || decides === undefined) return false;
    return decides.kind === "dir" ? decides.implied : decides.at !== path;
  };
  const isAbsent = before.facts.what === "none" || after.facts.what === "none";
  return isAbsent && isImplied(before, a) && isImplied(after, b);
}

function difference({ path, before, after, gained, lost }: Changed): Difference {
  const isDevice = [before, after].some(({ facts }) => facts.type === "device" || facts.access === "device");
  const note = gained.length + lost.length === 0 ? noteOn(before.facts, after.facts) : undefined;
  return classed({
    ...(note === undefined ? {} : { note }),
    area: isDevice ? "device" : "path",
    subject: path,
    before: { text: coverText(before.facts, path), origins: before.origins },
    after: { text: coverText(after.facts, path), origins: after.origins },
    gained,
    lost,
  });
}

/** What the two texts don't tell of a change by which nothing is gained or lost. */
function noteOn(before: Facts, after: Facts): string | undefined {
  if (before.what === "file" && after.what === "file" && before.content !== after.content) return "it has another text";
  // Had something of the host come or gone for good, it would have been gained or lost.
  const isHosts = before.what === "host" || after.what === "host";
  return isHosts && before.host !== after.host ? "what it shows can be had at another path, too" : undefined;
}
