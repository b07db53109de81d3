import type { Host } from "../model/host.ts";
import { LAYER_FILE, type LayerFormat, parseLayer } from "../model/overlay.ts";
import { isForeign, othersCanWrite } from "../model/ownership.ts";
import { ancestors, below, isWithin } from "../model/path.ts";
import type { OverlayOperation } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import {
  keepInReach,
  keepNoDirectory,
  keepNotEmpty,
  keepNotOwn,
  keepOfOther,
  keepOverlaps,
  keepTwice,
} from "./layer-problems.ts";

/** A view that keeps its layer. */
export type Keeping = OverlayOperation & { readonly keep: string };

export const isKeeping = (operation: OverlayOperation): operation is Keeping => operation.keep !== undefined;

/** A host directory that an entry shows, or a layer is kept in. */
interface Used {
  readonly path: string;
  readonly at: string;
}

/** What speaks against keeping a layer where an author wants it. */
export function refuseKeep(
  operation: Keeping,
  { writable, others }: { readonly writable: readonly Used[]; readonly others: readonly Used[] },
  host: Host,
): Problem | undefined {
  const { keep, source, at, origin } = operation;
  const overlaps = (path: string) => isWithin(path, keep) || isWithin(keep, path);
  if (overlaps(source)) return keepOverlaps({ keep, source }, origin);
  const other = others.find(({ path }) => overlaps(path));
  if (other) return keepTwice({ keep, at, other: other.at }, origin);
  // What is planted in a layer is mounted as if it were the command's own work, through links if need be.
  const open = writable.find(({ path }) => overlaps(path));
  if (open) return keepInReach({ keep, source: open.path, at: open.at }, origin);
  return whyOpen(operation, host) ?? whyUnfit(operation, host);
}

/** Whoever could exchange a directory above it could have another one taken for it. */
function whyOpen({ keep, origin }: Keeping, host: Host): Problem | undefined {
  for (const path of ancestors(keep)) {
    const stat = host.lstat(path);
    if (stat === undefined) continue;
    const isSticky = (stat.mode & 0o1000) !== 0;
    const why = isForeign(stat, host)
      ? `${path} above it belongs to user ${stat.uid}`
      : othersCanWrite(stat, host) && !isSticky
        ? `others can write to ${path} above it`
        : undefined;
    if (why !== undefined) return keepNotOwn({ keep, why }, origin);
  }
  return undefined;
}

function whyUnfit({ keep, source, origin }: Keeping, host: Host): Problem | undefined {
  const stat = host.lstat(keep);
  if (stat === undefined) return undefined;
  if (stat.type !== "directory") return keepNoDirectory({ keep, found: stat.type }, origin);
  if (stat.uid !== host.uid) return keepNotOwn({ keep, why: `it belongs to user ${stat.uid}` }, origin);
  if ((stat.mode & 0o022) !== 0) return keepNotOwn({ keep, why: "others can write to it" }, origin);
  const layer = layerIn(keep, host);
  if (layer === undefined) return host.readdir(keep)?.length === 0 ? undefined : keepNotEmpty({ keep }, origin);
  return layer.source === source ? undefined : keepOfOther({ keep, source, other: layer.source }, origin);
}

const layerIn = (keep: string, host: Host) => parseLayer(host.readText(below(keep, LAYER_FILE)) ?? "");

/** How a layer was written that is to be gone on with. */
export const formatIn = (keep: string, host: Host): LayerFormat | undefined => layerIn(keep, host)?.format;

/** The directories above it that don't exist yet. */
export const missingAbove = (keep: string, host: Host): string[] =>
  ancestors(keep).filter((path) => host.lstat(path) === undefined);
