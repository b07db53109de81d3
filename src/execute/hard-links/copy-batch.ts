import { type BigIntStats, fstatSync, lchownSync, lstatSync, lutimesSync, readlinkSync, symlinkSync } from "node:fs";
import type { Problem, Spot } from "../../model/problem.ts";
import { inside } from "../directory.ts";
import { ioError, isIoError } from "../io-error.ts";
import { copyFiles, copyName } from "./copy-program.ts";
import type { Cursor } from "./cursor.ts";
import { secondsOf } from "./kept-directory.ts";
import type { Original } from "./open-originals.ts";
import { pathOf } from "./place.ts";
import { noCopyProgram, notCopied, notKept } from "./problems.ts";
import { type Linked, placeOf, statOf } from "./survey.ts";

/** A finished copy, still under a name of its own. */
export interface Copy {
  readonly linked: Linked;
  /** In the directory for copies. */
  readonly name: string;
}

/** What copying takes. */
export interface Copying {
  readonly cursor: Cursor;
  /** Where the copies are made. */
  readonly target: number;
  readonly program: string;
  readonly spot: Spot;
  readonly hurry: AbortSignal | undefined;
}

/** Makes copies of some files that are in every way like them. */
export async function copyBatch(originals: readonly Original[], copying: Copying): Promise<Copy[] | Problem> {
  const { cursor, target, program, spot, hurry } = copying;
  const links = originals.filter(({ before }) => before.isSymbolicLink());
  const files = originals.filter(({ before }) => !before.isSymbolicLink());
  const descriptors = files.map(({ opened }) => opened);
  const failed = files.length === 0 ? undefined : await copyFiles(program, target, descriptors, hurry);
  if (hurry?.aborted) throw ioError("ECANCELED", "broken off", "");
  if (failed?.isOther) return noCopyProgram({ program, reason: failed.reason }, spot);
  if (failed) {
    // A file that changes its size while it is copied makes cp fail, too.
    const changed = files.find(hasChanged);
    if (changed) throw staleAt(changed);
    const path = nameOf((failed.index === undefined ? undefined : files[failed.index]) ?? files[0]);
    return notCopied({ path, reason: failed.reason }, spot);
  }
  const copies = files.map((original, index) => ({ original, name: copyName(index) }));
  for (const [index, original] of links.entries()) {
    const name = `link${index}`;
    copyLink(original, name, cursor, target);
    copies.push({ original, name });
  }
  for (const { original, name } of copies) {
    if (hasChanged(original)) throw staleAt(original);
    const what = difference(original.before, lstatSync(inside(target, name), { bigint: true }));
    if (what !== undefined) return notKept({ path: nameOf(original), ...what }, spot);
  }
  return copies.map(({ original: { linked }, name }) => ({ linked, name }));
}

const nameOf = (original: Original | undefined): string => {
  const [at] = original?.linked.names ?? [];
  return at === undefined ? "" : pathOf(at.place, at.name);
};

const staleAt = (original: Original) => ioError("ESTALE", "it changes", nameOf(original));

// Not the time of its last change of state: that moves when somebody stages the same file elsewhere, which is fine.
function hasChanged({ opened, before }: Original): boolean {
  const now = fstatSync(opened, { bigint: true });
  return now.mtimeNs !== before.mtimeNs || difference(before, now) !== undefined;
}

/** Its text can't be changed, but its owner and its times can. Node keeps both, to a microsecond. */
function copyLink({ linked: { names }, before }: Original, name: string, cursor: Cursor, target: number): void {
  const [at] = names;
  const path = placeOf(cursor.moveTo(at.place), at.name);
  const text = statOf(at, () => readlinkSync(path, { encoding: "buffer" }));
  const made = inside(target, name);
  symlinkSync(text, made);
  try {
    lchownSync(made, Number(before.uid), Number(before.gid));
  } catch (error) {
    // The comparison tells.
    if (!isIoError(error) || error.code !== "EPERM") throw error;
  }
  lutimesSync(made, secondsOf(before.atimeNs), secondsOf(before.mtimeNs));
}

/** What of a file its copy does not have. cp(1) says nothing when an ordinary user can't give a file away. */
function difference(before: BigIntStats, made: BigIntStats): { what: string; was: string; is: string } | undefined {
  const octal = (mode: bigint) => (mode & 0o7777n).toString(8);
  if (made.uid !== before.uid) return { what: "owner", was: String(before.uid), is: String(made.uid) };
  if (made.gid !== before.gid) return { what: "group", was: String(before.gid), is: String(made.gid) };
  if (made.mode !== before.mode) return { what: "mode", was: octal(before.mode), is: octal(made.mode) };
  if (made.size !== before.size) return { what: "size", was: String(before.size), is: String(made.size) };
  if (before.isSymbolicLink() || made.mtimeNs === before.mtimeNs) return undefined;
  return { what: "time", was: String(before.mtimeNs), is: String(made.mtimeNs) };
}
