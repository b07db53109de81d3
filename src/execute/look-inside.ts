import type { Stats } from "node:fs";
import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from "node:fs";
import type { HostMount, Stat } from "../model/host.ts";
import { parseMountinfo } from "../model/mountinfo.ts";
import { ancestors, below, components, parentOf } from "../model/path.ts";
import { MAX_LINKS } from "../model/realpath.ts";
import { every, permits, type Right, type Who } from "../model/rights.ts";
import { type Seen, seenNothing } from "../model/seen.ts";
import { isIoError } from "./io-error.ts";

/** A finished sandbox that waits for its command, seen from outside: needs no program in it, and none can cheat. */
export interface Inside {
  /** What the command would find at an absolute path. */
  look(path: string): Seen;
  /** `none` is a network namespace of its own with nothing but a loopback device. */
  network(): "none" | "host" | "another one" | undefined;
  /** What bwrap was started with, and hands on. */
  variables(): Readonly<Record<string, string>> | undefined;
}

// open(2): a descriptor that only names a place, a link or a device included.
const NAMED = 0o10000000 | constants.O_NOFOLLOW;

/** Looks through the first process of a sandbox, for as long as it waits at the gate. */
export function lookInside(pid: number, who: Who): Inside {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, "utf8").split("\n");
  const mounts = new Map(lines.map((line) => [line.split(" ", 1)[0] ?? "", line]));
  // A link on the way would be followed from here: paths are given without any.
  const outside = (path: string) => `/proc/${pid}/root${path === "/" ? "/." : path}`;
  const mountOf = (path: string): Mount | undefined => {
    const id = mountId(outside(path));
    const line = id === undefined ? undefined : mounts.get(id);
    const [mount] = line === undefined ? [] : parseMountinfo(line);
    return mount && { ...mount, noDevices: line?.split(" ")[5]?.split(",").includes("nodev") ?? false };
  };

  /** Follows links as a process inside does. */
  function follow(asked: string): { readonly path: string; readonly stat: Stats | "denied" | "unknown" | undefined } {
    const pending = components(asked);
    let current = "/";
    let stat = statAt(outside(current));
    let links = 0;
    for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
      if (name === "" || name === ".") continue;
      if (typeof stat !== "object" || !stat.isDirectory()) return { path: current, stat: undefined };
      const next = name === ".." ? parentOf(current) : below(current, name);
      stat = statAt(outside(next));
      if (stat === undefined || stat === "denied") return { path: [next, ...pending].join("/"), stat };
      if (!stat.isSymbolicLink()) {
        current = next;
        continue;
      }
      // Where these lead depends on who follows them (proc_pid_fd(5)).
      if (mountOf(next)?.type === "proc") return { path: next, stat: "unknown" };
      links += 1;
      if (links > MAX_LINKS) return { path: next, stat: undefined };
      const target = readlinkSync(outside(next));
      if (target.startsWith("/")) current = "/";
      stat = statAt(outside(current));
      pending.unshift(...target.split("/"));
    }
    return { path: current, stat };
  }

  function look(asked: string): Seen {
    const { path, stat } = follow(asked);
    if (stat === undefined) return seenNothing(path);
    const mount = typeof stat === "object" ? mountOf(path) : undefined;
    if (typeof stat === "string" || mount === undefined) {
      const can = stat === "denied" ? false : undefined;
      return { path, type: "unknown", access: undefined, readable: can, writable: can };
    }
    const type = typeOf(stat);
    const isShut = type === "device" && mount.noDevices;
    const readable = isShut ? false : may(path, stat, "read");
    const writable = isShut || mount.readOnly ? false : may(path, stat, "write");
    const access =
      // What procfs lets be written is up to each of its files.
      mount.type === "proc" ? undefined : type === "device" && !isShut ? "device" : mount.readOnly ? "ro" : "rw";
    const blank = mount.readOnly && mount.point === path && mount.type === "tmpfs" && isEmpty(outside(path), stat);
    return { path, type, access, readable, writable, ...(blank && { blank }) };
  }

  function may(path: string, stat: Stats, right: "read" | "write"): boolean | undefined {
    const mode = right === "read" ? constants.R_OK : constants.W_OK;
    const refused = attempt(() => accessSync(outside(path), mode));
    // The kernel answers for who asks: for an ordinary user that is who the command is, for root one with all rights.
    if (process.geteuid?.() !== 0 && (refused === undefined || who.override === "none")) return refused === undefined;
    const above = ancestors(path).map((each) => allowed(statAt(outside(each)), who, "search"));
    return every([...above, allowed(stat, who, right)]);
  }

  return {
    look,
    network() {
      const [own, theirs] = ["self", pid].map((each) => attemptText(() => readlinkSync(`/proc/${each}/ns/net`)));
      if (own === undefined || theirs === undefined) return undefined;
      if (own === theirs) return "host";
      const devices =
        attemptText(() => readFileSync(`/proc/${pid}/net/dev`, "utf8"))?.match(/^\s*[^\s:|]+(?=:)/gm) ?? [];
      return devices.every((name) => name.trim() === "lo") ? "none" : "another one";
    },
    variables() {
      const text = attemptText(() => readFileSync(`/proc/${pid}/environ`, "utf8"));
      return text === undefined ? undefined : Object.fromEntries(text.split("\0").flatMap(variable));
    },
  };
}

type Mount = HostMount & { readonly noDevices: boolean };

const variable = (text: string): [string, string][] => {
  const equals = text.indexOf("=");
  return equals < 1 ? [] : [[text.slice(0, equals), text.slice(equals + 1)]];
};

function statAt(path: string): Stats | "denied" | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if (!isIoError(error)) throw error;
    return ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"].includes(error.code ?? "") ? undefined : "denied";
  }
}

/** In which mount something lies stands in the fdinfo of a descriptor for it (proc_pid_fdinfo(5)). */
function mountId(path: string): string | undefined {
  let there: number | undefined;
  try {
    there = openSync(path, NAMED);
    return /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${there}`, "utf8"))?.[1];
  } catch (error) {
    if (!isIoError(error)) throw error;
    return undefined;
  } finally {
    if (there !== undefined) closeSync(there);
  }
}

function typeOf(stats: Stats): Exclude<Seen["type"], "absent"> {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  if (stats.isSocket()) return "socket";
  if (stats.isFIFO()) return "fifo";
  return stats.isSymbolicLink() ? "unknown" : "device";
}

function isEmpty(path: string, stat: Stats): boolean {
  if (!stat.isDirectory()) return stat.isFile() && stat.size === 0;
  let names: readonly string[] | undefined;
  attempt(() => {
    names = readdirSync(path);
  });
  // A directory that nobody may list: a mask's is one.
  return names === undefined || names.length === 0;
}

function allowed(stat: Stats | "denied" | undefined, who: Who, right: Right): boolean | undefined {
  if (typeof stat !== "object") return false;
  const type: Stat["type"] = stat.isDirectory() ? "directory" : "file";
  return permits({ type, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid }, who, right);
}

/** The code of the error that something ends in, if any. */
function attempt(action: () => void): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!isIoError(error)) throw error;
    return error.code ?? "EIO";
  }
}

function attemptText(ask: () => string): string | undefined {
  let text: string | undefined;
  attempt(() => {
    text = ask();
  });
  return text;
}
