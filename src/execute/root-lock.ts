import { closeSync, constants, openSync } from "node:fs";
import type { WantedLock } from "../model/invocation.ts";
import type { Problem } from "../model/problem.ts";
import { isIoError, reasonOf } from "./io-error.ts";
import { notLocked, rootInUse } from "./lock-problems.ts";

/** A root that is this process's. */
export interface RootLock {
  release(): void;
}

/**
 * Locks a root for the life of a sandbox: removing a mount point from it would detach the mount in another live sandbox
 * (unlink(2) of a mount point of another mount namespace succeeds since Linux 3.18). The lock belongs to the open file
 * description (flock(2)), which flock(1) only borrows: it ends with this process, however that ends.
 */
export function lockRoot({ path, exclusive, flock, spot }: WantedLock): RootLock | Problem {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  let directory: number;
  try {
    directory = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if (!isIoError(error)) throw error;
    return notLocked({ path, reason: reasonOf(error) }, spot);
  }
  const words = ["-n", exclusive ? "-x" : "-s", "3"];
  const done = spawnSync(flock, words, { env: {}, stdio: ["ignore", "ignore", "pipe", directory], encoding: "utf8" });
  if (done.status === 0) return { release: () => closeSync(directory) };
  closeSync(directory);
  // flock(1): 1 when the lock is somebody else's; it says nothing then.
  if (done.status === 1 && done.stderr.trim() === "") return rootInUse({ path }, spot);
  return notLocked({ path, reason: done.error?.message ?? done.stderr.trim() }, spot);
}
