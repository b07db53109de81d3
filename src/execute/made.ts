import { type BigIntStats, lstatSync } from "node:fs";
import { inside } from "./directory.ts";

/** An object that sbx made at a place. Its number as a bigint: inode numbers can pass 2^53. */
export interface Made {
  readonly path: string;
  readonly type: "directory" | "file";
  readonly dev: bigint;
  readonly ino: bigint;
}

/** What stands at a place. */
export type Standing = BigIntStats;

/** What stands at `name` in an open directory, a link unfollowed; undefined when nothing does. */
export function standingAt(directory: number, name: string): Standing | undefined {
  return lstatSync(inside(directory, name), { bigint: true, throwIfNoEntry: false });
}

/** Whether this is still what sbx made. The number alone doesn't tell: ext4 gives a free one away again at once. */
export function isStill(made: Made, found: Standing): boolean {
  const isType = made.type === "directory" ? found.isDirectory() : found.isFile();
  return isType && found.dev === made.dev && found.ino === made.ino;
}
