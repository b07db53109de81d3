import type { Host } from "../model/host.ts";
import { ancestors, below, components, parentOf, relativeTo } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import { MAX_LINKS } from "../model/realpath.ts";
import { ABSENT, type Content, contentOf, isRunPath } from "./content.ts";
import { laterHost, typeNeeded } from "./made.ts";
import type { Standing, Walk } from "./standing.ts";

export { aliasedParts, aliases } from "./aliases.ts";
export { isRunPath, typeOf } from "./content.ts";
export { laterHost, typeNeeded } from "./made.ts";
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

/** The tree of a plan. Pure: the same operations and facts give the same answers. */
export function tree(operations: readonly Operation[], host: Host): Tree {
  const growing = growTree(host);
  for (const operation of operations) growing.add(operation);
  return growing;
}

/** An empty tree: a root directory on a tmpfs, as bubblewrap starts with. */
export function growTree(givenHost: Host): GrowingTree {
  const { host, note } = laterHost(givenHost);
  const operations: Operation[] = [];
  const contents: (Content | undefined)[] = [];
  const root = newPoint();

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
    contents.push(operation.present ? contentOf(operation, host) : undefined);
    if (!operation.present) return index;
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
    const shadowed = found.filter((index) => index !== decidedBy && index !== frozen).sort((a, b) => b - a);
    const base = { path, mount, decidedBy, shadowed };
    const cover = contents[mount];
    const inner = relativeTo(operations[mount]?.at ?? "/", path);
    const within = cover?.kind === "mount" ? cover.look(inner) : emptyRoot(inner);
    const standing = (facts: Omit<Standing, keyof typeof base>): Standing => ({
      ...base,
      ...facts,
      access: frozen >= 0 && facts.access === "rw" ? "ro" : facts.access,
    });
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
    let current = "/";
    let broken = false;
    for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
      if (name === "" || name === ".") continue;
      if (name === "..") {
        // The kernel goes up only from what is there; the text alone says where that would have led.
        broken ||= !["directory", "unknown"].includes(look(current).type);
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
      if (links.length > MAX_LINKS) return { ...standing, links, loop: true };
      if (target.startsWith("/")) current = "/";
      pending.unshift(...target.split("/"));
    }
    const found = look(current);
    if (!broken) return { ...found, links, loop: false };
    const { path: to, mount, decidedBy, shadowed } = found;
    return { ...ABSENT, path: to, mount, decidedBy, shadowed, links, loop: false };
  }

  function places(hostPath: string): readonly Standing[] {
    const found = new Map<string, Standing>();
    operations.forEach((operation, index) => {
      const content = contents[index];
      const inner = content?.kind === "mount" ? content.within?.(hostPath) : undefined;
      if (inner === undefined) return;
      const standing = look(below(operation.at, inner));
      if (standing.host === hostPath && standing.type !== "absent") found.set(standing.path, standing);
    });
    return [...found.values()];
  }

  return { operations, add, look, walk, places };
}

const directory = { type: "directory", access: "rw", content: "tmpfs" } as const;

function emptyRoot(inner: string) {
  if (inner === "") return { ...directory, parent: undefined };
  return { ...ABSENT, parent: directory };
}
