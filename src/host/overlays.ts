import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, lstatSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import type { Host, HostMount } from "../model/host.ts";
import type { OverlayBackend, OverlayWish } from "../model/overlay.ts";
import { ancestors, isWithin } from "../model/path.ts";
import { probeBwrap } from "./probe.ts";
import { findProgram } from "./programs.ts";

/** Where to look, and what is remembered. */
export interface OverlayFacts {
  readonly host: Host;
  readonly cacheDirectory: string;
}

const PROBE_MS = 5000;
const CAP_SYS_ADMIN = 1n << 21n;

/** bwrap, where its overlay works on this very directory; else fuse-overlayfs; else the kernel's overlay, as root. */
export function overlayBackend(wish: OverlayWish, facts: OverlayFacts): OverlayBackend {
  const missing: string[] = [];
  for (const look of [byBwrap, byFuse, byKernel]) {
    const found = look(wish, facts);
    if (typeof found !== "string") return found;
    missing.push(found);
  }
  return { missing };
}

type Look = (wish: OverlayWish, facts: OverlayFacts) => Exclude<OverlayBackend, { readonly missing: unknown }> | string;

const byBwrap: Look = (wish, { host, cacheDirectory }) => {
  const reason = whyNotForKernel(wish, host);
  if (reason !== undefined) return `bwrap: ${reason}`;
  const { project, writable } = wish;
  const named = host.env.SBX_BWRAP;
  const search = { path: host.env.PATH ?? "", project, writable, host, ...(named ? { named } : {}) };
  const file = findProgram("bwrap", search).value;
  if (file === undefined) return "there is no bwrap";
  const probe = probeBwrap(file, cacheDirectory).value;
  if (probe === undefined) return "bwrap does not work";
  const option = wish.keep === undefined ? "--tmp-overlay" : "--overlay";
  if (!probe.options.includes(option)) return `bwrap ${probe.version} has no ${option}, which came with 0.11`;
  const refused = tryBwrap(file, existing(wish.source), wish.userNamespace);
  return refused === undefined ? { by: "bwrap" } : `bwrap: ${refused}`;
};

/**
 * A real one, for whether it works depends on kernel, user namespace and file system: Linux 5.11 for ordinary users, no
 * lower directory of some file systems, none that has other mounts in it, no more than two overlays over one another.
 */
function tryBwrap(file: string, source: string, userNamespace: boolean): string | undefined {
  const user = userNamespace ? ["--unshare-user"] : [];
  const view = ["--overlay-src", source, "--tmp-overlay", source];
  return tried(file, [...user, "--ro-bind", "/", "/", ...view, "--", "/bin/sh", "-c", ":"]);
}

function tried(file: string, args: readonly string[], descriptors: readonly number[] = []): string | undefined {
  const { error, status, stderr } = spawnSync(file, args, {
    cwd: "/",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
    stdio: ["ignore", "ignore", "pipe", ...descriptors],
    encoding: "utf8",
    timeout: PROBE_MS,
    killSignal: "SIGKILL",
  });
  if (status === 0) return undefined;
  const said = stderr?.trim().split("\n", 1)[0] ?? "";
  return error?.message ?? (said.slice(said.lastIndexOf(": ") + 1).trim() || `it ended with ${status}`);
}

const byFuse: Look = ({ keep, project, writable }, { host }) => {
  if (keep?.format === "overlayfs") return "fuse-overlayfs can't go on with a layer of the kernel's";
  const find = (name: string) => findProgram(name, { path: host.env.PATH ?? "", project, writable, host }).value;
  const program = find("fuse-overlayfs");
  if (program === undefined) return "there is no fuse-overlayfs in PATH";
  if (!mayOpen("/dev/fuse")) return `/dev/fuse ${existsSync("/dev/fuse") ? "can't be opened" : "does not exist"}`;
  if (!maySysAdmin()) {
    if (find("fusermount3") === undefined) return "there is no fusermount3, which fuse-overlayfs needs";
    if (!hasAccount()) return `fusermount3 serves only users with an account, and ${host.uid} has none`;
  }
  if (keep?.directory.includes(":")) return "fuse-overlayfs can't keep a layer in a path with a colon";
  return { by: "fuse-overlayfs", program };
};

const byKernel: Look = (wish, { host }) => {
  if (host.uid !== 0) return "mounting the kernel's overlay takes root";
  if (!maySysAdmin()) return "mounting the kernel's overlay takes CAP_SYS_ADMIN";
  const reason = whyNotForKernel(wish, host);
  if (reason !== undefined) return `the kernel's overlay: ${reason}`;
  // In a mount namespace that ends with the program; the directory is named before anything is mounted.
  const script =
    'cd "$1" && mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w && ' +
    "exec mount -i -t overlay -o lowerdir=.,upperdir=/mnt/u,workdir=/mnt/w none /mnt";
  const args = ["--mount", "--propagation", "private", "/bin/sh", "-c", script, "sbx", existing(wish.source)];
  const refused = existsSync("/mnt") ? tried("unshare", args) : undefined;
  return refused === undefined ? { by: "kernel" } : `the kernel's overlay: ${refused}`;
};

/** What rules out the kernel's overlay, bwrap's included, and can't be tried without writing something. */
function whyNotForKernel({ source, keep }: OverlayWish, host: Host): string | undefined {
  if (keep?.format === "fuse-overlayfs") return `only fuse-overlayfs can go on with the layer in ${keep.directory}`;
  const mounts = host.mounts();
  // To root they would just not show: the command would see what lies below them.
  const inIt = mounts.find(({ point }) => point !== source && isWithin(source, point));
  if (inIt) return `something is mounted in it, at ${inIt.point}`;
  if (keep === undefined) return undefined;
  const type = mountOf(mounts, existing(keep.directory))?.type ?? "";
  return CANNOT_KEEP.test(type) ? `a layer can't be kept on ${type}, where ${keep.directory} lies` : undefined;
}

/** File systems without what an upper layer takes: whiteouts, extended attributes, rename with exchange (overlayfs.rst). */
const CANNOT_KEEP = /^(overlay|nfs\d?|cifs|smb3|9p|vfat|msdos|exfat|fuse(\..*|blk)?|virtiofs|ecryptfs|ramfs)$/;

const mountOf = (mounts: readonly HostMount[], path: string): HostMount | undefined =>
  mounts
    .filter(({ point }) => isWithin(point, path))
    .reduce<HostMount | undefined>((found, mount) => {
      return found === undefined || mount.point.length >= found.point.length ? mount : found;
    }, undefined);

/** The path, or what is there of it: a step makes the rest. */
function existing(path: string): string {
  const isThere = (each: string) => lstatSync(each, { throwIfNoEntry: false }) !== undefined;
  return isThere(path) ? path : (ancestors(path).findLast(isThere) ?? "/");
}

function hasAccount(): boolean {
  try {
    return userInfo().username !== "";
  } catch {
    return false;
  }
}

function mayOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function maySysAdmin(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return effective !== undefined && (BigInt(`0x${effective}`) & CAP_SYS_ADMIN) !== 0n;
}
