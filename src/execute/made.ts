import { type BigIntStats, lstatSync } from "node:fs";
import { inside } from "./directory.ts";

/** What sbx makes on the host. */
export type ObjectType = "directory" | "file" | "fifo";

/** Which object something is. As bigints: inode numbers can pass 2^53. */
export interface Identity {
  readonly dev: bigint;
  readonly ino: bigint;
  /** When it came to be, in nanoseconds, where the file system keeps that (statx(2), stx_btime). */
  readonly born?: bigint;
}

/** What stands at a place. */
export type Standing = BigIntStats;

/** What of a look at an object its identity is made of; what fstat or lstat give will do. */
export type Seen = Pick<Standing, "dev" | "ino"> & Partial<Pick<Standing, "birthtimeNs">>;

/** The identity of what was seen. */
export const identityOf = ({ dev, ino, birthtimeNs: born }: Seen): Identity =>
  born === undefined || born <= 0n ? { dev, ino } : { dev, ino, born };

/** What stands at `name` in an open directory, a link unfollowed; undefined when nothing does. */
export function standingAt(directory: number, name: string): Standing | undefined {
  return lstatSync(inside(directory, name), { bigint: true, throwIfNoEntry: false });
}

/** Whether something is of a type. */
export function isOfType(type: ObjectType, found: Standing): boolean {
  if (type === "directory") return found.isDirectory();
  return type === "file" ? found.isFile() : found.isFIFO();
}

/**
 * Whether two looks were at the same object. The number alone doesn't tell: ext4 gives a free one away again at once.
 * After a restart a device can have another number; then only the time of birth tells.
 */
export function isSame(one: Identity, other: Identity, sameBoot = true): boolean {
  if (one.ino !== other.ino) return false;
  if (one.born !== undefined && other.born !== undefined) {
    return one.born === other.born && (one.dev === other.dev || !sameBoot);
  }
  return one.dev === other.dev;
}
