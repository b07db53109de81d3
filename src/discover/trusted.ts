import type { Host } from "../model/host.ts";
import { isForeign, othersCanWrite } from "../model/ownership.ts";
import { parentOf } from "../model/path.ts";

/** The directories where others can put nothing, innermost first, and what ended the search. */
export interface Trusted {
  readonly directories: readonly string[];
  /** The first one that can't be trusted; undefined when the search reached `/`. */
  readonly end: { readonly directory: string; readonly why: string } | undefined;
}

/**
 * From a directory upward as far as others can put nothing there. The sticky bit makes no difference: it keeps files
 * from being taken away, not from being added.
 */
export function trustedFrom(start: string, host: Host): Trusted {
  const directories: string[] = [];
  for (let directory = start; ; directory = parentOf(directory)) {
    const why = whyUntrusted(directory, host);
    if (why !== undefined) return { directories, end: { directory, why } };
    directories.push(directory);
    if (directory === "/") return { directories, end: undefined };
  }
}

function whyUntrusted(directory: string, host: Host): string | undefined {
  const stat = host.lstat(directory);
  if (stat === undefined) return "does not exist";
  if (stat.type === "unreadable") return "can't be looked at";
  if (stat.type !== "directory") return `is a ${stat.type}, not a directory`;
  if (isForeign(stat, host)) return `belongs to user ${stat.uid}`;
  return othersCanWrite(stat, host) ? "can be written by others" : undefined;
}
