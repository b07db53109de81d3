import type { Host, Stat } from "../model/host.ts";
import { ancestors } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";

/** A host as it will be when the command runs: with what steps make there before. */
export interface LaterHost {
  readonly host: Host;
  /** Something is made at a host path, with the directories that lead there. */
  note(path: string, type: "directory" | "file"): void;
}

export function laterHost(host: Host): LaterHost {
  const made = new Map<string, Stat>();
  const stat = (type: Stat["type"], mode: number): Stat => {
    return { type, mode, uid: host.uid, gid: host.gid, nlink: 1, size: 0 };
  };
  const lstat = (path: string) => host.lstat(path) ?? made.get(path);
  const note = (path: string, type: "directory" | "file"): void => {
    for (const above of ancestors(path)) if (lstat(above) === undefined) made.set(above, stat("directory", 0o755));
    if (lstat(path) === undefined) made.set(path, type === "file" ? stat("file", 0o444) : stat("directory", 0o755));
  };
  return { host: { ...host, lstat }, note };
}

/** What an operation's destination is made as where nothing stands. */
export function typeNeeded(operation: Operation): "directory" | "file" {
  switch (operation.kind) {
    case "bind":
      return operation.type === undefined || operation.type === "directory" ? "directory" : "file";
    case "mask":
      return operation.type;
    case "file":
    case "symlink":
      return "file";
    case "overlay":
    case "tmpfs":
    case "proc":
    case "dev":
    case "mqueue":
    case "dir":
    case "pin":
    case "protect":
    case "remount-ro":
      return "directory";
  }
}
