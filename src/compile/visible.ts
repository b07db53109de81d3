import type { Host } from "../model/host.ts";
import { ancestors, isWithin } from "../model/path.ts";
import { aliases, type Standing, type Tree } from "../tree/index.ts";

/** Where a host path shows in the sandbox, under each name that the host has for it. */
export interface Sight {
  readonly host: string;
  readonly place: Standing;
}

export function sightings(tree: Tree, host: Host, hostPath: string): Sight[] {
  return aliases(host, hostPath).flatMap((path) => tree.places(path).map((place) => ({ host: path, place })));
}

/** The nearest directory above a missing host path that exists. */
export function nearestExisting(host: Host, path: string): string {
  return ancestors(path).findLast((above) => host.lstat(above) !== undefined) ?? "/";
}

/** The directories strictly between a mount point and a place in that mount. */
export function between(mountPoint: string, place: string): string[] {
  return ancestors(place).filter((path) => path !== mountPoint && isWithin(mountPoint, path));
}
