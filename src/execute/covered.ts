import { closeSync, constants, openSync } from "node:fs";
import { inside } from "./directory.ts";
import { isIoError } from "./io-error.ts";
import { mountOf } from "./mount-of.ts";

// open(2): a descriptor that only names a place, a link or a device included.
const NAMED = 0o10000000 | constants.O_NOFOLLOW;

/**
 * Whether something is mounted on what stands at `name` in an open directory: then a look at it sees another object.
 */
export function isCovered(directory: number, name: string): boolean {
  let there: number | undefined;
  try {
    there = openSync(inside(directory, name), NAMED);
    return mountOf(there) !== mountOf(directory);
  } catch (error) {
    if (!isIoError(error)) throw error;
    return false;
  } finally {
    if (there !== undefined) closeSync(there);
  }
}
