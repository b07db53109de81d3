import { closeSync, constants, openSync } from "node:fs";
import type { WantedLock } from "../model/invocation.ts";
import { ancestors } from "../model/path.ts";
import type { Problem } from "../model/problem.ts";
import { isIoError, reasonOf } from "./io-error.ts";
import { notLocked, rootInUse } from "./lock-problems.ts";

/** A root that is this process's. */
export interface RootLock {
  release(): void;
}

/**
 * Locks a root for the life of a sandbox: removing a mount point from it would detach the mount in another live sandbox
 * (unlink(2) of a mount point of another mount namespace succeeds since Linux 3.18). The directories above it are locked
 * against those who want one of them for themselves, as far as they can be read. A lock belongs to the open file
 * description (flock(2)), which flock(1) only borrows: it ends with this process, however that ends.
 */
export function lockRoot({ path, exclusive, flock, spot }: WantedLock): RootLock | Problem {
  const held: number[] = [];
  const release = () => {
    for (const directory of held.splice(0)) closeSync(directory);
  };
  for (const place of [...ancestors(path).filter((each) => each !== "/"), path]) {
    const directory = opened(place);
    if (typeof directory === "string" && place !== path) continue;
    const refused =
      typeof directory === "string"
        ? notLocked({ path, reason: directory }, spot)
        : whyNotLocked(directory, { place, path, exclusive: exclusive && place === path, flock, spot });
    if (typeof directory === "number") held.push(directory);
    if (refused === undefined) continue;
    release();
    return refused;
  }
  return { release };
}

/** The directory's descriptor, or why there is none. */
function opened(path: string): number | string {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    if (!isIoError(error)) throw error;
    return reasonOf(error);
  }
}

function whyNotLocked(
  directory: number,
  { place, path, exclusive, flock, spot }: WantedLock & { readonly place: string },
): Problem | undefined {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const words = ["-n", exclusive ? "-x" : "-s", "3"];
  const done = spawnSync(flock, words, { env: {}, stdio: ["ignore", "ignore", "pipe", directory], encoding: "utf8" });
  if (done.status === 0) return undefined;
  // flock(1): 1 when the lock is somebody else's; it says nothing then.
  if (done.status === 1 && done.stderr.trim() === "") return rootInUse({ path, place }, spot);
  return notLocked({ path, reason: done.error?.message ?? done.stderr.trim() }, spot);
}
