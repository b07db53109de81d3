import { readFileSync } from "node:fs";
import { ancestors, isWithin } from "../../model/path.ts";
import { isIoError, reasonOf } from "../io-error.ts";
import type { Failure } from "./fallible.ts";

/** Where they are on every machine (hier(7)). */
const CGROUPS = "/sys/fs/cgroup";

interface Mount {
  readonly id: string;
  readonly parent: string;
  readonly point: string;
  readonly isWritableCgroup: boolean;
}

/**
 * How a process can leave its cgroup or widen it although it has no capabilities: it shares its user id with sbx, to
 * whom the files of the cgroup belong, so that all depends on there being no writable mount of them.
 */
export function whyOpen(pid: number): Failure | undefined {
  try {
    const mounts = mountsIn(readFileSync(`/proc/${pid}/mountinfo`, "utf8"));
    const open = mounts.find((mount) => mount.isWritableCgroup && mountAt(mount.point, mounts) === mount);
    if (open === undefined) return undefined;
    const why = `the command could write to the machine's cgroups at ${open.point}, and so leave its own`;
    const all = isWithin(CGROUPS, open.point) ? CGROUPS : open.point;
    return { why, fix: `show it read-only: \`mounts: {${all}: ro}\`` };
  } catch (error) {
    if (!isIoError(error)) throw error;
    return { why: `can't look at the sandbox's mounts: ${reasonOf(error)}` };
  }
}

/** The mounts of proc_pid_mountinfo(5); their points as they are written there, which tells apart what needs be. */
function mountsIn(text: string): Mount[] {
  const line = /^(\d+) (\d+) \S+ \S+ (\S+) (\S+) .*?- (\S+) \S+ (\S+)$/gm;
  return [...text.matchAll(line)].map(([, id = "", parent = "", point = "", options = "", type = "", more = ""]) => {
    const isReadOnly = [options, more].some((list) => list.split(",").includes("ro"));
    return { id, parent, point, isWritableCgroup: /^cgroup2?$/.test(type) && !isReadOnly };
  });
}

/** The mount that a path leads to: at each step the one on top, as the kernel goes (path_resolution(7)). */
function mountAt(path: string, mounts: readonly Mount[]): Mount | undefined {
  const on = (below: Mount, step: string): Mount => {
    const next = mounts.find(({ id, parent, point }) => parent === below.id && point === step && id !== below.id);
    return next ? on(next, step) : below;
  };
  const root = mounts.find(({ point, parent }) => point === "/" && !mounts.some(({ id }) => id === parent));
  return root && [...ancestors(path), path].reduce(on, root);
}
