import { chmodSync, closeSync, constants, mkdirSync, openSync } from "node:fs";
import { components, parentOf } from "../model/path.ts";
import { inside, itself, openBelow, withDirectory } from "./directory.ts";
import { changedAt } from "./directory-times.ts";
import { ioError, isIoError, naming } from "./io-error.ts";
import type { Intent } from "./journal.ts";
import { standingAt } from "./made.ts";

/** What is wanted at the end of a path. */
export interface Wanted {
  readonly type: "directory" | "file";
  readonly mode: number;
}

/** Puts on record that something is about to be made; undefined when it is to stay. */
export type Intend = (path: string, type: Wanted["type"]) => Intent | undefined;

const PARENT_MODE = 0o755;
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** The last component of a path. */
export const nameOf = (path: string): string => components(path).at(-1) ?? "";

/**
 * Makes what is missing of a path, parents included, and follows no link. What stands there already stays as it is,
 * but must be of the wanted type. Every object is put on record before it is made, outermost first.
 */
export function makePlace(path: string, wanted: Wanted, intend: Intend): void {
  const makeDirectory = (parent: number, name: string, place: string) => {
    const make = () => mkdirSync(inside(parent, name), PARENT_MODE);
    const wasMade = makeOnRecord(parent, place, intend(place, "directory"), make);
    if (wasMade && place === path) setMode(parent, path, wanted.mode);
  };
  if (wanted.type === "directory") withDirectory(path, () => {}, makeDirectory);
  else withDirectory(parentOf(path), (parent) => makeFile(parent, path, wanted.mode, intend), makeDirectory);
}

function makeFile(parent: number, path: string, mode: number, intend: Intend): void {
  const name = nameOf(path);
  const make = () => closeSync(openSync(inside(parent, name), NEW_FILE, mode));
  if (standingAt(parent, name) === undefined) makeOnRecord(parent, path, intend(path, "file"), make);
  const found = standingAt(parent, name);
  if (found?.isSymbolicLink()) throw ioError("ELOOP", "a link", path);
  if (found?.isDirectory()) throw ioError("EISDIR", "is a directory", path);
}

/** Makes something that is on record already, and puts on record what became of it. false when somebody was faster. */
export function makeOnRecord(parent: number, path: string, intent: Intent | undefined, make: () => void): boolean {
  const before = changedAt(parent);
  try {
    naming(path, make);
  } catch (error) {
    intent?.dropped();
    if (isIoError(error) && error.code === "EEXIST") return false;
    throw error;
  }
  const made = standingAt(parent, nameOf(path));
  if (made) intent?.made(made, { before, after: changedAt(parent) });
  return true;
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
