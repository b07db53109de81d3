import type { Host } from "../model/host.ts";
import { parentOf } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import { realpath } from "../model/realpath.ts";
import type { Tree } from "./index.ts";
import type { Standing } from "./standing.ts";

/** A tree, and the machine that it is of. */
export interface Scene {
  readonly tree: Tree;
  readonly host: Host;
}

/** Where a host path shows, or would if it were made: what it needs is there. Links on the host lead to what is meant. */
export const seen = (scene: Scene, path: string): readonly Standing[] => shown(scene, realpath(scene.host, path).path);

/** Where a host path can be written, or made, or led to elsewhere by another link. */
export function writable(scene: Scene, path: string): readonly Standing[] {
  const { tree, host } = scene;
  const real = realpath(host, path);
  return [real.path, ...real.links]
    .flatMap((each) => shown(scene, each))
    .filter(({ access, mount }) => access === "rw" && tree.operations[mount]?.kind !== "overlay");
}

const shown = ({ tree, host }: Scene, path: string): readonly Standing[] =>
  tree.places(nearestExisting(host, path)).filter(({ access }) => access !== "masked");

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
