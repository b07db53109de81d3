import type { Host } from "../model/host.ts";
import { type RealPath, realpath } from "../model/realpath.ts";

/** By what a machine's files are looked up with. */
const known = new WeakMap<Host["lstat"], Map<string, RealPath>>();

function knownOn({ lstat }: Pick<Host, "lstat">): Map<string, RealPath> {
  const made = known.get(lstat) ?? new Map<string, RealPath>();
  known.set(lstat, made);
  return made;
}

/** A place that rules ask about in every profile, and the links that lead there: looked up once for each machine. */
export function realPlace(host: Host, path: string): Pick<RealPath, "path" | "links"> {
  const before = knownOn(host);
  const real = before.get(path) ?? realpath(host, path);
  before.set(path, real);
  return real;
}

/** Says that a machine is another one with more on it, none of it a link: paths lead to the same places on both. */
export function leadsAs(host: Host, base: Host): void {
  known.set(host.lstat, knownOn(base));
}
