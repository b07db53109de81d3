import { closeSync } from "node:fs";
import { openBelow } from "../directory.ts";
import { isIoError } from "../io-error.ts";
import { standingAt } from "../made.ts";
import { mountOf } from "../mount-of.ts";
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

/** Whether a FUSE file system is mounted there whose program is gone: it tells nothing of itself any more. */
export function isDisconnected(parent: number, name: string): boolean {
  try {
    standingAt(parent, name);
    return false;
  } catch (error) {
    return isIoError(error) && error.code === "ENOTCONN";
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
    if (refused !== undefined && !unmountOwnFuse(path)) return refused.reason;
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

// Only root can write there. NixOS keeps its setuid programs apart.
const SYSTEM_PATH = "/run/wrappers/bin:/usr/bin:/bin";

/** An ordinary user's FUSE mounts are made and taken down by a setuid program, which looks whose they are itself. */
function unmountOwnFuse(path: string): boolean {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const env = { PATH: SYSTEM_PATH, NODE_V8_COVERAGE: undefined };
  const call = ["-u", "-z", "--", path];
  return ["fusermount3", "fusermount"].some(
    (program) => spawnSync(program, call, { env, cwd: "/", stdio: "ignore" }).status === 0,
  );
}
