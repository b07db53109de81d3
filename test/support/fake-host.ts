import { posix } from "node:path";
import type { Host, HostMount, Stat } from "../../src/model/host.ts";

/** One thing that stands in the fake file system. */
export interface FakeFile {
  /** Default: `file`, or `link` when there is a target. */
  readonly type?: Stat["type"];
  /** Permission bits: a number, or octal text as in JSON files (`"0755"`). Default 0755 for directories, else 0644. */
  readonly mode?: number | string;
  /** Default: the caller's below the home directory, root's elsewhere. */
  readonly uid?: number;
  readonly gid?: number;
  readonly nlink?: number;
  /** Default: the length of the text. */
  readonly size?: number;
  readonly text?: string;
  readonly target?: string;
}

/** A machine as plain data; every part has a default, and directories above a file need no mention. */
export interface FakeMachine {
  readonly home?: string;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Path → its text, or what it is. A path that ends in `/` is an empty directory. */
  readonly files?: Readonly<Record<string, string | FakeFile>>;
  readonly mounts?: readonly Partial<HostMount>[];
  /** Index file → the paths of the submodules in it. */
  readonly gitlinks?: Readonly<Record<string, readonly string[]>>;
}

interface Entry {
  readonly stat: Stat;
  readonly text: string | undefined;
  readonly target: string | undefined;
}

const MOST_LINKS = 40;

/** A {@link Host} that reads nothing but its argument; it follows links in parents as the kernel does. */
export function fakeHost(machine: FakeMachine = {}): Host {
  const home = machine.home ?? "/home/u";
  const uid = machine.uid ?? 1000;
  const gid = machine.gid ?? 1000;
  const entries = new Map<string, Entry>();

  const add = (path: string, file: FakeFile): void => {
    const mine = path === home || path.startsWith(`${home}/`);
    const type = file.type ?? (file.target === undefined ? "file" : "link");
    const normal = type === "directory" ? 0o755 : type === "link" ? 0o777 : 0o644;
    const stat: Stat = {
      type,
      mode: typeof file.mode === "string" ? Number.parseInt(file.mode, 8) : (file.mode ?? normal),
      uid: file.uid ?? (mine ? uid : 0),
      gid: file.gid ?? (mine ? gid : 0),
      nlink: file.nlink ?? 1,
      size: file.size ?? Buffer.byteLength(file.text ?? ""),
    };
    entries.set(path, { stat, text: file.text, target: file.target });
  };

  for (const [path, given] of Object.entries(machine.files ?? {})) {
    const file: FakeFile = typeof given === "string" ? { text: given } : given;
    if (path.length > 1 && path.endsWith("/")) add(path.slice(0, -1), { type: "directory", ...file });
    else add(path, path === "/" ? { type: "directory", ...file } : file);
  }
  const cwd = machine.cwd ?? home;
  for (const path of [...entries.keys(), `${home}/.`, `${cwd}/.`]) {
    for (let dir = posix.dirname(path); !entries.has(dir); dir = posix.dirname(dir)) add(dir, { type: "directory" });
  }
  if (!entries.has("/")) add("/", { type: "directory" });

  /** The path with every link in its parents followed, and in its last part too when asked. */
  const resolve = (path: string, last: boolean): string | "unreadable" | undefined => {
    let todo = posix.normalize(path).split("/").filter(Boolean);
    let done = "/";
    for (let links = 0; todo.length > 0; ) {
      const [name = "", ...rest] = todo;
      const here = posix.join(done, name);
      const entry = entries.get(here);
      if (!entry) return undefined;
      todo = rest;
      if (entry.stat.type === "link" && (last || rest.length > 0)) {
        links += 1;
        if (links > MOST_LINKS || entry.target === undefined) return undefined;
        todo = [...posix.resolve(done, entry.target).split("/").filter(Boolean), ...rest];
        done = "/";
      } else if (rest.length > 0 && entry.stat.type !== "directory") {
        return entry.stat.type === "unreadable" ? "unreadable" : undefined;
      } else done = here;
    }
    return done;
  };
  const find = (path: string, last: boolean): Entry | "unreadable" | undefined => {
    const real = resolve(path, last);
    return real === undefined || real === "unreadable" ? real : entries.get(real);
  };
  const unreadable: Stat = { type: "unreadable", mode: 0, uid: 0, gid: 0, nlink: 0, size: 0 };

  return {
    home,
    cwd,
    uid,
    gid,
    user: machine.user ?? "u",
    env: Object.assign(Object.create(null) as Record<string, string>, machine.env),
    lstat(path) {
      const entry = find(path, false);
      return entry === "unreadable" ? unreadable : entry?.stat;
    },
    readlink(path) {
      const entry = find(path, false);
      return entry === "unreadable" ? undefined : entry?.target;
    },
    readdir(path) {
      const real = resolve(path, true);
      if (real === undefined || entries.get(real)?.stat.type !== "directory") return undefined;
      const names = [...entries.keys()].filter((other) => other !== "/" && posix.dirname(other) === real);
      return names.map((other) => posix.basename(other)).sort();
    },
    readText(path) {
      const entry = find(path, true);
      return entry === "unreadable" || entry?.stat.type !== "file" ? undefined : entry.text;
    },
    gitlinks(index) {
      return machine.gitlinks?.[index] ?? [];
    },
    mounts() {
      const root: HostMount = { device: "0:1", root: "/", point: "/", readOnly: false, type: "ext4" };
      return [root, ...(machine.mounts ?? []).map((mount) => ({ ...root, ...mount }))];
    },
  };
}
