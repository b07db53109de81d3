import { fstatSync, lstatSync, readFileSync, readlinkSync } from "node:fs";
import { parseMountinfo } from "../model/mountinfo.ts";
import { isWithin } from "../model/path.ts";
import { withDirectory } from "./directory.ts";

/** What has to stand at a place of the finished sandbox. */
export interface ExpectedMount {
  readonly at: string;
  /** The object (device:inode) that the plan saw there; undefined where it is not the host's, or not known. */
  readonly identity: string | undefined;
  /** The object that must not show there: it is masked. */
  readonly hidden: string | undefined;
  /** The host directory below a copy-on-write view, by the object that the plan saw there. */
  readonly lower?: { readonly path: string; readonly identity: string };
}

/** Where the set-up of a sandbox is, seen from outside through its first process. */
export type SetUp =
  | { readonly state: "under-way" /** Where a mount is still missing. */; readonly missing?: string }
  | { readonly state: "as-planned" }
  /** Something else stands at a place: it was exchanged after the plan was made. */
  | { readonly state: "different"; readonly at: string }
  | { readonly state: "unseen"; readonly reason: string };

/**
 * Where bwrap is started when its work is looked at. Its child is in this directory, then where it builds the new root,
 * and when it waits at the gate in `/`; before that its mounts are the host's, and could pass for the sandbox's.
 */
export const SET_UP_FROM = "/proc";

// Where bwrap builds the new root, and where it keeps the old one until it is done. A sandbox may have such places too.
const NEW_ROOT = "/newroot";
const SCAFFOLD = [NEW_ROOT, "/oldroot"];

/** Whether these are the mounts of a root that is being built: all of them lie in bwrap's own two places. */
const isScaffold = (points: ReadonlySet<string>): boolean =>
  points.has(NEW_ROOT) &&
  [...points].every((point) => point === "/" || SCAFFOLD.some((place) => isWithin(place, point)));

/** Compares what a sandbox has mounted with what was planned. */
export function lookAtMounts(pid: number, expected: readonly ExpectedMount[]): SetUp {
  try {
    if (readlinkSync(`/proc/${pid}/cwd`) !== "/") return { state: "under-way" };
    const points = new Set(parseMountinfo(readFileSync(`/proc/${pid}/mountinfo`, "utf8")).map(({ point }) => point));
    if (isScaffold(points)) return { state: "under-way" };
    const missing = expected.find(({ at }) => !points.has(at));
    if (missing) return { state: "under-way", missing: missing.at };
  } catch (error) {
    return { state: "unseen", reason: error instanceof Error ? error.message : String(error) };
  }
  const wrong = expected.find(({ at, identity, hidden, lower }) => {
    if (lower && identityOn(lower.path) !== lower.identity) return true;
    const found = identityIn(pid, at);
    return (identity !== undefined && found !== identity) || (hidden !== undefined && found === hidden);
  });
  return wrong === undefined ? { state: "as-planned" } : { state: "different", at: wrong.at };
}

function identityIn(pid: number, at: string): string | undefined {
  try {
    // With a slash at its end the link is followed: to the root itself.
    const { dev, ino } = lstatSync(at === "/" ? `/proc/${pid}/root/` : `/proc/${pid}/root${at}`);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** What is there on the host, if no link leads to it. */
function identityOn(path: string): string | undefined {
  try {
    return withDirectory(path, (directory) => {
      const { dev, ino } = fstatSync(directory);
      return `${dev}:${ino}`;
    });
  } catch {
    return undefined;
  }
}
