import { chmodSync, closeSync, fstatSync, readdirSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import { inside, itself, openBelow } from "./directory.ts";
import { type IoError, ioError, isIoError } from "./io-error.ts";

// A process that still writes (no process namespace, so nobody ended it) must not keep the removal going for ever.
const ROUNDS = 1_000_000;

/** A removal under way. */
interface Removal {
  /** Descriptor of the directory that is emptied. */
  readonly top: number;
  /** What errors speak of. */
  readonly path: string;
  readonly device: number;
  /** How many entries were removed or moved up so far. */
  done: number;
}

/**
 * Removes the directory `name` in an open directory with everything in it; links are removed, never followed. The
 * content was made by a sandboxed program: directories may be of mode 0000, names need not be UTF-8, the tree may be
 * deeper than the stack or the descriptor limit. So it is taken down flat: directories further in are moved up until
 * only one level is left. Removes what it can; throws the first error when something stays.
 */
export function removeTree(parent: number, name: string, path: string): void {
  const top = openBelow(parent, name, path);
  try {
    chmodSync(itself(top), 0o700);
    emptyOut({ top, path, device: fstatSync(top).dev, done: 0 });
  } finally {
    closeSync(top);
  }
  rmdirSync(inside(parent, name));
}

function emptyOut(removal: Removal): void {
  for (let round = 0; round < ROUNDS; round++) {
    const entries = entriesOf(removal.top);
    if (entries.length === 0) return;
    const before = removal.done;
    const failures = entries.flatMap((entry) => attempt(() => takeDown(removal, entry)));
    if (failures[0] !== undefined && removal.done === before) throw failures[0];
  }
  throw ioError("EBUSY", "something still writes there", removal.path);
}

/** Removes an entry of the top directory; what a directory holds is removed or moved up first. */
function takeDown(removal: Removal, entry: Buffer): void {
  if (removeFile(removal, removal.top, entry)) return;
  const directory = openOwn(removal, removal.top, entry);
  try {
    const failures = entriesOf(directory).flatMap((inner) =>
      attempt(() => {
        if (!removeFile(removal, directory, inner)) moveUp(removal, directory, inner);
      }),
    );
    if (failures[0] !== undefined) throw failures[0];
  } finally {
    closeSync(directory);
  }
  rmdirSync(inside(removal.top, entry));
  removal.done++;
}

/** false when it is a directory. */
function removeFile(removal: Removal, directory: number, name: Buffer): boolean {
  try {
    unlinkSync(inside(directory, name));
    removal.done++;
    return true;
  } catch (error) {
    if (isIoError(error) && error.code === "EISDIR") return false;
    throw error;
  }
}

function moveUp(removal: Removal, from: number, name: Buffer): void {
  closeSync(openOwn(removal, from, name));
  // The number is taken when an entry of that name stands there; an empty directory of that name is replaced.
  for (let number = removal.done; ; number++) {
    try {
      renameSync(inside(from, name), inside(removal.top, Buffer.from(`.${number}`)));
      removal.done++;
      return;
    } catch (error) {
      if (!isIoError(error) || !["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(error.code)) throw error;
    }
  }
}

/** Opens a directory and makes it writable, which rmdir(2) of its entries and rename(2), for its `..`, ask for. */
function openOwn(removal: Removal, parent: number, name: Buffer): number {
  const directory = openBelow(parent, name, removal.path);
  try {
    if (fstatSync(directory).dev !== removal.device) throw ioError("EXDEV", "something is mounted in it", removal.path);
    chmodSync(itself(directory), 0o700);
    return directory;
  } catch (error) {
    closeSync(directory);
    throw error;
  }
}

const entriesOf = (directory: number): Buffer[] => readdirSync(itself(directory), { encoding: "buffer" });

function attempt(action: () => void): IoError[] {
  try {
    action();
    return [];
  } catch (error) {
    if (!isIoError(error)) throw error;
    return [error];
  }
}
