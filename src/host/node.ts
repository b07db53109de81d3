import { isUtf8 } from "node:buffer";
import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { userInfo } from "node:os";
import type { Host, HostMount, Stat } from "../model/host.ts";
import { parseMountinfo } from "../model/mountinfo.ts";
import { isAbsolute, normalise } from "../model/path.ts";
import { remembersPaths } from "../model/realpath.ts";
import { refuseExhaustion } from "./exhausted.ts";
import { readGitlinks } from "./git-index.ts";
import { readText } from "./read-text.ts";

/** What may be said in place of what the process knows; the file system is always the real one. */
export type HostOverrides = Partial<Pick<Host, "home" | "cwd" | "uid" | "gid" | "user" | "env">>;

/**
 * The real machine. Each path is looked at once and remembered, so that all stages see the same state: make one host
 * for one run. Fails when the current directory is gone.
 */
export function nodeHost(overrides: HostOverrides = {}): Host {
  const env = overrides.env ?? environment();
  const row = once(account);
  const lstat = remembered(statOf);
  const host: Host = {
    home: overrides.home ?? homeIn(env) ?? row().home,
    cwd: overrides.cwd ?? process.cwd(),
    uid: overrides.uid ?? process.geteuid?.() ?? 0,
    gid: overrides.gid ?? process.getegid?.() ?? 0,
    groups: process.getgroups?.() ?? [],
    user: overrides.user ?? row().user,
    env,
    lstat,
    readlink: remembered((path) => attempt(() => readlinkSync(path))),
    readdir: remembered((path) => {
      // An exception costs more than a look, and lint asks about many that are missing.
      const type = lstat(path)?.type;
      return type === undefined || type === "file" ? undefined : attempt(() => readdirSync(path).sort());
    }),
    readText: (path) => readText(path),
    gitlinks: readGitlinks,
    mounts: once((): readonly HostMount[] => parseMountinfo(readText("/proc/self/mountinfo") ?? "")),
  };
  remembersPaths(host);
  return host;
}

/** A copy without a prototype: `constructor` is no variable. */
function environment(): Readonly<Record<string, string>> {
  return Object.assign(Object.create(null) as Record<string, string>, process.env);
}

function homeIn(env: Readonly<Record<string, string>>): string | undefined {
  const home = env.HOME;
  return home !== undefined && isAbsolute(home) ? normalise(home) : undefined;
}

/** The user database has no row for the arbitrary ids that containers run as. */
function account(): { readonly user: string; readonly home: string } {
  const row = attempt(() => userInfo());
  return { user: row?.username ?? String(process.geteuid?.() ?? 0), home: row?.homedir ?? "/" };
}

/** Nothing is there, or nothing ever can be: a parent is no directory, a link leads round, the name is impossible. */
const MISSING = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"]);
const UNREADABLE: Stat = { type: "unreadable", mode: 0, uid: 0, gid: 0, nlink: 0, size: 0 };

function statOf(path: string): Stat | undefined {
  try {
    // Most of what is asked for is missing: an exception for each would cost more than the look.
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    // As text it would lead to another place than for the kernel.
    if (stats.isSymbolicLink() && !isUtf8(readlinkSync(path, { encoding: "buffer" }))) return UNREADABLE;
    const { mode, uid, gid, nlink, size, dev, ino } = stats;
    return { type: typeOf(stats), mode: mode & 0o7777, uid, gid, nlink, size, identity: `${dev}:${ino}` };
  } catch (error) {
    // Not allowed (EACCES), or a network or FUSE file system that answers no more: something may well be there.
    return MISSING.has((error as NodeJS.ErrnoException).code ?? "") ? undefined : UNREADABLE;
  }
}

function typeOf(stats: Stats): Stat["type"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "link";
  if (stats.isSocket()) return "socket";
  if (stats.isFIFO()) return "fifo";
  return stats.isBlockDevice() ? "block" : "character";
}

function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    refuseExhaustion(error);
    return undefined;
  }
}

function once<T>(ask: () => T): () => T {
  let answer: { readonly value: T } | undefined;
  return () => {
    answer ??= { value: ask() };
    return answer.value;
  };
}

function remembered<T>(ask: (path: string) => T): (path: string) => T {
  const answers = new Map<string, T>();
  return (path) => {
    const known = answers.get(path);
    if (known !== undefined || answers.has(path)) return known as T;
    const answer = ask(path);
    answers.set(path, answer);
    return answer;
  };
}
