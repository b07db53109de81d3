import type { Host } from "../model/host.ts";
import { isForeign, othersCanWrite } from "../model/ownership.ts";
import { ancestors, below, isAbsolute, normalise, relativeTo } from "../model/path.ts";
import { hasErrors, type Problem, type Result } from "../model/problem.ts";
import { PROFILE_NAMES } from "../model/profile-names.ts";
import { realpath } from "../model/realpath.ts";
import type { Place } from "../model/source.ts";
import {
  cutOff,
  foreignProfile,
  largeProfile,
  linkedProfile,
  notAFile,
  notCounted,
  nothingFound,
  openProfile,
  twoProfiles,
} from "./problems.ts";
import { trustedFrom } from "./trusted.ts";

export { projectFor } from "./project.ts";
export { type ProfileArgument, parseProfileArgument } from "./reference.ts";

/** The profile that governs a directory. */
export interface Found {
  readonly file: string;
  /** `${PROJECT}`: the directory that the file lies in. */
  readonly directory: string;
}

/** Whether a file of this name governs its directory when it is found there. */
export const isFoundByName = (path: string): boolean => PROFILE_NAMES.some((name) => path.endsWith(`/${name}`));

const MAX_BYTES = 1024 * 1024;

/**
 * Finds the profile that governs a directory (which has no links in it), by looking at files only. The outermost one
 * governs, because a sandboxed program could plant one further in; that one counts when the one governing so far
 * lists it under `nested`, which the caller reads: absolute paths.
 */
export function discover(start: string, host: Host, nested: (file: string) => readonly string[]): Result<Found> {
  const { directories, end } = trustedFrom(start, host);
  const left = leftOut(host);
  const problems: Problem[] = [];
  const found: Found[] = [];
  for (const directory of directories.filter((each) => !left.has(each))) {
    const files = PROFILE_NAMES.map((name) => below(directory, name)).filter((file) => host.lstat(file) !== undefined);
    problems.push(...files.flatMap((file) => refusals(file, directory, host)));
    const [file, second] = files;
    if (second !== undefined) problems.push(twoProfiles({ directory }, topOf(second)));
    if (file !== undefined) found.unshift({ file, directory });
  }
  if (end !== undefined) problems.push(...outOfReach(end.directory, host, left));
  if (hasErrors(problems)) return { value: undefined, problems };

  let governing = found.shift();
  if (governing === undefined) {
    const places = directories.map((each) => ({ ...topOf(each), message: left.get(each) ?? "there is none here" }));
    const last = end && { ...topOf(end.directory), message: `the search ended here: it ${end.why}` };
    const problem = nothingFound({ directory: start }, topOf("default"), last ? [...places, last] : places);
    return { value: undefined, problems: [problem] };
  }
  for (const inner of found) {
    if (nested(governing.file).includes(inner.file)) governing = inner;
    else {
      const listed = relativeTo(governing.directory, inner.file);
      problems.push(notCounted({ file: inner.file, governing: governing.file, listed }, topOf(inner.file)));
    }
  }
  return { value: governing, problems };
}

/**
 * Profiles above the place where the search ended. Whoever may write to a directory of the caller's can let others write
 * there, too, and so end the search below the profile that governs: that must not go unnoticed.
 */
function outOfReach(end: string, host: Host, left: ReadonlyMap<string, string>): readonly Problem[] {
  const problems: Problem[] = [];
  for (const directory of [end, ...ancestors(end).reverse()]) {
    const stat = host.lstat(directory);
    if (stat?.type !== "directory" || isForeign(stat, host)) break;
    if (left.has(directory)) continue;
    const file = PROFILE_NAMES.map((name) => below(directory, name)).find((each) => host.lstat(each)?.type === "file");
    const own = file === undefined ? undefined : host.lstat(file);
    if (file === undefined || own === undefined || isForeign(own, host)) continue;
    problems.push(cutOff({ open: end, file }, topOf(file)));
    break;
  }
  return problems;
}

const topOf = (file: string): Place => ({ file, line: 0, column: 0 });

/** Directories whose profile would govern everything a user or everybody does, and what to say of them. */
function leftOut(host: Host): ReadonlyMap<string, string> {
  const home = "left out: the home directory";
  return new Map([
    [host.home, home],
    [realpath(host, host.home).path, home],
    ["/", "left out: the top directory"],
  ]);
}

/** Why a file that has the name of a profile must not be read; the first reason only. */
function refusals(file: string, directory: string, host: Host): readonly Problem[] {
  const stat = host.lstat(file);
  const spot = topOf(file);
  if (stat === undefined) return [];
  if (stat.type === "link") {
    const target = host.readlink(file) ?? "?";
    return [linkedProfile({ target: normalise(isAbsolute(target) ? target : below(directory, target)) }, spot)];
  }
  if (stat.type !== "file") return [notAFile({ type: stat.type, file }, spot)];
  if (isForeign(stat, host)) return [foreignProfile({ owner: stat.uid, uid: host.uid, file }, spot)];
  if (othersCanWrite(stat, host)) return [openProfile({ mode: `0${stat.mode.toString(8)}`, file }, spot)];
  if (stat.size > MAX_BYTES) return [largeProfile({ bytes: stat.size, limit: MAX_BYTES }, spot)];
  return [];
}
