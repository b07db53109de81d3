import type { Host } from "../model/host.ts";
import { ancestors, below, components, parentOf, relativeTo } from "../model/path.ts";
import type { Operation, Step } from "../model/plan.gen.ts";
import { MAX_LINKS } from "../model/realpath.ts";
import { nodesOf } from "./backing.ts";
import { ABSENT, type Content, contentOf, type Facts, isRunPath, ownedBy, type Shown } from "./content.ts";
import { laterHost, typeNeeded } from "./made.ts";
import { mountFinder } from "./mount-finder.ts";
import type { Standing, Walk } from "./standing.ts";

export { aliasedParts, aliases } from "./aliases.ts";
export { isRunPath, typeOf } from "./content.ts";
export { laterHost, typeNeeded } from "./made.ts";
export { type Permitted, permitter, type Who } from "./permits.ts";
export { originsOf, type Scene, seen, showing, shownBinds, writable } from "./reach.ts";
export { boundSockets } from "./sockets.ts";
export type { Standing, Walk } from "./standing.ts";

/** What stands at each path of a sandbox, by its operations and the host's facts. */
export interface Tree {
  /** What stands at exactly this path; no link is followed, not even in its parents. */
  look(path: string): Standing;
  /** What stands at a path as a process inside finds it: links are followed, in the last component when asked. */
  walk(path: string, options?: { readonly last: boolean }): Walk;
  /** Every place where a host path (without links) can be seen. */
  places(hostPath: string): readonly Standing[];
  readonly operations: readonly Operation[];
}

/** A tree that further operations can be laid over, in the order in which bwrap does them. */
export interface GrowingTree extends Tree {
  add(operation: Operation): number;
}

/** A path and the operations at exactly that path. */
interface Point {
  readonly children: Map<string, Point>;
  readonly own: number[];
  /** Highest index of an operation at or below: something was made here after that index's predecessors. */
  latest: number;
}

const newPoint = (): Point => ({ children: new Map(), own: [], latest: -1 });

/**
 * The tree of a plan: its operations, and the steps that make something in a directory of the run's own. Pure: the same
 * arguments give the same answers.
 */
export function tree(operations: readonly Operation[], host: Host, steps: readonly Step[] = []): Tree {
  const growing = growTree(host, steps);
  for (const operation of operations) growing.add(operation);
  return growing;
}

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
  /** Host path → the operations that show it. */
  const sources = new Map<string, number[]>();

  /** What must be made on the host for an operation is seen by every other mount of that place. */
  function noteMade(operation: Operation): void {
    const isCreated = operation.kind === "overlay" || (operation.kind === "bind" && operation.missing === "create");
    if (isCreated && !isRunPath(operation.source)) note(operation.source, typeNeeded(operation));
    const { type, mount } = look(operation.at);
    const cover = operations[mount];
    // Only what a host directory lacks is made there.
    if (type !== "absent" || cover === undefined || !("source" in cover) || cover.kind === "overlay") return;
    const base = ancestors(operation.at).findLast((path) => look(path).type !== "absent") ?? "/";
    const ground = look(base).host;
    if (ground !== undefined) note(below(ground, relativeTo(base, operation.at)), typeNeeded(operation));
  }

  function add(operation: Operation): number {
    if (operation.present) noteMade(operation);
    const index = operations.push(operation) - 1;
    contents.push(operation.present ? contentOf(operation, knowledge) : undefined);
    if (!operation.present) return index;
    known.clear();
    if ("source" in operation) sources.set(operation.source, [...(sources.get(operation.source) ?? []), index]);
    let point = root;
    point.latest = index;
    for (const name of components(operation.at)) {
      let next = point.children.get(name);
      if (next === undefined) {
        next = newPoint();
        point.children.set(name, next);
      }
      next.latest = index;
      point = next;
    }
    point.own.push(index);
    return index;
  }

  /** The operations at or above a path, and whether one lies at or below it. */
  function gather(path: string): { readonly found: number[]; readonly point: Point | undefined } {
    const found = [...root.own];
    let point: Point | undefined = root;
    for (const name of components(path)) {
      point = point.children.get(name);
      if (point === undefined) break;
      found.push(...point.own);
    }
    return { found, point };
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
    const { found, point } = gather(path);
    let mount = -1;
    let made = -1;
    let frozen = -1;
    for (const index of found) {
      const operation = operations[index] as Operation;
      const kind = contents[index]?.kind;
      if (kind === "mount" && index > mount) mount = index;
      if (kind === "made" && operation.at === path && index > made) made = index;
    }
    for (const index of found) {
      if (contents[index]?.kind !== "remount" || index < mount) continue;
      if (operations[index]?.at === (operations[mount]?.at ?? "/")) frozen = index;
    }
    if (made < mount) made = -1;
    const decidedBy = made >= 0 ? made : mount;
    // What is made at a parent, and what changes no content, stands in nobody's way.
    const loses = (index: number) =>
      index !== decidedBy &&
      (contents[index]?.kind === "mount" || (contents[index]?.kind === "made" && operations[index]?.at === path));
    const shadowed = found.filter(loses).sort((a, b) => b - a);
    const base = { path, mount, decidedBy, shadowed };
    const cover = contents[mount];
    const inner = relativeTo(operations[mount]?.at ?? "/", path);
    const within = cover?.kind === "mount" ? cover.look(inner) : emptyRoot(inner, directory);
    const standing = (facts: Omit<Standing, keyof typeof base>): Standing => {
      if (frozen < 0 || facts.access !== "rw") return { ...base, ...facts };
      return { ...base, ...facts, access: "ro", frozenBy: frozen };
    };
    const { parent, ...shown } = within;
    if (shown.type !== "absent" || parent === undefined) return standing(shown);
    const own = contents[made];
    if (own?.kind === "made") return standing({ ...parent, ...own.standing });
    // A destination further down was made after the mount: its parents exist as directories.
    return standing(point !== undefined && point.latest > mount ? parent : shown);
  }

  function walk(path: string, { last } = { last: true }): Walk {
    const pending = components(path);
    const links: Standing[] = [];
    const left: string[] = [];
    let current = "/";
    let broken = false;
    let unsure = false;
    for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
      if (name === "" || name === ".") continue;
      if (name === "..") {
        // The kernel goes up only from what is there; the text alone says where that would have led.
        const { type } = look(current);
        broken ||= type !== "directory" && type !== "unknown";
        unsure ||= type === "unknown";
        left.push(current);
        current = parentOf(current);
        continue;
      }
      const standing = look(below(current, name));
      const target = standing.type === "link" && (last || pending.length > 0) ? standing.target : undefined;
      if (target === undefined) {
        current = standing.path;
        continue;
      }
      links.push(standing);
      if (links.length > MAX_LINKS) return { ...standing, links, left, loop: true };
      if (target.startsWith("/")) current = "/";
      pending.unshift(...target.split("/"));
    }
    const found = look(current);
    if (unsure && !broken) return { ...found, type: "unknown", links, left, loop: false };
    if (!broken) return { ...found, links, left, loop: false };
    const { path: to, mount, decidedBy, shadowed } = found;
    return { ...ABSENT, path: to, mount, decidedBy, shadowed, links, left, loop: false };
  }

  function places(hostPath: string): readonly Standing[] {
    const shows = [...ancestors(hostPath), hostPath].flatMap((above) => sources.get(above) ?? []);
    const found = new Map<string, Standing>();
    for (const index of shows.sort((a, b) => a - b)) {
      const content = contents[index];
      const inner = content?.kind === "mount" ? content.within?.(hostPath) : undefined;
      if (inner === undefined) continue;
      const standing = look(below(operations[index]?.at ?? "/", inner));
      if (standing.host === hostPath && standing.type !== "absent") found.set(standing.path, standing);
    }
    return [...found.values()];
  }

  return { operations, add, look, walk, places };
}

function emptyRoot(inner: string, root: Facts): Shown {
  return inner === "" ? root : { ...ABSENT, parent: root };
}
