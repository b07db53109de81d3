import type { Host } from "../model/host.ts";
import { ancestors, below, isWithin, relativeTo } from "../model/path.ts";
import type { Standing } from "../tree/index.ts";
import type { Sandbox } from "./sandbox.ts";

/** What can be had of a host path. */
export type Reach = "read" | "write" | "device";

/** A place of another sandbox that shows a host path, with all below it down to that sandbox's next destination. */
export interface Region {
  readonly sandbox: Sandbox;
  readonly path: string;
}

/**
 * Whether a sandbox lets the command have a host path already, wherever it shows it, and everything below it that
 * `region` would show of it. What does not exist is had by whoever has the directory that it would be made in.
 */
export function reaches(sandbox: Sandbox, hostPath: string, reach: Reach, region?: Region): boolean {
  const { tree, host } = sandbox;
  const existing = nearestExisting(host, hostPath);
  return tree.places(existing).some((place) => {
    if (!allows(sandbox, place, reach)) return false;
    if (place.type !== "directory" || existing !== hostPath) return true;
    return tree.operations.every(({ at, present }) => {
      if (!present || at === place.path || !isWithin(place.path, at)) return true;
      const inner = relativeTo(place.path, at);
      const here = tree.look(at);
      if (here.host === below(existing, inner) && allows(sandbox, here, reach)) return true;
      // What the region does not show from there itself is looked at where it is shown.
      return (
        region !== undefined && region.sandbox.tree.look(below(region.path, inner)).host !== below(hostPath, inner)
      );
    });
  });
}

/** Whether what comes to be in a host directory would be had, wherever the sandbox shows that directory. */
export function reachesInto({ tree, ...sandbox }: Sandbox, directory: string, reach: Reach): boolean {
  const places = tree.places(nearestExisting(sandbox.host, directory));
  return places.some((place) => allows({ tree, ...sandbox }, place, reach));
}

export function nearestExisting(host: Host, path: string): string {
  return [...ancestors(path), path].findLast((each) => host.lstat(each) !== undefined) ?? "/";
}

function allows({ tree }: Sandbox, { access, mount }: Standing, reach: Reach): boolean {
  switch (reach) {
    case "read":
      return access === "ro" || access === "rw" || access === "device";
    case "device":
      return access === "device";
    case "write":
      return access === "device" || (access === "rw" && tree.operations[mount]?.kind !== "overlay");
  }
}
