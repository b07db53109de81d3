import type { Host, Stat } from "./host.ts";
import { below, components, normalise, parentOf } from "./path.ts";

/** The kernel's limit on links in one look-up (path_resolution(7)). */
export const MAX_LINKS = 40;

export interface RealPath {
  /** The path without links; from the first missing component on, as its text says. */
  readonly path: string;
  /** What stands there; undefined when it is missing. */
  readonly stat: Stat | undefined;
  readonly loop: boolean;
  /** The links that were followed, in order. */
  readonly links: readonly string[];
}

/** What is known of a machine, and the one that it is with more put where nothing is there. */
interface Memory {
  readonly readlink: Host["readlink"];
  readonly known: Map<string, RealPath>;
  readonly less: Host | undefined;
}

/** By what a machine's files are looked up with. */
const memories = new WeakMap<Host["lstat"], Memory>();

/**
 * Says that a machine's answers change no more: where its paths lead is remembered. It can be another one, `less`, with more
 * put where nothing is there: what is there on that one leads to the same place here.
 */
export function remembersPaths(host: Host, less?: Host): void {
  memories.set(host.lstat, { readlink: host.readlink, known: new Map(), less });
}

/** Follows every link of a host path, the last component included, by host facts alone. */
export function realpath(host: Host, path: string): RealPath {
  const memory = memories.get(host.lstat);
  if (memory?.readlink !== host.readlink) return followed(host, path);
  const { known, less } = memory;
  const before = known.get(path);
  if (before !== undefined) return before;
  const there = less && realpath(less, path);
  const found = there?.stat !== undefined || there?.loop ? there : followed(host, path);
  known.set(path, found);
  return found;
}

function followed(host: Host, path: string): RealPath {
  const pending = components(path);
  let current = "/";
  const links: string[] = [];
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      current = parentOf(current);
      continue;
    }
    const next = below(current, name);
    const stat = host.lstat(next);
    if (stat?.type === "link") {
      links.push(next);
      if (links.length > MAX_LINKS) return { path: next, stat: undefined, loop: true, links };
      const target = host.readlink(next) ?? "";
      if (target.startsWith("/")) current = "/";
      pending.unshift(...target.split("/"));
      continue;
    }
    if (stat === undefined || stat.type === "unreadable") {
      return { path: normalise([next, ...pending].join("/")), stat, loop: false, links };
    }
    current = next;
  }
  return { path: current, stat: host.lstat(current), loop: false, links };
}
