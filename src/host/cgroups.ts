import { accessSync, constants, readFileSync } from "node:fs";
import { parentOf } from "../model/path.ts";
import { ownCgroups } from "./own-cgroups.ts";

/** A part of the kernel that limits a group of processes, by its name in cgroups(7). */
export type Controller = "memory" | "pids" | "cpu";

/** An existing cgroup below which sbx may make another one, and move processes there. */
export interface CgroupParent {
  readonly version: 1 | 2;
  readonly directory: string;
}

/** The systemd that makes cgroups on request for those who may not make them themselves. */
export interface CgroupService {
  /** The socket of its D-Bus. */
  readonly bus: string;
  /** Where cgroup v2 is mounted. */
  readonly mount: string;
  /** What it can limit. */
  readonly controllers: readonly Controller[];
}

/** Where a cgroup can be made here. */
export interface CgroupPlace {
  readonly parents: Readonly<Partial<Record<Controller, CgroupParent>>>;
  /** Why there is no parent for a controller. */
  readonly reasons: Readonly<Partial<Record<Controller, string>>>;
  readonly service: CgroupService | undefined;
}

/** What is looked at; tests name other places. */
export interface CgroupSources {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: `/proc/self`. */
  readonly proc?: string;
  /** Default: `/run`. */
  readonly run?: string;
}

/** Where a cgroup with these controllers can be made. Looks, and changes nothing. */
export function findCgroups(wanted: readonly Controller[], sources: CgroupSources): CgroupPlace {
  const { uid, env, proc = "/proc/self", run = "/run" } = sources;
  const own = ownCgroups(proc);
  // sd_booted(3): systemd may be installed, and its sockets left, where another program is the first process.
  const booted = allows(`${run}/systemd/system`, constants.F_OK);
  const onV1 = wanted.filter((controller) => own.v1.has(controller));
  const onV2 = wanted.filter((controller) => !onV1.includes(controller));
  const bus = uid === 0 ? `${run}/dbus/system_bus_socket` : `${env.XDG_RUNTIME_DIR ?? "$XDG_RUNTIME_DIR"}/bus`;
  // Version 1 is not delegated to users, and needs no systemd as root.
  const service = booted && own.v2 ? serviceOf(uid, bus, own.v2.mount) : undefined;
  const looks = new Map([
    ...onV1.map((each) => [each, inV1(own.v1.get(each), uid)] as const),
    ...inV2(onV2, own.v2, { uid, booted, unasked: booted && service === undefined ? bus : undefined }),
  ]);
  const parents: Partial<Record<Controller, CgroupParent>> = {};
  const reasons: Partial<Record<Controller, string>> = {};
  for (const [controller, found] of looks) {
    if (typeof found === "string") reasons[controller] = found;
    else parents[controller] = found;
  }
  return { parents, reasons, service };
}

/** A cgroup of version 1 may hold processes and cgroups alike: the own one will do, with all limits that hold for it. */
function inV1(directory: string | undefined, uid: number): CgroupParent | string {
  if (directory === undefined) return "its cgroup file system is not mounted";
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return { version: 1, directory };
  } catch (error) {
    const isReadOnly = error instanceof Error && "code" in error && error.code === "EROFS";
    return isReadOnly ? `${directory} is mounted read-only` : `user ${uid} may not make a cgroup in ${directory}`;
  }
}

/**
 * In version 2 a cgroup with processes hands no controllers on ("no internal processes" in the kernel's cgroup-v2.rst,
 * which excepts the real root), so that it is one above the own. The nearer it is, the more of the limits that hold for
 * sbx hold for the sandbox, too; but a process has a single place, so the one with most of the wanted controllers wins.
 */
function inV2(
  wanted: readonly Controller[],
  own: { readonly directory: string; readonly mount: string } | undefined,
  { uid, booted, unasked }: { readonly uid: number; readonly booted: boolean; readonly unasked: string | undefined },
): (readonly [Controller, CgroupParent | string])[] {
  if (own === undefined) return wanted.map((each) => [each, "there is no cgroup file system with it here"]);
  const chain = [own.directory];
  for (let here = own.directory; here !== own.mount; here = parentOf(here)) chain.push(parentOf(here));
  const candidates = chain
    .filter((directory, index) => !(booted && isSystemds(chain[index - 1])) && mayHold(directory))
    .map((directory) => ({ directory, controllers: controllersIn(`${directory}/cgroup.subtree_control`) }));
  const count = ({ controllers }: { readonly controllers: readonly Controller[] }) =>
    wanted.filter((each) => controllers.includes(each)).length;
  const best = candidates.toSorted((one, other) => count(other) - count(one))[0];
  const offered = controllersIn(`${own.mount}/cgroup.controllers`);
  return wanted.map((controller) => {
    if (best?.controllers.includes(controller)) return [controller, { version: 2, directory: best.directory }];
    if (!offered.includes(controller)) return [controller, "the kernel offers no such controller here"];
    const nobody = `user ${uid} may change no cgroup at or above ${own.directory} that hands it on`;
    return [controller, unasked === undefined ? nobody : `${nobody}, and systemd can't be asked at ${unasked}`];
  });
}

/**
 * Where systemd manages the cgroups, what it has not delegated is its own: it may take a controller away from there at
 * any time, and our limit with it (CGROUP_DELEGATION.md of systemd). A cgroup whose member on the way to us is a unit is
 * such a one, and so is the one that we are in.
 */
const isSystemds = (member: string | undefined): boolean =>
  member === undefined || /\.(slice|scope|service|socket|mount|swap)$/.test(member);

/**
 * Who moves a process needs to write where it goes, and in the nearest common ancestor, which is this. One whose threads
 * may be spread ("domain threaded") hands on no memory; only the root has no type.
 */
const mayHold = (directory: string): boolean =>
  allows(directory, constants.W_OK | constants.X_OK) &&
  allows(`${directory}/cgroup.procs`, constants.W_OK) &&
  ["", "domain"].includes(textOf(`${directory}/cgroup.type`).trim());

/** The systemd of the machine for root; for others their own, which has a part of the tree. */
function serviceOf(uid: number, bus: string, mount: string): CgroupService | undefined {
  const part = uid === 0 ? mount : `${mount}/user.slice/user-${uid}.slice/user@${uid}.service`;
  if (!allows(bus, constants.W_OK)) return undefined;
  return { bus, mount, controllers: controllersIn(`${part}/cgroup.controllers`) };
}

const isController = (name: string): name is Controller => name === "memory" || name === "pids" || name === "cpu";
const controllersIn = (file: string): Controller[] => textOf(file).trim().split(" ").filter(isController);

function allows(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
