import { rmdirSync, unlinkSync } from "node:fs";
import { inside } from "./directory.ts";
import { isIoError } from "./io-error.ts";
import type { Standing } from "./made.ts";

/** Removes what stands at `name` in an open directory while nothing is in it; `busy` while something is mounted on it. */
export function removeEmpty(parent: number, name: string, found: Standing): "removed" | "not-empty" | "busy" {
  const isDirectory = found.isDirectory();
  if (!isDirectory && found.size > 0n) return "not-empty";
  try {
    if (isDirectory) rmdirSync(inside(parent, name));
    else unlinkSync(inside(parent, name));
    return "removed";
  } catch (error) {
    if (!isIoError(error)) throw error;
    // POSIX allows either.
    if (["ENOTEMPTY", "EEXIST"].includes(error.code)) return "not-empty";
    if (error.code === "EBUSY") return "busy";
    throw error;
  }
}
