import type { Host, HostMount } from "../model/host.ts";
import { below, isWithin, relativeTo } from "../model/path.ts";

/** The mount that a host path lies on: the deepest mount point above it, the latest when stacked. */
function mountOf(mounts: readonly HostMount[], path: string): HostMount | undefined {
  let found: HostMount | undefined;
  for (const mount of mounts) {
    if (!isWithin(mount.point, path)) continue;
    if (found === undefined || mount.point.length >= found.point.length) found = mount;
  }
  return found;
}

/** A place in a file system, whatever its mounts are called. */
interface Inside {
  readonly device: string;
  readonly path: string;
}

/** Where a mount shows a place. */
function same(mount: HostMount, { device, path }: Inside): string[] {
  if (mount.device !== device || !isWithin(mount.root, path)) return [];
  return [below(mount.point, relativeTo(mount.root, path))];
}

/** Where a mount shows nothing but something below a place. */
function part(mount: HostMount, { device, path }: Inside): string[] {
  return mount.device === device && mount.root !== path && isWithin(path, mount.root) ? [mount.point] : [];
}

const single = new WeakMap<readonly HostMount[], boolean>();

/** Whether each file system is mounted once: then every file has one path. */
function hasNoAliases(mounts: readonly HostMount[]): boolean {
  let known = single.get(mounts);
  if (known === undefined) {
    known = new Set(mounts.map(({ device }) => device)).size === mounts.length;
    single.set(mounts, known);
  }
  return known;
}

/**
 * Every host path that names the same file, by the host's own bind mounts: two mounts of one device whose roots
 * both lie above it (proc(5), mountinfo). The given path comes first. Hard links are not found this way.
 */
export function aliases(host: Host, path: string): readonly string[] {
  const mounts = host.mounts();
  if (hasNoAliases(mounts)) return [path];
  const own = mountOf(mounts, path);
  if (own === undefined) return [path];
  const place = { device: own.device, path: below(own.root, relativeTo(own.point, path)) };
  const others = mounts.flatMap((mount) => same(mount, place).filter((other) => mountOf(mounts, other) === mount));
  return [...new Set([path, ...others])];
}

/** The host paths elsewhere that show something of what lies below a path, other file systems mounted there included. */
export function aliasedParts(host: Host, path: string): readonly string[] {
  const mounts = host.mounts();
  if (hasNoAliases(mounts)) return [];
  const own = mountOf(mounts, path);
  if (own === undefined) return [];
  const place = { device: own.device, path: below(own.root, relativeTo(own.point, path)) };
  const mounted = mounts
    .filter((mount) => mount !== own && isWithin(path, mount.point) && mountOf(mounts, mount.point) === mount)
    .map(({ device, root }) => ({ device, path: root }));
  const parts = mounts.flatMap((mount) =>
    [...part(mount, place), ...mounted.flatMap((further) => [...same(mount, further), ...part(mount, further)])].filter(
      (other) => mountOf(mounts, other) === mount && !isWithin(path, other),
    ),
  );
  return [...new Set(parts)];
}
