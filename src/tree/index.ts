import type { Host } from "../model/host.ts";
import { ancestors, below, components, isNormal, relativeTo } from "../model/path.ts";
import type { Operation, Step } from "../model/plan.gen.ts";
import { nodesOf } from "./backing.ts";
import { type Content, contentOf, emptyRoot, factsAt, isRunPath, ownedBy } from "./content.ts";
import { laterHost, typeNeeded } from "./made.ts";
import { mountFinder } from "./mount-finder.ts";
import { endOfName, newPoint, type Point } from "./point.ts";
import { sourcesByName } from "./sources.ts";
import { type Standing, settled, type Walk } from "./standing.ts";
import { walker } from "./walk.ts";

export { aliasedParts, aliases } from "./aliases.ts";
export { isRunPath, typeOf } from "./content.ts";
export { laterHost, typeNeeded } from "./made.ts";
export { type Permitted, permitter, type Who } from "./permits.ts";
export {
  deciding,
  originsOf,
  type Scene,
  seen,
  seenAt,
  showing,
  shownBinds,
  shownOverlays,
  writable,
  writableAt,
} from "./reach.ts";
export { abstractSockets, boundSockets } from "./sockets.ts";
export type { Standing, Walk } from "./standing.ts";

/** What stands at each path of a sandbox, by its operations and the host's facts. */
export interface Tree {
  /** What stands at exactly this path; no link is followed, not even in its parents. */
  look(path: string): Standing;
  /** What stands at a path as a process inside finds it: links are followed, in the last component when asked. */
  walk(path: string, options?: { readonly last: boolean }): Walk;
  /**
   * Indices of the mounts at or above a path, and of what was made at it, that lost against what decides there, latest first.
   * What is made at a parent, and what changes no content, stands in nobody's way.
   */
  shadowed(standing: Pick<Standing, "path" | "decidedBy">): readonly number[];
  /** Index of the operation whose mount covers a path; -1 where none does. No link is followed. */
  cover(path: string): number;
  /** Every place where a host path (without links) can be seen. */
  places(hostPath: string): readonly Standing[];
  readonly operations: readonly Operation[];
}

/** A tree that further operations can be laid over, in the order in which bwrap does them. */
export interface GrowingTree extends Tree {
  add(operation: Operation): number;
}

/**
 * The tree of a plan: its operations, and the steps that make something in a directory of the run's own. Pure: the same
 * arguments give the same answers.
 */
export function tree(operations: readonly Operation[], host: Host, steps: readonly Step[] = NO_STEPS): Tree {
  const known = grown.get(operations);
  if (known?.host === host && known.steps === steps) return known.tree;
  const growing = growTree(host, steps);
  for (const operation of operations) growing.add(operation);
  grown.set(operations, { host, steps, tree: growing });
  return growing;
}

/** Takes a grown tree for the one of these operations from now on; it must not grow any more. */
export function grownAs(tree: Tree, operations: readonly Operation[], host: Host, steps = NO_STEPS): void {
  grown.set(operations, { host, steps, tree });
}

const NO_STEPS: readonly Step[] = [];

/** The last tree of a list of operations: many stages ask about one plan. */
const grown = new WeakMap<readonly Operation[], { host: Host; steps: readonly Step[]; tree: Tree }>();

/** An empty tree: a root directory on a tmpfs, as bubblewrap starts with. */
export function growTree(givenHost: Host, steps: readonly Step[] = []): GrowingTree {
  const { host, note } = laterHost(givenHost);
  const knowledge = { host, mountAt: mountFinder(host), nodes: nodesOf(steps) };
  const directory = { type: "directory", access: "rw", content: "tmpfs", owned: ownedBy(host, 0o755) } as const;
  const operations: Operation[] = [];
  const contents: (Content | undefined)[] = [];
  const root = newPoint();
  /** What was looked at since the last operation was added. */
  const known = new Map<string, Standing>();
  const sources = sourcesByName();

  /** What must be made on the host for an operation is seen by every other mount of that place. */
  function noteMade(operation: Operation): void {
    const isCreated = operation.kind === "overlay" || (operation.kind === "bind" && operation.missing === "create");
    if (isCreated && !isRunPath(operation.source)) note(operation.source, typeNeeded(operation));
    const ground = operations[cover(operation.at)];
    // Only what a host directory lacks is made there.
    if (ground === undefined || !("source" in ground) || ground.kind === "overlay") return;
    if (look(operation.at).type !== "absent") return;
    const base = ancestors(operation.at).findLast((path) => look(path).type !== "absent") ?? "/";
    const onHost = look(base).host;
    if (onHost !== undefined) note(below(onHost, relativeTo(base, operation.at)), typeNeeded(operation));
  }

  function add(operation: Operation): number {
    if (operation.present) noteMade(operation);
    const index = operations.push(operation) - 1;
    contents.push(operation.present ? contentOf(operation, knowledge) : undefined);
    if (!operation.present) return index;
    known.clear();
    if ("source" in operation) sources.add(operation.source, index);
    let point = root;
    point.latest = index;
    const { at } = operation;
    for (let start = 1; start < at.length; ) {
      const end = endOfName(at, start);
      const name = at.slice(start, end);
      let next = point.children?.get(name);
      if (next === undefined) {
        next = newPoint();
        point.children ??= new Map();
        point.children.set(name, next);
      }
      next.latest = index;
      point = next;
      start = end + 1;
    }
    point.own.push(index);
    const kind = contents[index]?.kind;
    if (kind === "mount") point.mount = index;
    else if (kind === "made") point.made = index;
    else point.frozen = index;
    return index;
  }

  function cover(path: string): number {
    let highest = root.mount;
    let point: Point | undefined = root;
    for (let start = 1; start < path.length; ) {
      const end = endOfName(path, start);
      point = point.children?.get(path.slice(start, end));
      if (point === undefined) return highest;
      if (point.mount > highest) highest = point.mount;
      start = end + 1;
    }
    return highest;
  }

  function look(path: string): Standing {
    let standing = known.get(path);
    if (standing === undefined) {
      standing = lookAnew(path);
      known.set(path, standing);
    }
    return standing;
  }

  function lookAnew(path: string): Standing {
    let mounted = root;
    let made = -1;
    let point: Point | undefined = root;
    for (let start = 1; ; ) {
      if (point.mount > mounted.mount) mounted = point;
      if (start >= path.length) {
        made = point.made;
        break;
      }
      const end = endOfName(path, start);
      point = point.children?.get(path.slice(start, end));
      if (point === undefined) break;
      start = end + 1;
    }
    const { mount, frozen } = mounted;
    if (made < mount) made = -1;
    const content = contents[mount];
    const inner = relativeTo(operations[mount]?.at ?? "/", path);
    const within = content?.kind === "mount" ? content.look(inner) : emptyRoot(inner, directory);
    const facts = factsAt(within, contents[made], point !== undefined && point.latest > mount);
    const isFrozen = frozen > mount && facts.access === "rw";
    return settled({ path, mount, decidedBy: made >= 0 ? made : mount }, facts, isFrozen ? frozen : undefined);
  }

  function shadowed({ path, decidedBy }: Pick<Standing, "path" | "decidedBy">): readonly number[] {
    const found = [...root.own];
    let point: Point | undefined = root;
    for (const name of components(path)) {
      point = point.children?.get(name);
      if (point === undefined) break;
      found.push(...point.own);
    }
    const stands = (index: number): boolean => {
      const kind = contents[index]?.kind;
      return kind === "mount" || (kind === "made" && operations[index]?.at === path);
    };
    return found.filter((index) => index !== decidedBy && stands(index)).sort((a, b) => b - a);
  }

  /** Whether a path leads through no link, nor up again: then what it finds stands at the path itself. */
  function isPlain(path: string, last: boolean): boolean {
    if (!isNormal(path)) return false;
    let mount = root.mount;
    let point: Point | undefined = root;
    for (let start = 1; start < path.length; ) {
      const end = endOfName(path, start);
      point = point?.children?.get(path.slice(start, end));
      if (point !== undefined && point.mount > mount) mount = point.mount;
      if ((last || end < path.length) && mayLink(path.slice(0, end), mount, point)) return false;
      start = end + 1;
    }
    return true;
  }

  function mayLink(path: string, mount: number, point: Point | undefined): boolean {
    if (point?.own.some((index) => index > mount && operations[index]?.kind === "symlink")) return true;
    const content = contents[mount];
    if (content?.kind !== "mount") return false;
    return content.mayLink?.(relativeTo(operations[mount]?.at ?? "/", path)) ?? true;
  }

  function places(hostPath: string): readonly Standing[] {
    const shows = sources.over(hostPath);
    if (shows.length === 0) return NOWHERE;
    const found = new Map<string, Standing>();
    for (const index of shows) {
      const content = contents[index];
      const inner = content?.kind === "mount" ? content.within?.(hostPath) : undefined;
      if (inner === undefined) continue;
      const standing = look(below(operations[index]?.at ?? "/", inner));
      if (standing.host === hostPath && standing.type !== "absent") found.set(standing.path, standing);
    }
    return [...found.values()];
  }

  return { operations, add, look, walk: walker({ look, isPlain }), shadowed, cover, places };
}

const NOWHERE: readonly Standing[] = [];
