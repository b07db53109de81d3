import type { Host } from "../model/host.ts";
import { parentOf } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import type { Tree } from "./index.ts";
import type { Standing } from "./standing.ts";

/** A tree, and the machine that it is of. */
export interface Scene {
  readonly tree: Tree;
  readonly host: Host;
}

/** Where a host path shows, or would if it were made: what it needs is there. */
export function seen({ tree, host }: Scene, path: string): readonly Standing[] {
  return tree.places(nearestExisting(host, path)).filter(({ access }) => access !== "masked");
}

/** Where a host path can be written, or made. */
export function writable(scene: Scene, path: string): readonly Standing[] {
  const { operations } = scene.tree;
  return seen(scene, path).filter(({ access, mount }) => access === "rw" && operations[mount]?.kind !== "overlay");
}

function nearestExisting(host: Host, path: string): string {
  let above = path;
  while (above !== "/" && host.lstat(above) === undefined) above = parentOf(above);
  return above;
}

type Bind = Extract<Operation, { kind: "bind" }>;

/** The binds of host paths that are on top at their places. */
export const shownBinds = ({ tree }: Pick<Scene, "tree">): readonly Bind[] =>
  tree.operations.filter(
    (each, index): each is Bind =>
      each.kind === "bind" && each.present && each.source.startsWith("/") && tree.cover(each.at) === index,
  );

/** The entry that shows what stands at a place: pins and protections show what another entry brought. */
export function showing({ operations }: Tree, { mount, shadowed }: Standing): Operation | undefined {
  const isGuard = (index: number) => operations[index]?.kind === "pin" || operations[index]?.kind === "protect";
  return operations[isGuard(mount) ? (shadowed.find((index) => !isGuard(index)) ?? mount) : mount];
}

/** Who shows what stands there. */
export const originsOf = ({ tree }: Pick<Scene, "tree">, places: readonly Standing[]) =>
  [...new Set(places.flatMap((place) => showing(tree, place) ?? []))].map(({ origin }) => origin);
