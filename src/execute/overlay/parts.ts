import { chmodSync, chownSync, closeSync, fstatSync, mkdirSync, statSync } from "node:fs";
import { UPPER, WORK } from "../../model/overlay.ts";
import { below } from "../../model/path.ts";
import { isMountPoint } from "../backing/unmount.ts";
import { inside, itself, openBelow } from "../directory.ts";
import { ioError, isIoError, naming } from "../io-error.ts";

/**
 * Makes the two parts of a layer in an open directory, as far as they are missing. The upper one is what is seen at the
 * mount point itself: it looks like the lower directory. Whoever wrote the layer could have put a link there, or have
 * something mounted: both must be directories of one file system (overlayfs.rst).
 */
export function makeParts(directory: number, path: string, source: string): void {
  for (const name of [UPPER, WORK]) {
    const place = below(path, name);
    const wasMade = makeIfMissing(directory, name, place);
    const part = openBelow(directory, name, place);
    try {
      if (isMountPoint(directory, name, place)) throw ioError("EBUSY", "something is mounted there", place);
      if (fstatSync(part).dev !== fstatSync(directory).dev) throw ioError("EXDEV", "another file system", place);
      if (wasMade && name === UPPER) makeLike(part, source);
    } finally {
      closeSync(part);
    }
  }
}

function makeIfMissing(directory: number, name: string, path: string): boolean {
  try {
    naming(path, () => mkdirSync(inside(directory, name), 0o700));
    return true;
  } catch (error) {
    if (isIoError(error) && error.code === "EEXIST") return false;
    throw error;
  }
}

function makeLike(part: number, source: string): void {
  const { uid, gid, mode } = naming(source, () => statSync(source));
  const own = fstatSync(part);
  if (process.geteuid?.() === 0 && (own.uid !== uid || own.gid !== gid)) chownSync(itself(part), uid, gid);
  chmodSync(itself(part), mode & 0o7777);
}

/** The first link on the way to a place in an upper directory, that place included; what is missing is no link. */
export function linkOn(upper: number, place: string): string | undefined {
  const opened: number[] = [];
  let reached = "";
  try {
    for (const name of place.split("/")) {
      reached = reached === "" ? name : `${reached}/${name}`;
      opened.push(openBelow(opened.at(-1) ?? upper, name, reached));
    }
    return undefined;
  } catch (error) {
    if (!isIoError(error)) throw error;
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    return reached;
  } finally {
    for (const each of opened) closeSync(each);
  }
}
