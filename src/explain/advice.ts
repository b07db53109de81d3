import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import { isWithin, parentOf } from "../model/path.ts";
import { escapePattern } from "../model/pattern.ts";
import type { Operation } from "../model/plan.gen.ts";
import { realpath } from "../model/realpath.ts";
import type { Origin } from "../model/source.ts";
import type { Standing, Tree, Walk } from "../tree/index.ts";
import { isDefault, isGit, sectionOf } from "./entry.ts";
import type { Access, Advice } from "./explanation.ts";
import type { Guards } from "./guards.ts";

/** Where advice is to be written, and what it must fit. */
export interface Ground {
  readonly tree: Tree;
  readonly host: Host;
  readonly effective: Effective | undefined;
  readonly guards: Guards;
  /** The governing profile. */
  readonly file: string | null;
}

/** What to write for a path to be something else; nothing where nothing simple would do. */
export function advise(walk: Walk, operation: Operation | undefined, ground: Ground): readonly Advice[] {
  if (walk.loop) return [];
  switch (walk.access) {
    case "masked":
      return operation?.kind === "mask" ? toShow(walk, operation, ground) : [];
    case "absent":
      return operation?.kind === "mask" ? toShow(walk, operation, ground) : toGrant(walk, ground);
    case "ro":
      return toWrite(walk, operation, ground);
    case "rw":
      return toKeep(walk, operation, ground);
    case "device":
      return [];
  }
}

const isFile = (file: string): boolean => file.startsWith("/") || file === "object";

/** The entry itself is changed where a further one would be a second one for its place, or would lose against it. */
function isOwn({ file, flag }: Origin, ground: Ground): boolean {
  return isFile(file) && (file === ground.file || flag !== undefined);
}

const edit = (to: Access, what: string, { file, line, column }: Origin): Advice => ({
  to,
  edit: what,
  file,
  line,
  column,
});

/** A grant of a place: the entry that is there already is changed, or replaced by one that comes later. */
function grant(to: Access, word: string, walk: Walk, operation: Operation, ground: Ground): readonly Advice[] {
  const { path, host = path } = walk;
  const { origin } = operation;
  const isSame = operation.at === path;
  // A mark has no access: it is writable by what it is.
  if (isSame && (origin.file === "command-line" || origin.route.includes("marked"))) return [];
  if (isSame && isOwn(origin, ground)) return [edit(to, `write \`${word}\` here`, origin)];
  if (isSame && origin.flag !== undefined) return [];
  const at = (isSame && writtenAt(origin, ground)) || path;
  return [{ to, add: { mounts: { [at]: host === at ? word : { from: host, access: word } } }, file: ground.file }];
}

/** The destination as its author has it, where links lead elsewhere. */
function writtenAt(origin: Origin, { effective }: Ground): string | undefined {
  const entries = effective === undefined ? [] : [...effective.entries];
  return entries.find(([, leaf]) => samePlace(leaf.origin, origin))?.[0];
}

function toWrite(walk: Walk, operation: Operation | undefined, ground: Ground): readonly Advice[] {
  const { path, type, content, host, readOnlyHost, frozenBy } = walk;
  if (operation === undefined || readOnlyHost || frozenBy !== undefined || path === "/") return [];
  if (operation.kind === "protect") return toRelease(operation, ground);
  if (operation.kind !== "bind" || content !== "host" || host === undefined || isGit(host)) return [];
  if (ground.guards.masks(host) + ground.guards.protections(host) > 0) return [];
  if (type === "device") return grant("device", "dev", walk, operation, ground);
  if ((type !== "file" && type !== "directory") || ground.host.lstat(host) === undefined) return [];
  return grant("rw", "rw", walk, operation, ground);
}

/** A protected path is one that would be writable. */
function toRelease({ origin, source }: Operation & { readonly source: string }, ground: Ground): readonly Advice[] {
  // Of two protections one is left.
  if (sectionOf(origin) !== "protect" || ground.guards.protections(source) > 1) return [];
  const path = ground.effective?.protect.find((leaf) => samePlace(leaf.origin, origin))?.value.path ?? source;
  return takeAway("rw", "protect", path, origin, ground);
}

function takeAway(to: Access, field: string, name: string, origin: Origin, ground: Ground): readonly Advice[] {
  if (isOwn(origin, ground)) return [edit(to, `delete this entry of \`${field}\``, origin)];
  if (origin.flag !== undefined || origin.file === "command-line") return [];
  return [{ to, add: { remove: { [field]: [name] } }, file: ground.file }];
}

const samePlace = (a: Origin, b: Origin): boolean => a.file === b.file && a.line === b.line && a.column === b.column;

function toShow(walk: Walk, mask: Operation & { readonly kind: "mask" }, ground: Ground): readonly Advice[] {
  const { origin, source, at } = mask;
  const section = sectionOf(origin);
  const hidden = `${source === "/" ? "" : source}${walk.path.slice(at.length)}`;
  const isThere = ![undefined, "link"].includes(ground.host.lstat(hidden)?.type);
  const { operations, shadowed } = ground.tree;
  const below = operations[shadowed(walk).find((index) => showsHost(operations[index])) ?? -1];
  const isReadOnly = (below?.kind === "bind" && below.access === "ro") || ground.guards.protections(hidden) > 0;
  const to = isReadOnly ? "ro" : "rw";
  if (!isThere) return [];
  if (section === "git" || (isDefault(origin) && isGit(source))) {
    return isOwn(origin, ground)
      ? [edit("ro", "write `git: ro`", origin)]
      : [{ to: "ro", add: { git: "ro" }, file: ground.file }];
  }
  if (section !== "mask" || ground.guards.masks(hidden) > 1) return [];
  const name = ground.effective?.mask.find((leaf) => samePlace(leaf.origin, origin))?.value ?? escapePattern(source);
  return takeAway(to, "mask", name, origin, ground);
}

const showsHost = (operation: Operation | undefined): boolean =>
  operation?.kind === "bind" || operation?.kind === "overlay";

function toKeep(walk: Walk, operation: Operation | undefined, ground: Ground): readonly Advice[] {
  const { path, type, content, host } = walk;
  if (operation?.kind !== "bind" || content !== "host" || host === undefined || path === "/" || isGit(host)) return [];
  if ((type !== "file" && type !== "directory") || ground.host.lstat(host) === undefined) return [];
  if (operation.at === path) return isUsedBelow(walk, ground) ? [] : grant("ro", "ro", walk, operation, ground);
  if (isUsedBelow(walk, ground)) return [];
  const isShared = type === "file" && (ground.host.lstat(host)?.nlink ?? 1) > 1;
  const { file } = ground;
  return [
    ...(isShared ? [] : [{ to: "ro" as const, add: { protect: [escapePattern(host)] }, file }]),
    { to: "masked", add: { mask: [escapePattern(host)] }, file },
  ];
}

/**
 * Another entry shows a part of it, or lies in it: what is hidden is hidden whole, and where nothing can be written no
 * mount point can be made.
 */
function isUsedBelow({ path: own, host = own }: Walk, { tree }: Ground): boolean {
  const places = tree.places(host).map(({ path }) => path);
  return tree.operations.some((each) => {
    if (!each.present || each.at === own || each.kind === "pin" || each.kind === "protect") return false;
    if ("source" in each && isWithin(host, each.source)) return true;
    return places.some((place) => isWithin(place, each.at));
  });
}

function toGrant(walk: Walk, ground: Ground): readonly Advice[] {
  const { tree, host, file } = ground;
  const { path } = walk;
  const stat = host.lstat(path);
  const base = groundOf(tree, path);
  // A way through what is not there leads nowhere, whatever its end is called.
  if (tree.look(path).type !== "absent") return [];
  if (stat === undefined || stat.type === "unreadable" || isGit(path)) return [];
  if (ground.guards.masks(path) > 0) return [];
  if (base.access !== "rw" || base.type !== "directory") return [];
  // The same destination can't have two entries, and one that was skipped is one.
  if (tree.operations.some(({ at, present }) => at === path && !present)) return [];
  if (stat.type === "character" || stat.type === "block") {
    return [{ to: "device", add: { devices: [escapePattern(path)] }, file }];
  }
  if (isWithin("/proc", path)) return path === "/proc" ? [{ to: "ro", add: { proc: "true" }, file }] : [];
  if (stat.type !== "link") return [{ to: "ro", add: { mounts: { [path]: "ro" } }, file }];
  // At its own destination a link stays one: what it leads to is wanted too.
  const end = realpath(host, path);
  if (base.host !== undefined || end.stat === undefined || end.loop) return [];
  const seen = tree.look(end.path);
  if (seen.type !== "absent") return [{ to: seen.access, add: { mounts: { [path]: "ro" } }, file }];
  if (groundOf(tree, end.path).access !== "rw" || groundOf(tree, end.path).host !== undefined) return [];
  return [{ to: "ro", add: { mounts: { [path]: "ro", [end.path]: "ro" } }, file }];
}

/** The nearest thing above a path that is there. */
export function groundOf(tree: Tree, path: string): Standing {
  let above = tree.look(parentOf(path));
  while (above.type === "absent" && above.path !== "/") above = tree.look(parentOf(above.path));
  return above;
}
