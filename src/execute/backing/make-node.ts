import { chmodSync, chownSync, closeSync, constants, mkdirSync, openSync, unlinkSync } from "node:fs";
import { below, parentOf } from "../../model/path.ts";
import type { MakeNodeStep } from "../../model/plan.gen.ts";
import type { Problem } from "../../model/problem.ts";
import { inside, type OnMissing, withDirectory } from "../directory.ts";
import { isIoError, naming, reasonOf } from "../io-error.ts";
import { type Standing, standingAt } from "../made.ts";
import { nameOf } from "../make-place.ts";
import { noNode } from "./problems.ts";
import { handed, runSystemProgram } from "./system-program.ts";

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Makes a node like one of the host's in a tmpfs that was mounted for the run; with the tmpfs it goes. Whoever may not
 * make nodes (no CAP_MKNOD: containers, user namespaces) gets the host's own, mounted over an empty file.
 */
export function makeNode(
  { path: place, source, origin }: MakeNodeStep,
  { places }: { readonly places: ReadonlyMap<string, string> },
): Problem | undefined {
  const [, whole = "", inner = ""] = /^(\{run\}\/[^/]+)\/(.+)$/.exec(place) ?? [];
  const mounted = places.get(whole);
  if (mounted === undefined) throw new Error(`nothing is mounted for ${place}`);
  const path = below(mounted, inner);
  try {
    const reason = withDirectory(parentOf(source), (host) =>
      withDirectory(parentOf(path), (parent) => makeLike(host, source, parent, path), makeParent),
    );
    return reason === undefined ? undefined : noNode({ path, source, reason }, origin);
  } catch (error) {
    if (!isIoError(error)) throw error;
    const why = error.code === "ELOOP" ? "a symbolic link" : reasonOf(error);
    return noNode({ path, source, reason: error.path === path ? why : `${error.path}: ${why}` }, origin);
  }
}

/** Directories on the way to a node (net/tun): for everybody, whatever the umask. */
const makeParent: OnMissing = (parent, name, path) =>
  naming(path, () => {
    mkdirSync(inside(parent, name), 0o755);
    chmodSync(inside(parent, name), 0o755);
  });

/** Gives the reason when there is no such node afterwards. */
function makeLike(host: number, source: string, parent: number, path: string): string | undefined {
  const like = standingAt(host, nameOf(source));
  if (like === undefined) return `there is no ${source} any more`;
  if (!isDevice(like)) return `${source} is no device any more`;
  const name = nameOf(path);
  const [type, numbers] = [like.isBlockDevice() ? "b" : "c", numbersOf(like.rdev)];
  const refused = runSystemProgram("mknod", [handed(0, name), type, ...numbers.map(String)], [parent]);
  if (refused?.isForbidden) return bindNode(host, nameOf(source), parent, path);
  if (refused !== undefined) return refused.reason;
  naming(path, () => giveAway(inside(parent, name), like));
  const made = standingAt(parent, name);
  return made && isDevice(made) && made.rdev === like.rdev ? undefined : "something else stands there";
}

/** The host's own node, with the mode that it has there: to change that would change the host. */
function bindNode(host: number, source: string, parent: number, path: string): string | undefined {
  const name = nameOf(path);
  naming(path, () => closeSync(openSync(inside(parent, name), NEW_FILE, 0o600)));
  const refused = runSystemProgram("mount", ["-i", "-o", "bind", handed(0, source), handed(1, name)], [host, parent]);
  if (refused !== undefined) unlinkSync(inside(parent, name));
  return refused?.reason;
}

const isDevice = (found: Standing): boolean => found.isCharacterDevice() || found.isBlockDevice();

/** null, zero, full, random, urandom and tty (devices.txt of the kernel), by major and minor number. */
const FOR_ALL: ReadonlySet<string> = new Set(["1:3", "1:5", "1:7", "1:8", "1:9", "5:0"]);

/**
 * Those six are for everybody, as on every system and whatever this host has; a copy of any other node is for whom the
 * host's is for. Set afterwards: mknod(2) takes the umask off.
 */
function giveAway(node: string, { rdev, uid, gid, mode }: Standing): void {
  const isForAll = FOR_ALL.has(numbersOf(rdev).join(":"));
  if (!isForAll) chownSync(node, Number(uid), Number(gid));
  chmodSync(node, isForAll ? 0o666 : Number(mode & 0o777n));
}

/** Major and minor number, as makedev(3) of glibc and musl packs them. */
const numbersOf = (device: bigint): [bigint, bigint] => [
  ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn),
  (device & 0xffn) | ((device >> 12n) & ~0xffn),
];
