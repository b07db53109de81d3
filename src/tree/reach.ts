import type { Host } from "../model/host.ts";
import { parentOf } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import { type RealPath, realpath } from "../model/realpath.ts";
import type { Tree } from "./index.ts";
import type { Standing } from "./standing.ts";

/** A tree, and the machine that it is of. */
export interface Scene {
  readonly tree: Tree;
  readonly host: Host;
}

/** Where a host path shows, or would if it were made: what it needs is there. Links on the host lead to what is meant. */
export const seen = (scene: Scene, path: string): readonly Standing[] => seenAt(scene, realpath(scene.host, path));

/** The same for a path whose links have been followed. */
export const seenAt = (scene: Scene, { path }: Pick<RealPath, "path">): readonly Standing[] => shown(scene, path);

/** Where a host path can be written, or made, or led to elsewhere by another link. */
export const writable = (scene: Scene, path: string): readonly Standing[] =>
  writableAt(scene, realpath(scene.host, path));

/** The same for a path whose links have been followed. */
export const writableAt = (scene: Scene, { path, links }: Pick<RealPath, "path" | "links">): readonly Standing[] =>
  [path, ...links]
    .flatMap((each) => shown(scene, each))
    .filter(({ access, mount }) => access === "rw" && scene.tree.operations[mount]?.kind !== "overlay");

const shown = ({ tree, host }: Scene, path: string): readonly Standing[] =>
  tree.places(nearestExisting(host, path)).filter(({ access }) => access !== "masked");

function nearestExisting(host: Host, path: string): string {
  let above = path;
  while (above !== "/" && host.lstat(above) === undefined) above = parentOf(above);
  return above;
}

type Bind = Extract<Operation, { kind: "bind" }>;
type Overlay = Extract<Operation, { kind: "overlay" }>;

/** The binds of host paths that are on top at their places. */
export const shownBinds = ({ tree }: Pick<Scene, "tree">): readonly Bind[] =>
  tree.operations.filter(
    (each, index): each is Bind =>
      each.kind === "bind" && each.present && each.source.startsWith("/") && tree.cover(each.at) === index,
  );

/** The copy-on-write views that are on top at their places. */
export const shownOverlays = ({ tree }: Pick<Scene, "tree">): readonly Overlay[] =>
  tree.operations.filter(
    (each, index): each is Overlay => each.kind === "overlay" && each.present && tree.cover(each.at) === index,
  );

/** The entry that shows what stands at a place: pins and protections show what another entry brought. */
export function showing(tree: Tree, standing: Standing): Operation | undefined {
  const { operations } = tree;
  const { mount } = standing;
  const isGuard = (index: number) => operations[index]?.kind === "pin" || operations[index]?.kind === "protect";
  return operations[isGuard(mount) ? (tree.shadowed(standing).find((index) => !isGuard(index)) ?? mount) : mount];
}

/** Index of the operation that decides at a place: a pin shows what stands there anyway, and who brought that decides. */
export function deciding({ operations, shadowed }: Tree, standing: Pick<Standing, "path" | "decidedBy">): number {
  const { decidedBy } = standing;
  const isPin = (index: number) => operations[index]?.kind === "pin";
  return isPin(decidedBy) ? (shadowed(standing).find((index) => !isPin(index)) ?? decidedBy) : decidedBy;
}

/** Who shows what stands there. */
export const originsOf = ({ tree }: Pick<Scene, "tree">, places: readonly Standing[]) =>
  [...new Set(places.flatMap((place) => showing(tree, place) ?? []))].map(({ origin }) => origin);
