import type { Host } from "../model/host.ts";
import { ancestors } from "../model/path.ts";
import { aliasedParts, aliases, type Standing, type Tree } from "../tree/index.ts";

/** Where a host path shows in the sandbox, under each name that the host has for it. */
export interface Sight {
  readonly host: string;
  readonly place: Standing;
}

export function sightings(tree: Tree, host: Host, hostPath: string): Sight[] {
  return seen(tree, aliases(host, hostPath));
}

/** Where a host path shows, or a part of what lies below it that the host has elsewhere, too. */
export function allSightings(tree: Tree, host: Host, hostPath: string): Sight[] {
  return seen(tree, everyName(host, hostPath));
}

/** The host's names for a path and for what lies below it. */
export const everyName = (host: Host, hostPath: string): string[] => [
  ...aliases(host, hostPath),
  ...aliasedParts(host, hostPath),
];

const seen = (tree: Tree, names: readonly string[]): Sight[] =>
  names.flatMap((path) => tree.places(path).map((place) => ({ host: path, place })));

/** The nearest directory above a missing host path that exists. */
export function nearestExisting(host: Host, path: string): string {
  return ancestors(path).findLast((above) => host.lstat(above) !== undefined) ?? "/";
}
