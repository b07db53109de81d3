import type { Host } from "../model/host.ts";
import { type RealPath, realpath } from "../model/realpath.ts";

/** By what a machine's files are looked up with. */
const known = new WeakMap<Host["lstat"], Map<string, RealPath>>();

/** What is known of a machine; the same object for all that are the same machine with more on it. */
export function placesKnownOn({ lstat }: Pick<Host, "lstat">): Map<string, RealPath> {
  const before = known.get(lstat);
  if (before !== undefined) return before;
  const made = new Map<string, RealPath>();
  known.set(lstat, made);
  return made;
}

/** Where a path really is, and the links that lead there. */
export type RealPlace = Pick<RealPath, "path" | "links">;

/** A place that rules ask about in every profile, and the links that lead there: looked up once for each machine. */
export function realPlace(host: Host, path: string): RealPlace {
  const places = placesKnownOn(host);
  const before = places.get(path);
  if (before !== undefined) return before;
  const real = realpath(host, path);
  places.set(path, real);
  return real;
}

/** Says that a machine is another one with more on it, none of it a link: paths lead to the same places on both. */
export function leadsAs(host: Host, base: Host): void {
  known.set(host.lstat, placesKnownOn(base));
}
