import type { Host, Stat } from "../model/host.ts";
import { UPPER } from "../model/overlay.ts";
import { below } from "../model/path.ts";
import type { Operation, OverlayOperation } from "../model/plan.gen.ts";
import { lookBacked, type Nodes } from "./backing.ts";
import { hostMount } from "./host-mount.ts";
import { lookThrough } from "./layered.ts";
import type { MountFinder } from "./mount-finder.ts";
import type { Facts, Owned, Standing } from "./standing.ts";

export type { Facts } from "./standing.ts";

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
      /** Whether a link may stand at a path; without it any path may be one. */
      mayLink?(inner: string): boolean;
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

/** What the contents of mounts are known from. */
export interface Knowledge {
  readonly host: Host;
  /** The host's mount that a host path lies on. */
  readonly mountAt: MountFinder;
  /** The device nodes that steps make in directories of the run's own. */
  readonly nodes: Nodes;
}

export function contentOf(operation: Operation, { host, mountAt, nodes }: Knowledge): Content {
  switch (operation.kind) {
    case "bind": {
      const { source, access } = operation;
      if (!isRunPath(source)) return hostMount({ host, mountAt }, source, access);
      const made = { access: access === "ro" ? "ro" : "rw", ...own(host, "0755") } as const;
      // A server's socket: it comes into being when the server starts.
      if (operation.type === "socket") return alone({ type: "socket", content: "generated", ...made });
      return lookBacked(nodes.get(source), { ...TMPFS, ...made }, host);
    }
    case "overlay":
      return layered(hostMount({ host }, operation.source, "rw"), operation, host);
    case "pin":
      return hostMount({ host, mountAt }, operation.source, "rw");
    case "protect":
      return hostMount({ host, mountAt }, operation.source, "ro");
    case "tmpfs":
      return empty({ ...TMPFS, ...own(host, operation.mode) }, own(host, "0755"));
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
        mayLink: NEVER,
      };
    case "dev":
      return { kind: "mount", look: lookDev, mayLink: (inner) => inner in LINKS };
    case "mask": {
      const { type } = operation;
      return alone({
        type,
        access: "masked",
        content: "generated",
        ...own(host, type === "directory" ? "0755" : "0444"),
      });
    }
    case "file":
      return alone({ type: "file", access: "ro", content: "generated", ...own(host, operation.mode) });
    case "dir":
      return { kind: "made", standing: own(host, operation.mode) };
    case "symlink":
      return { kind: "made", standing: { type: "link", content: "link", target: operation.target } };
    case "remount-ro":
      return { kind: "remount" };
  }
}

const own = (host: Host, mode: string): { readonly owned: Owned } => ({
  owned: ownedBy(host, Number.parseInt(mode, 8)),
});

const NEVER = (): boolean => false;

/** Permissions of what sbx makes: it is the caller's. */
export const ownedBy = ({ uid, gid }: Host, mode: number): Owned => ({ mode, uid, gid });

/** A mount with nothing below it. */
const alone = (root: Facts): Content => ({
  kind: "mount",
  look: (inner) => (inner === "" ? root : ABSENT),
  mayLink: NEVER,
});

function empty(root: Facts, parents: Partial<Facts> = {}): Content {
  const absent = { ...ABSENT, parent: { ...root, ...parents } };
  return { kind: "mount", look: (inner) => (inner === "" ? root : absent), mayLink: NEVER };
}

/** A host directory below a layer: what is made there never reaches it. */
function layered(lower: Content, { keep, by }: OverlayOperation, host: Host): Content {
  if (lower.kind !== "mount") return lower;
  const layer = keep === undefined ? undefined : { upper: below(keep, UPPER), revives: by === "fuse-overlayfs" };
  const look = (inner: string): Shown => {
    const shown = layer === undefined ? lower.look(inner) : lookThrough(lower.look, inner, layer, host);
    return shown.type === "absent" ? { ...ABSENT, parent: TMPFS } : shown;
  };
  return { kind: "mount", look, ...(lower.within && { within: lower.within }) };
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

/** What a mount shows at a path, with what was made there later. */
export function factsAt(within: Shown, made: Content | undefined, hasLaterBelow: boolean): Facts {
  const { parent } = within;
  if (within.type !== "absent" || parent === undefined) return within;
  if (made?.kind === "made") return { ...parent, ...made.standing };
  // A destination further down was made after the mount: its parents exist as directories.
  return hasLaterBelow ? parent : within;
}

/** A root directory that nothing has been mounted on. */
export function emptyRoot(inner: string, root: Facts): Shown {
  return inner === "" ? root : { ...ABSENT, parent: root };
}
