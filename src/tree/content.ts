import type { Host, Stat } from "../model/host.ts";
import { below, isWithin, relativeTo } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import type { Standing } from "./standing.ts";

type Facts = Pick<Standing, "type" | "access" | "content"> & Partial<Pick<Standing, "host" | "target">>;

/** What a mount shows at a path relative to its mount point, and what a directory made there would be. */
export interface Shown extends Facts {
  /** For an absent path: the facts of a directory that a later destination makes here; undefined where none can be. */
  readonly parent?: Facts | undefined;
}

/** What an operation brings: a mount over everything below, one thing made in the mount below it, or a freeze. */
export type Content =
  | {
      readonly kind: "mount";
      look(inner: string): Shown;
      /** Where in the mount a host path shows; undefined when it is not part of it. */
      within?(hostPath: string): string | undefined;
    }
  | { readonly kind: "made"; readonly standing: Partial<Facts> }
  | { readonly kind: "remount" };

/** Nothing stands there. */
export const ABSENT = { type: "absent", access: "absent", content: "none" } as const;
const TMPFS: Facts = { type: "directory", access: "rw", content: "tmpfs" };
const NODES: ReadonlySet<string> = new Set(["null", "zero", "full", "random", "urandom", "tty"]);
const LINKS: Readonly<Record<string, string>> = {
  fd: "/proc/self/fd",
  stdin: "/proc/self/fd/0",
  stdout: "/proc/self/fd/1",
  stderr: "/proc/self/fd/2",
  core: "/proc/kcore",
  ptmx: "pts/ptmx",
};

/** A source that only exists at run time: an empty directory of sbx's own. */
export const isRunPath = (source: string): boolean => source.startsWith("{run}/");

export function contentOf(operation: Operation, host: Host): Content {
  switch (operation.kind) {
    case "bind":
      if (isRunPath(operation.source)) return empty({ ...TMPFS, access: operation.access === "ro" ? "ro" : "rw" });
      return hostMount(host, operation.source, operation.access);
    case "overlay":
      return layered(hostMount(host, operation.source, "rw"));
    case "pin":
      return hostMount(host, operation.source, "rw");
    case "protect":
      return hostMount(host, operation.source, "ro");
    case "tmpfs":
    case "mqueue":
      return empty(TMPFS);
    case "proc":
      // What procfs holds depends on the running processes: it is there, and that is all that can be said.
      return {
        kind: "mount",
        look: (inner) =>
          inner === ""
            ? { type: "directory", access: "ro", content: "proc" }
            : { type: "unknown", access: "ro", content: "proc" },
      };
    case "dev":
      return { kind: "mount", look: lookDev };
    case "mask":
      return {
        kind: "mount",
        look: (inner) => (inner === "" ? { type: operation.type, access: "masked", content: "generated" } : ABSENT),
      };
    case "file":
      return {
        kind: "mount",
        look: (inner) => (inner === "" ? { type: "file", access: "ro", content: "generated" } : ABSENT),
      };
    case "dir":
      return { kind: "made", standing: {} };
    case "symlink":
      return { kind: "made", standing: { type: "link", content: "link", target: operation.target } };
    case "remount-ro":
      return { kind: "remount" };
  }
}

function empty(root: Facts): Content {
  return { kind: "mount", look: (inner) => (inner === "" ? root : { ...ABSENT, parent: root }) };
}

function hostMount(host: Host, source: string, access: "ro" | "rw" | "dev"): Content {
  const writable = access === "ro" ? "ro" : "rw";
  return {
    kind: "mount",
    look(inner) {
      const path = below(source, inner);
      const stat = host.lstat(path);
      if (stat === undefined) {
        return { ...ABSENT, parent: { type: "directory", access: writable, content: "host", host: path } };
      }
      const type = typeOf(stat);
      const target = stat.type === "link" ? host.readlink(path) : undefined;
      return {
        type,
        access: type === "device" && access === "dev" ? "device" : writable,
        content: type === "link" ? "link" : "host",
        host: path,
        ...(target === undefined ? {} : { target }),
      };
    },
    within: (hostPath) => (isWithin(source, hostPath) ? relativeTo(source, hostPath) : undefined),
  };
}

/** A host directory below a layer in memory: what is made there never reaches the host. */
function layered(lower: Content): Content {
  if (lower.kind !== "mount") return lower;
  const look = (inner: string): Shown => {
    const shown = lower.look(inner);
    return shown.type === "absent" ? { ...ABSENT, parent: TMPFS } : shown;
  };
  return { ...lower, look };
}

export function typeOf(stat: Stat): Standing["type"] {
  if (stat.type === "character" || stat.type === "block") return "device";
  if (stat.type === "unreadable") return "unknown";
  return stat.type;
}

/** bubblewrap's `--dev` (bwrap(1)): a tmpfs with the standard nodes, a private devpts and links. */
function lookDev(inner: string): Shown {
  if (inner === "") return { type: "directory", access: "rw", content: "dev" };
  if (NODES.has(inner)) return { type: "device", access: "device", content: "dev" };
  if (inner === "pts" || inner === "shm") return { type: "directory", access: "rw", content: "dev" };
  if (inner.startsWith("pts/") || inner === "console") return { type: "unknown", access: "device", content: "dev" };
  const target = LINKS[inner];
  if (target !== undefined) return { type: "link", access: "rw", content: "link", target };
  return { ...ABSENT, parent: { type: "directory", access: "rw", content: "dev" } };
}
