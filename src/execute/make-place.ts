import { chmodSync, closeSync, constants, mkdirSync, openSync } from "node:fs";
import { components, parentOf } from "../model/path.ts";
import { inside, itself, openBelow, withDirectory } from "./directory.ts";
import { ioError, isIoError, naming } from "./io-error.ts";
import { type Made, standingAt } from "./made.ts";

/** What is wanted at the end of a path. */
export interface Wanted {
  readonly type: "directory" | "file";
  readonly mode: number;
}

const PARENT_MODE = 0o755;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** The last component of a path. */
export const nameOf = (path: string): string => components(path).at(-1) ?? "";

/**
 * Makes what is missing of a path, parents included, and follows no link. What stands there already stays as it is,
 * but must be of the wanted type. Tells of every object as soon as it is made, outermost first.
 */
export function makePlace(path: string, wanted: Wanted, onMade: (made: Made) => void): void {
  const makeDirectory = (parent: number, name: string, place: string) => {
    if (!wasMade(() => naming(place, () => mkdirSync(inside(parent, name), PARENT_MODE)))) return;
    noteMade(parent, place, "directory", onMade);
    if (place === path) setMode(parent, path, wanted.mode);
  };
  if (wanted.type === "directory") withDirectory(path, () => {}, makeDirectory);
  else withDirectory(parentOf(path), (parent) => makeFile(parent, path, wanted.mode, onMade), makeDirectory);
}

function makeFile(parent: number, path: string, mode: number, onMade: (made: Made) => void): void {
  const name = nameOf(path);
  const make = () => closeSync(naming(path, () => openSync(inside(parent, name), NEW_FILE, mode)));
  if (standingAt(parent, name) === undefined && wasMade(make)) noteMade(parent, path, "file", onMade);
  const found = standingAt(parent, name);
  if (found?.isSymbolicLink()) throw ioError("ELOOP", "a link", path);
  if (found?.isDirectory()) throw ioError("EISDIR", "is a directory", path);
}

/** false when somebody else was faster. */
function wasMade(make: () => void): boolean {
  try {
    make();
    return true;
  } catch (error) {
    if (isIoError(error) && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Tells of what stands at `path` now, by its directory's descriptor. */
export function noteMade(parent: number, path: string, type: Made["type"], onMade: (made: Made) => void): void {
  const made = standingAt(parent, nameOf(path));
  if (made) onMade({ path, type, dev: made.dev, ino: made.ino });
}

// The author's mode is meant as written; mkdir(2) takes the umask off.
function setMode(parent: number, path: string, mode: number): void {
  const made = openBelow(parent, nameOf(path), path);
  try {
    chmodSync(itself(made), mode);
  } finally {
    closeSync(made);
  }
}
