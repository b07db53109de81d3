import { closeSync, constants, lstatSync, openSync } from "node:fs";
import { components } from "../model/path.ts";
import { ioError, isIoError, naming } from "./io-error.ts";

// open(2): a descriptor that only names a place. Node has no constant; x86, ARM, RISC-V and POWER agree on the value.
const O_PATH = 0o10000000;
const NAMED = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * The path of a name in an open directory. `/proc/self/fd/N` leads to the directory itself wherever it was moved,
 * so only the last component is looked up: Node's way to mkdirat(2), unlinkat(2) and renameat(2).
 */
export function inside(directory: number, name: string): string;
export function inside(directory: number, name: Buffer): Buffer;
export function inside(directory: number, name: string | Buffer): string | Buffer {
  const start = `/proc/self/fd/${directory}/`;
  return typeof name === "string" ? start + name : Buffer.concat([Buffer.from(start), name]);
}

/** The path of an open directory itself. */
export const itself = (directory: number): string => `/proc/self/fd/${directory}`;

/** Opens the directory `name` in an open directory. A link there is ELOOP; `path` is what an error speaks of. */
export function openBelow(directory: number, name: string | Buffer, path: string): number {
  const place = typeof name === "string" ? inside(directory, name) : inside(directory, name);
  return naming(path, () => {
    try {
      return openSync(place, NAMED);
    } catch (error) {
      // With O_DIRECTORY the kernel says ENOTDIR of a link too.
      const isLink = () => lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink();
      throw isIoError(error) && error.code === "ENOTDIR" && isLink() ? ioError("ELOOP", "a link", path) : error;
    }
  });
}

/** Puts something where a walk found nothing; the walk then goes on there. */
export type OnMissing = (directory: number, name: string, path: string) => void;

/**
 * Opens a directory component by component, so that no link on the way is followed: a sandbox that can write a
 * parent could put one there at any moment. Without `onMissing` a missing component is ENOENT.
 */
export function openDirectory(path: string, onMissing?: OnMissing): number {
  let directory = openSync("/", NAMED);
  let reached = "";
  for (const name of components(path)) {
    reached += `/${name}`;
    const parent = directory;
    try {
      directory = openOrMake(parent, name, reached, onMissing);
    } finally {
      closeSync(parent);
    }
  }
  return directory;
}

function openOrMake(parent: number, name: string, path: string, onMissing: OnMissing | undefined): number {
  try {
    return openBelow(parent, name, path);
  } catch (error) {
    if (!onMissing || !isIoError(error) || error.code !== "ENOENT") throw error;
  }
  onMissing(parent, name, path);
  return openBelow(parent, name, path);
}

/** Runs `action` with the directory open, see {@link openDirectory}. */
export function withDirectory<T>(path: string, action: (directory: number) => T, onMissing?: OnMissing): T {
  const directory = openDirectory(path, onMissing);
  try {
    return action(directory);
  } finally {
    closeSync(directory);
  }
}
