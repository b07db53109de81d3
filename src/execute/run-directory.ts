import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
} from "node:fs";
import type { Stat } from "../model/host.ts";
import { below, isAbsolute, normalise } from "../model/path.ts";
import type { Problem } from "../model/problem.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import { inside, openBelow, withDirectory } from "./directory.ts";
import { ioError, isIoError, naming, reasonOf } from "./io-error.ts";
import { type Identity, identityOf, standingAt } from "./made.ts";
import { nameOf } from "./make-place.ts";
import { runBaseUnsafe } from "./problems.ts";
import { removeRunDirectory } from "./remove-run-directory.ts";

/** What {@link runBase} asks of a host; a `Host` will do. */
export interface RunHost {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  lstat(path: string): Pick<Stat, "type" | "mode" | "uid"> | undefined;
}

/** The directory that holds the run directories of this user; sandboxes are not to see it. */
export function runBase(host: RunHost): string {
  const offered = host.env.XDG_RUNTIME_DIR ?? "";
  if (isAbsolute(offered)) {
    const runtime = normalise(offered);
    const found = host.lstat(runtime);
    // With sudo(8) the variable can still be the other user's.
    if (found?.type === "directory" && isPrivate(found, host.uid)) return below(runtime, "sbx");
  }
  return host.uid === 0 ? "/run/sbx" : `/tmp/sbx-${host.uid}`;
}

/** A directory of one run's own, with the journal in it. */
export interface RunDirectory {
  readonly path: string;
  readonly identity: Identity;
  /** The journal's descriptor; what is written there is appended. */
  readonly journal: number;
}

/** The names of run directories, of the journal in one, and of one that isn't complete yet. */
export const RUN_PREFIX = "run-";
export const JOURNAL = "journal";
export const JOURNAL_BEGUN = "journal.new";

const NEW_JOURNAL = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
// How often others may take away a directory that looks deserted before it is complete.
const ATTEMPTS = 100;

/** A name that no other run gives to what it makes, for places that are not in the run directory. */
export const freshName = (runDirectory: string, number: number): string => `sbx-${tail(runDirectory)}-${number}`;

/** Whether a name is one of {@link freshName}. */
export const isFreshName = (name: string, runDirectory: string): boolean =>
  name.startsWith(`sbx-${tail(runDirectory)}-`) && /-\d+$/.test(name);

const tail = (runDirectory: string): string => nameOf(runDirectory).slice(RUN_PREFIX.length);

/**
 * Makes the run directory of a run on this machine. The journal appears in it complete with its first record: what
 * has none can be removed at any time by anybody who clears up, and is then made again.
 */
export function makeRunDirectory(env: RunHost["env"], writeFirst: (journal: number) => void): RunDirectory | Problem {
  const base = runBase(thisHost(env));
  const make = (directory: number): RunDirectory => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const made = makeFresh(directory, base, writeFirst);
      if (made) return made;
    }
    throw ioError("EBUSY", "it is cleared up all the time", base);
  };
  const makeBase = (parent: number, name: string, path: string) => {
    if (path === base) makeUnlessThere(parent, name, path);
  };
  return withRunBase(base, make, makeBase);
}

/** The first runs of a user can start at the same moment; whose directory it is, is asked when it is open. */
function makeUnlessThere(parent: number, name: string, path: string): void {
  try {
    naming(path, () => mkdirSync(inside(parent, name), 0o700));
  } catch (error) {
    if (!isIoError(error) || error.code !== "EEXIST") throw error;
  }
}

/** undefined when somebody took it away again. */
function makeFresh(base: number, path: string, writeFirst: (journal: number) => void): RunDirectory | undefined {
  const name = nameOf(naming(path, () => mkdtempSync(inside(base, RUN_PREFIX))));
  const place = below(path, name);
  const found = standingAt(base, name);
  if (found === undefined) return undefined;
  let journal: number | undefined;
  let directory: number | undefined;
  try {
    directory = openBelow(base, name, place);
    journal = openSync(inside(directory, JOURNAL_BEGUN), NEW_JOURNAL, 0o600);
    writeFirst(journal);
    renameSync(inside(directory, JOURNAL_BEGUN), inside(directory, JOURNAL));
    return { path: place, identity: identityOf(found), journal };
  } catch (error) {
    if (journal !== undefined) closeSync(journal);
    removeBegun({ path: place, identity: identityOf(found) });
    if (isIoError(error) && error.code === "ENOENT") return undefined;
    throw isIoError(error) ? Object.assign(error, { path: place }) : error;
  } finally {
    if (directory !== undefined) closeSync(directory);
  }
}

/** What is left of it is for the next who clears up. */
function removeBegun(begun: Omit<RunDirectory, "journal">): void {
  try {
    removeRunDirectory(begun, JOURNAL_BEGUN);
  } catch (error) {
    if (!isIoError(error)) throw error;
  }
}

/** Runs `action` with the run base open, when it is a directory of the caller's alone. */
export function withRunBase<T>(
  base: string,
  action: (directory: number) => T,
  onMissing?: Parameters<typeof withDirectory>[2],
): T | Problem {
  const unsafe = (why: string) => runBaseUnsafe({ path: base, why }, DEFAULT_ORIGIN);
  try {
    return withDirectory(
      base,
      (directory) => {
        const why = whyNotOurs(directory);
        return why === undefined ? action(directory) : unsafe(why);
      },
      onMissing,
    );
  } catch (error) {
    if (!isIoError(error)) throw error;
    return unsafe(error.code === "ELOOP" ? `${error.path} is a symbolic link` : reasonOf(error));
  }
}

/** Asked of a descriptor, for a name could lead elsewhere by now. */
export function whyNotOurs(directory: number): string | undefined {
  const uid = ownUid();
  const found = fstatSync(directory);
  if (found.uid !== uid) return `it belongs to user ${found.uid}`;
  return isPrivate(found, uid) ? undefined : `its mode is ${(found.mode & 0o7777).toString(8)}, not 700`;
}

const isPrivate = (found: { readonly uid: number; readonly mode: number }, uid: number): boolean =>
  found.uid === uid && (found.mode & 0o7777) === 0o700;

const ownUid = (): number => process.getuid?.() ?? 0;

/** This machine, as far as {@link runBase} asks. */
export function thisHost(env: RunHost["env"]): RunHost {
  const lstat: RunHost["lstat"] = (path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found && { type: found.isDirectory() ? "directory" : "file", mode: found.mode & 0o7777, uid: found.uid };
  };
  return { uid: ownUid(), env, lstat };
}

/** Whether there is a run directory of this user's at all: of a run that lives, or of one that was killed. */
export function hasRunDirectories(env: RunHost["env"]): boolean {
  try {
    return readdirSync(runBase(thisHost(env))).some((name) => name.startsWith(RUN_PREFIX));
  } catch (error) {
    if (!isIoError(error)) throw error;
    // What keeps it from being read is for the run that needs one, and for `sbx clean`, to tell.
    return false;
  }
}
