import { closeSync, readFileSync } from "node:fs";
import { openBelow } from "../directory.ts";
import { handed, runSystemProgram } from "./system-program.ts";

/** Whether something is mounted at `name` in an open directory; a link there is ELOOP. */
export function isMountPoint(parent: number, name: string, path: string): boolean {
  const there = openBelow(parent, name, path);
  try {
    return mountOf(there) !== mountOf(parent);
  } finally {
    closeSync(there);
  }
}

/**
 * Unmounts what is mounted at `name` in an open directory, on top, with what is mounted below it. Lazily: whoever still
 * has something of it open keeps that until it is closed. Gives the reason when it stays.
 */
export function unmountTop(parent: number, name: string, path: string): string | undefined {
  const top = openBelow(parent, name, path);
  try {
    if (mountOf(top) === mountOf(parent)) return undefined;
    const refused = runSystemProgram("umount", ["-l", handed(0)], [top]);
    if (refused !== undefined) return refused.reason;
    // Its number is its own for as long as it is open here.
    const left = openBelow(parent, name, path);
    try {
      return mountOf(left) === mountOf(top) ? "it is still mounted" : undefined;
    } finally {
      closeSync(left);
    }
  } finally {
    closeSync(top);
  }
}

/** Which mount a descriptor is in (proc_pid_fdinfo(5)): device numbers can't tell a directory bound over itself. */
function mountOf(descriptor: number): string | undefined {
  return /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1];
}
