import { rmdirSync, unlinkSync } from "node:fs";
import { parentOf } from "../model/path.ts";
import type { Problem, Spot } from "../model/problem.ts";
import { inside, withDirectory } from "./directory.ts";
import { isIoError, reasonOf } from "./io-error.ts";
import { isStill, type Made, type Standing, standingAt } from "./made.ts";
import { nameOf } from "./make-place.ts";
import { leftBehind, linkOnTheWay, notRemoved } from "./problems.ts";
import { removeTree } from "./remove-tree.ts";

/** The inverse of something done on the host, as data. */
export interface Undo {
  /** `remove-empty`: only while nothing is in it; `remove-tree`: with everything in it. */
  readonly kind: "remove-empty" | "remove-tree";
  readonly made: Made;
  /** Who asked for what is undone. */
  readonly spot: Spot;
}

/** Undoes everything, latest first; what fails keeps nothing else from being undone. */
export function undoAll(undos: readonly Undo[]): Problem[] {
  return undos.toReversed().flatMap((undo) => attempt(undo) ?? []);
}

function attempt(undo: Undo): Problem | undefined {
  const { path } = undo.made;
  try {
    return withDirectory(parentOf(path), (parent) => removeMade(parent, undo));
  } catch (error) {
    if (!isIoError(error)) return notRemoved({ path, reason: String(error) }, undo.spot);
    // Its parent is gone, and it with that.
    if (error.code === "ENOENT") return undefined;
    if (error.code === "ELOOP") return linkOnTheWay({ path, link: error.path ?? path }, undo.spot);
    return notRemoved({ path, reason: reasonOf(error) }, undo.spot);
  }
}

function removeMade(parent: number, { kind, made, spot }: Undo): Problem | undefined {
  const name = nameOf(made.path);
  const found = standingAt(parent, name);
  if (!found) return undefined;
  const left = (why: string) => leftBehind({ path: made.path, why, isDirectory: found.isDirectory() }, spot);
  if (!isStill(made, found)) return left("something else stands there now");
  if (kind === "remove-tree") removeTree(parent, name, made.path);
  else if (!removeEmpty(parent, name, found)) return left("it is no longer empty");
  return undefined;
}

/** false when something is in it. */
function removeEmpty(parent: number, name: string, found: Standing): boolean {
  if (!found.isDirectory()) {
    if (found.size > 0n) return false;
    unlinkSync(inside(parent, name));
    return true;
  }
  try {
    rmdirSync(inside(parent, name));
    return true;
  } catch (error) {
    // POSIX allows either.
    if (isIoError(error) && (error.code === "ENOTEMPTY" || error.code === "EEXIST")) return false;
    throw error;
  }
}
