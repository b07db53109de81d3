import type { Host, HostMount } from "../model/host.ts";
import { parentOf } from "../model/path.ts";

/** Gives the mount of the host that a host path lies on, where it has anything to say: read-only ones, and procfs. */
export type MountFinder = (path: string) => HostMount | undefined;

export function mountFinder(host: Host): MountFinder {
  let points: ReadonlyMap<string, HostMount> | undefined;
  return (path) => {
    points ??= telling(host.mounts());
    if (points.size === 0) return undefined;
    for (let at = path; ; at = parentOf(at)) {
      const mount = points.get(at);
      if (mount !== undefined || at === "/") return mount;
    }
  };
}

const known = new WeakMap<readonly HostMount[], ReadonlyMap<string, HostMount>>();

/** By mount point, the latest when stacked; none at all where every mount is an ordinary one. */
function telling(mounts: readonly HostMount[]): ReadonlyMap<string, HostMount> {
  const before = known.get(mounts);
  if (before !== undefined) return before;
  const isTelling = mounts.some(({ readOnly, type }) => readOnly || type === "proc");
  const points = new Map(isTelling ? mounts.map((mount) => [mount.point, mount]) : []);
  known.set(mounts, points);
  return points;
}
