import { closeSync, constants, openSync, readFileSync } from "node:fs";
import { inside } from "./directory.ts";
import { isIoError } from "./io-error.ts";

// open(2): a descriptor that only names a place, a link or a device included.
const NAMED = 0o10000000 | constants.O_NOFOLLOW;

/**
 * Whether something is mounted on what stands at `name` in an open directory: then a look at it sees another object.
 * In which mount a descriptor is stands in its fdinfo (proc_pid_fdinfo(5)); device numbers can't tell that.
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

const mountOf = (descriptor: number): string | undefined =>
  /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1];
