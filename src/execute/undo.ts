import { fstatSync, readdirSync, rmdirSync, statfsSync } from "node:fs";
import { below, isWithin, parentOf } from "../model/path.ts";
import type { Spot } from "../model/problem.ts";
import { isDisconnected, isMountPoint, unmountTop } from "./backing/unmount.ts";
import { isCovered } from "./covered.ts";
import { inside, itself, withDirectory } from "./directory.ts";
import { type DirectoryTimes, directoryTimes, type Times } from "./directory-times.ts";
import { isIoError, reasonOf } from "./io-error.ts";
import { type Identity, identityOf, isOfType, isSame, type ObjectType, type Standing, standingAt } from "./made.ts";
import { nameOf } from "./make-place.ts";
import { removeCgroup } from "./remove-cgroup.ts";
import { removeEmpty } from "./remove-empty.ts";
import { removeTree } from "./remove-tree.ts";
import { isFreshName } from "./run-directory.ts";

/**
 * `remove-empty`: only while nothing is in it; `remove-tree`: with everything in it; `remove-cgroup`: cgroups(7);
 * `unmount`: what is mounted on a directory of the run's own, and then that.
 */
export const UNDO_KINDS = ["remove-empty", "remove-tree", "remove-cgroup", "unmount"] as const;
export type UndoKind = (typeof UNDO_KINDS)[number];

/** The inverse of something done, or about to be done, on the host, as data. */
export interface Undo {
  readonly kind: UndoKind;
  readonly path: string;
  readonly type: ObjectType;
  /** Who asked for what is undone. */
  readonly spot: Spot;
  /** The directory that it was to be made in, when it could be looked at. */
  readonly parent: Identity | undefined;
  /** When it was about to be made, in milliseconds since 1970. */
  readonly time: number;
  /** Which object it became; undefined when the run ended before it could say so, or before it was made. */
  readonly made: Identity | undefined;
  /** What making it did to the time of its directory; not in the journal. */
  readonly times?: Times;
}

/** What one run's inverses have in common. */
export interface Scene {
  readonly runDirectory: string;
  /** Whether the machine has not been started anew since the run. */
  readonly sameBoot: boolean;
}

/** Why something stays: another object, something is in it, or nobody can tell whether the run made it. */
export type Because = "not-the-same" | "not-empty" | "unsure";

/** What became of an attempt to undo; `failed` may go better another time. */
export type Undone =
  | { readonly state: "removed" | "gone" }
  | { readonly state: "kept"; readonly because: Because; readonly isDirectory: boolean }
  | { readonly state: "link"; readonly link: string }
  | { readonly state: "failed"; readonly reason: string };

type Attempt = Undone | { readonly state: "busy" };

const GONE = { state: "gone" } as const;
const REMOVED = { state: "removed" } as const;
const COVERED = { state: "failed", reason: "something is mounted on it" } as const;

// The kernel's coarse clock, which stamps objects, is up to a tick behind (100 Hz at worst).
const CLOCK_BEHIND_MS = 20;
// Nothing but a system call lies between the intent and the object; what came later is somebody else's.
const MADE_WITHIN_MS = 2000;
const LOOK_AGAIN_MS = 10;
const LOOKS = 500;
// Somebody may look into a mount point just now.
const MOUNTED_LOOKS = 100;

/** What is on record and not settled, and what became of it. */
export interface OpenUndo {
  readonly number: number;
  readonly undo: Undo;
}
export interface Attempted {
  readonly undo: Undo;
  readonly undone: Undone;
}

/** Undoes everything, latest first, whatever becomes of each. `settle` hears at once what needs no other attempt. */
export async function undoAll(
  open: readonly OpenUndo[],
  scene: Scene,
  settle: (number: number) => void,
): Promise<Attempted[]> {
  const attempted: Attempted[] = [];
  const times = directoryTimes();
  for (const { number, undo } of open.toReversed()) {
    const undone = becauseOf(attempted, undo, await undoOne(undo, scene, times));
    if (undone.state !== "failed") settle(number);
    attempted.push({ undo, undone });
  }
  times.restore();
  return attempted;
}

/** A directory that is not empty only because something in it could not be removed is to be tried again with that. */
function becauseOf(attempted: readonly Attempted[], { path }: Undo, undone: Undone): Undone {
  if (undone.state !== "kept" || undone.because !== "not-empty") return undone;
  const inIt = attempted.find((other) => other.undone.state === "failed" && isWithin(path, other.undo.path));
  return inIt ? { state: "failed", reason: `${inIt.undo.path} is still in it` } : undone;
}

/** Undoes one thing, as long as it is what the run made. */
async function undoOne(undo: Undo, scene: Scene, times: DirectoryTimes): Promise<Undone> {
  const of = { path: parentOf(undo.path), times: undo.times };
  const isPlain = howToRemove(undo) === "remove-empty";
  const looks = isPlain ? MOUNTED_LOOKS : LOOKS;
  for (let look = 0; ; look++) {
    const attempt = atParent(undo, scene, (parent) => times.around(parent, of, () => removeMade(parent, undo, scene)));
    if (attempt.state !== "busy") return attempt;
    if (look === looks) {
      return isPlain ? COVERED : { state: "failed", reason: "something still runs in it" };
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** What {@link undoOne} would come to, once what is in `going` is removed. */
export function foresee(undo: Undo, scene: Scene, going: ReadonlySet<string>): Undone {
  return atParent(undo, scene, (parent): Undone => {
    const name = nameOf(undo.path);
    const found = examine(parent, undo, scene);
    if ("state" in found) return found;
    if (howToRemove(undo) !== "remove-empty") return REMOVED;
    const isEmpty = found.isDirectory()
      ? readdirSync(inside(parent, name)).every((entry) => going.has(below(undo.path, entry)))
      : found.size === 0n;
    return isEmpty ? REMOVED : kept("not-empty", found);
  });
}

function atParent<T extends Attempt>(
  { kind, path }: Undo,
  { sameBoot }: Scene,
  action: (parent: number) => T,
): T | Undone {
  // Control groups end with the machine.
  if (kind === "remove-cgroup" && !sameBoot) return GONE;
  try {
    return withDirectory(parentOf(path), action);
  } catch (error) {
    if (!isIoError(error)) return { state: "failed", reason: String(error) };
    // Its parent is gone, and it with that.
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return GONE;
    if (error.code === "ELOOP") return { state: "link", link: error.path ?? path };
    return { state: "failed", reason: reasonOf(error) };
  }
}

function removeMade(parent: number, undo: Undo, scene: Scene): Attempt {
  const name = nameOf(undo.path);
  if (undo.kind === "unmount" && isDisconnected(parent, name)) return unmount(parent, undo, scene);
  const found = examine(parent, undo, scene);
  // Nothing is mounted on it now. What is about to be, by a mount(8) that outlived its run, must find it gone.
  if (undo.kind === "unmount" && found === GONE) return removePoint(parent, name);
  if (found === COVERED) return { state: "busy" };
  if ("state" in found) return found;
  switch (howToRemove(undo)) {
    case "remove-empty": {
      const removed = removeEmpty(parent, name, found);
      if (removed === "busy") return { state: "busy" };
      return removed === "removed" ? REMOVED : kept("not-empty", found);
    }
    case "remove-tree":
      removeTree(parent, name, undo.path);
      return REMOVED;
    case "remove-cgroup":
      return removeCgroup(parent, name, undo.path) ? REMOVED : { state: "busy" };
    case "unmount":
      return unmount(parent, undo, scene);
  }
}

function unmount(parent: number, undo: Undo, scene: Scene): Attempt {
  const reason = unmountTop(parent, nameOf(undo.path), undo.path);
  if (reason !== undefined) return { state: "failed", reason };
  const twice = removeMade(parent, undo, scene);
  return twice.state === "gone" ? REMOVED : twice;
}

// What nobody came to use is empty still.
const howToRemove = ({ kind, made }: Undo): UndoKind =>
  made === undefined && kind !== "unmount" ? "remove-empty" : kind;

/** What stands there when it is the run's; else why it is left alone. */
function examine(parent: number, undo: Undo, scene: Scene): Standing | Undone {
  const found = standingAt(parent, nameOf(undo.path));
  if (!found) return GONE;
  // After a restart of the machine, or in another mount namespace.
  if (undo.kind === "unmount" && !isMountPoint(parent, nameOf(undo.path), undo.path)) return GONE;
  const isRight = undo.kind === "remove-cgroup" ? isCgroup(parent, found) : isOfType(undo.type, found);
  const isOther = !isRight || (undo.made && !isSame(undo.made, identityOf(found), scene.sameBoot));
  if (isOther && undo.kind === "remove-empty" && isCovered(parent, nameOf(undo.path))) return COVERED;
  if (isOther) return kept("not-the-same", found);
  if (undo.made === undefined) return isSurelyOurs(parent, undo, scene, found) ? found : kept("unsure", found);
  return found;
}

const kept = (because: Because, found: Standing): Undone => ({
  state: "kept",
  because,
  isDirectory: found.isDirectory(),
});

/** Whether what stands where a run was about to make something can only be what it made. Nothing stood there before. */
function isSurelyOurs(parent: number, undo: Undo, scene: Scene, found: Standing): boolean {
  // What is mounted is whose its root is; but only the run mounts anything in its directory.
  if (undo.kind !== "unmount" && found.uid !== BigInt(process.geteuid?.() ?? 0)) return false;
  const there = identityOf(fstatSync(parent, { bigint: true }));
  if (undo.parent === undefined || !isSame(undo.parent, there, scene.sameBoot)) return false;
  // Nobody else makes such names, or makes anything in the run directory; and an unused control group is nothing.
  if (parentOf(undo.path) === scene.runDirectory || isFreshName(nameOf(undo.path), scene.runDirectory)) return true;
  if (undo.kind === "remove-cgroup") return true;
  const born = Number((identityOf(found).born ?? 0n) / 1_000_000n);
  return born >= undo.time - CLOCK_BEHIND_MS && born <= undo.time + MADE_WITHIN_MS;
}

// statfs(2).
const CGROUP_FILE_SYSTEMS = [0x27e0eb, 0x63677270];

const isCgroup = (parent: number, found: Standing): boolean =>
  found.isDirectory() && CGROUP_FILE_SYSTEMS.includes(statfsSync(itself(parent)).type);

/** What else is in it goes with the run directory. */
function removePoint(parent: number, name: string): Attempt {
  try {
    rmdirSync(inside(parent, name));
  } catch (error) {
    if (!isIoError(error)) throw error;
    if (error.code === "EBUSY") return { state: "busy" };
  }
  return GONE;
}
