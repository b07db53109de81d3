import { posix } from "node:path";
import type { Host, HostMount, Stat } from "../model/host.ts";
import type { DescribedFile, Machine } from "../model/machine.ts";
import { below } from "../model/path.ts";
import { MAX_LINKS } from "../model/realpath.ts";

interface Entry {
  readonly stat: Stat;
  readonly text: string | undefined;
  readonly target: string | undefined;
}

const UNREADABLE: Stat = { type: "unreadable", mode: 0, uid: 0, gid: 0, nlink: 0, size: 0 };

/** A {@link Host} that knows nothing but its description; it follows links in parents as the kernel does. */
export function describedHost(machine: Machine = {}): Host {
  const { home = "/home/user", uid = 1000, gid = 1000 } = machine;
  const { cwd = home } = machine;
  const entries = new Map<string, Entry>();
  const names = new Map<string, string[]>();

  const add = (path: string, file: DescribedFile): void => {
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
    const file: DescribedFile = typeof given === "string" ? { text: given } : given;
    if (path.length > 1 && path.endsWith("/")) add(path.slice(0, -1), { type: "directory", ...file });
    else add(path, path === "/" ? { type: "directory", ...file } : file);
  }
  for (const path of [...entries.keys(), `${home}/.`, `${cwd}/.`]) {
    for (let dir = posix.dirname(path); !entries.has(dir); dir = posix.dirname(dir)) add(dir, { type: "directory" });
  }
  if (!entries.has("/")) add("/", { type: "directory" });
  for (const path of entries.keys()) {
    if (path === "/") continue;
    const directory = posix.dirname(path);
    names.set(directory, [...(names.get(directory) ?? []), posix.basename(path)]);
  }

  /** The path with every link in its parents followed, and in its last part too when asked. */
  const resolve = (path: string, last: boolean): string | "unreadable" | undefined => {
    let todo = posix.normalize(path).split("/").filter(Boolean);
    let done = "/";
    for (let links = 0; todo.length > 0; ) {
      const [name = "", ...rest] = todo;
      const here = below(done, name);
      const entry = entries.get(here);
      if (!entry) return undefined;
      todo = rest;
      if (entry.stat.type === "link" && (last || rest.length > 0)) {
        links += 1;
        if (links > MAX_LINKS || entry.target === undefined) return undefined;
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

  const stats = new Map<string, Stat | undefined>();

  return {
    home,
    cwd,
    uid,
    gid,
    user: machine.user ?? "user",
    env: Object.assign(Object.create(null) as Record<string, string>, machine.env),
    lstat(path) {
      if (stats.has(path)) return stats.get(path);
      const entry = find(path, false);
      const stat = entry === "unreadable" ? UNREADABLE : entry?.stat;
      stats.set(path, stat);
      return stat;
    },
    readlink(path) {
      const entry = find(path, false);
      return entry === "unreadable" ? undefined : entry?.target;
    },
    readdir(path) {
      const real = resolve(path, true);
      if (real === undefined || entries.get(real)?.stat.type !== "directory") return undefined;
      return [...(names.get(real) ?? [])].sort();
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
