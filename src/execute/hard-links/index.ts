import { lstatSync, readFileSync } from "node:fs";
import { parseMountinfo } from "../../model/mountinfo.ts";
import { isWithin, parentOf } from "../../model/path.ts";
import type { CopyHardLinksStep } from "../../model/plan.gen.ts";
import type { Problem } from "../../model/problem.ts";
import { inside, withDirectory } from "../directory.ts";
import { ioError, isIoError, naming, reasonOf } from "../io-error.ts";
import { nameOf } from "../make-place.ts";
import { linkOnTheWay } from "../problems.ts";
import { type CopyOptions, copyAll } from "./copy-all.ts";
import { Cursor } from "./cursor.ts";
import { createPace } from "./pace.ts";
import { topPlace } from "./place.ts";
import { brokenOff, changedMeanwhile, mountedBelow, notCopied, notSurveyed } from "./problems.ts";
import { survey, surveyFile } from "./survey.ts";

export type { CopyOptions } from "./copy-all.ts";

/**
 * Gives every file below a directory that has names elsewhere a copy of its own, so that no write reaches those. Names
 * that all lie in the directory stay one file. What is done is whole at any moment, and needs no undoing.
 */
export async function copyHardLinks(step: CopyHardLinksStep, options: CopyOptions): Promise<Problem | undefined> {
  const { path, origin: spot } = step;
  let isFound = false;
  let cursor: Cursor | undefined;
  try {
    const mounted = mountBelow(path);
    if (mounted !== undefined) return mountedBelow({ path, at: mounted }, spot);
    const isDirectory = isDirectoryAt(path);
    const top = topPlace(isDirectory ? path : parentOf(path));
    cursor = new Cursor(top);
    const linked = isDirectory
      ? await survey(cursor, top, createPace(options.hurry))
      : surveyFile(cursor.moveTo(top), { place: top, name: nameOf(path) });
    isFound = true;
    return await copyAll({ linked, cursor, path: String(top.name) }, spot, options);
  } catch (error) {
    if (!isIoError(error)) throw error;
    const at = error.path ? error.path : path;
    const reason = reasonOf(error);
    if (error.code === "ECANCELED") return brokenOff({ path }, spot);
    if (error.code === "EXDEV") return mountedBelow({ path, at }, spot);
    if (error.code === "ELOOP") return linkOnTheWay({ path, link: at }, spot);
    if (at !== path && isGone(error.code)) return changedMeanwhile({ path: at }, spot);
    return (isFound ? notCopied : notSurveyed)({ path: at, reason }, spot);
  } finally {
    cursor?.close();
  }
}

/** What was there when it was looked for. */
const isGone = (code: string): boolean => ["ENOENT", "ENOTDIR", "EISDIR", "ESTALE"].includes(code);

/** A mark can be a single file. */
function isDirectoryAt(path: string): boolean {
  const look = (parent: number) => naming(path, () => lstatSync(inside(parent, nameOf(path))));
  const found = withDirectory(parentOf(path), look);
  if (found.isSymbolicLink()) throw ioError("ELOOP", "a link", path);
  return found.isDirectory();
}

/**
 * A mount below a directory is shown with it, and writable; nothing can be renamed across it, even when it shows the
 * same file system once more.
 */
function mountBelow(path: string): string | undefined {
  const mounts = parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8"));
  return mounts.map(({ point }) => point).find((point) => point !== path && isWithin(path, point));
}
