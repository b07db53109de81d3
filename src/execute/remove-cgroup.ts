import { closeSync, constants, openSync, readdirSync, rmdirSync, writeSync } from "node:fs";
import { inside, itself, openBelow } from "./directory.ts";
import { isIoError } from "./io-error.ts";

/**
 * Removes the control group `name` in an open directory, with those that were made in it. false while the kernel
 * still counts processes in it, which it does for some time after they were killed; this ends them, too. The files
 * that a group shows are no entries of its own: rmdir(2) takes it with them (cgroups(7)).
 */
export function removeCgroup(parent: number, name: string, path: string): boolean {
  if (removed(parent, name)) return true;
  const group = openBelow(parent, name, path);
  try {
    endAllIn(group);
    for (const entry of readdirSync(itself(group), { withFileTypes: true })) {
      if (entry.isDirectory()) removeCgroup(group, entry.name, `${path}/${entry.name}`);
    }
  } finally {
    closeSync(group);
  }
  return removed(parent, name);
}

function removed(parent: number, name: string): boolean {
  try {
    rmdirSync(inside(parent, name));
    return true;
  } catch (error) {
    if (isIoError(error) && (error.code === "EBUSY" || error.code === "ENOTEMPTY")) return false;
    throw error;
  }
}

/** Version 1 and kernels before 5.14 have no `cgroup.kill`; there the processes were ended one by one. */
function endAllIn(group: number): void {
  try {
    const kill = openSync(inside(group, "cgroup.kill"), constants.O_WRONLY);
    try {
      writeSync(kill, "1");
    } finally {
      closeSync(kill);
    }
  } catch (error) {
    if (!isIoError(error)) throw error;
  }
}
