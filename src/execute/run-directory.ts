import { fstatSync, lstatSync, mkdirSync, mkdtempSync } from "node:fs";
import type { Stat } from "../model/host.ts";
import { below, isAbsolute, normalise } from "../model/path.ts";
import type { Problem } from "../model/problem.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import { inside, withDirectory } from "./directory.ts";
import { isIoError, naming, reasonOf } from "./io-error.ts";
import { nameOf, noteMade } from "./make-place.ts";
import { runBaseUnsafe } from "./problems.ts";
import type { Undo } from "./undo.ts";

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

/** A directory of one run's own, made when it is first asked for. */
export interface RunDirectory {
  path(): string | Problem;
}

/** The run directory of a run on this machine, its inverse put into `undos`. */
export function lazyRunDirectory(env: RunHost["env"], undos: Undo[]): RunDirectory {
  let known: string | Problem | undefined;
  return {
    path() {
      known ??= makeRunDirectory(thisHost(env), undos);
      return known;
    },
  };
}

function makeRunDirectory(host: RunHost, undos: Undo[]): string | Problem {
  const base = runBase(host);
  const unsafe = (why: string) => runBaseUnsafe({ path: base, why }, DEFAULT_ORIGIN);
  const makeBase = (parent: number, name: string, path: string) => {
    if (path === base) naming(path, () => mkdirSync(inside(parent, name), 0o700));
  };
  const makeFresh = (directory: number) => {
    // Asked of the descriptor: the name could lead elsewhere by now.
    const found = fstatSync(directory);
    if (found.uid !== host.uid) return unsafe(`it belongs to user ${found.uid}`);
    if (!isPrivate(found, host.uid)) return unsafe(`its mode is ${(found.mode & 0o7777).toString(8)}, not 700`);
    const path = below(base, nameOf(naming(base, () => mkdtempSync(inside(directory, "run-")))));
    noteMade(directory, path, "directory", (made) => undos.push({ kind: "remove-empty", made, spot: DEFAULT_ORIGIN }));
    return path;
  };
  try {
    return withDirectory(base, makeFresh, makeBase);
  } catch (error) {
    if (!isIoError(error)) throw error;
    return unsafe(error.code === "ELOOP" ? `${error.path} is a symbolic link` : reasonOf(error));
  }
}

const isPrivate = (found: { readonly uid: number; readonly mode: number }, uid: number): boolean =>
  found.uid === uid && (found.mode & 0o7777) === 0o700;

function thisHost(env: RunHost["env"]): RunHost {
  const lstat: RunHost["lstat"] = (path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found && { type: found.isDirectory() ? "directory" : "file", mode: found.mode & 0o7777, uid: found.uid };
  };
  return { uid: process.getuid?.() ?? 0, env, lstat };
}
