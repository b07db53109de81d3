import type { Host } from "../model/host.ts";
import { ancestors } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import type { Standing } from "../tree/index.ts";
import type { Judged } from "./item.ts";

/** Where a host path shows, or would if it were made: what it needs is there. */
export function seen({ tree, host }: Judged, path: string): readonly Standing[] {
  return tree.places(nearestExisting(host, path)).filter(({ access }) => access !== "masked");
}

/** Where a host path can be written, or made. */
export function writable(judged: Judged, path: string): readonly Standing[] {
  const { operations } = judged.tree;
  return seen(judged, path).filter(({ access, mount }) => access === "rw" && operations[mount]?.kind !== "overlay");
}

const nearestExisting = (host: Host, path: string): string =>
  [...ancestors(path), path].findLast((each) => host.lstat(each) !== undefined) ?? "/";

type Bind = Extract<Operation, { kind: "bind" }>;

/** The binds of host paths that are on top at their places. */
export const shownBinds = ({ tree }: Judged): readonly Bind[] =>
  tree.operations.filter(
    (each, index): each is Bind =>
      each.kind === "bind" && each.present && each.source.startsWith("/") && tree.look(each.at).mount === index,
  );

/** Who shows what stands there: the entry whose mount it is. */
export const originsOf = ({ tree }: Judged, places: readonly Standing[]) =>
  [...new Set(places.map(({ mount }) => mount))].flatMap((index) => tree.operations[index]?.origin ?? []);
