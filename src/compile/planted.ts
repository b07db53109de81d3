import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import { parentOf } from "../model/path.ts";
import { isGlob, literalPath } from "../model/pattern.ts";
import type { Problem } from "../model/problem.ts";
import { realpath } from "../model/realpath.ts";
import { DEFAULT_ORIGIN, type Origin } from "../model/source.ts";
import type { Tree } from "../tree/index.ts";
import { plantedLink } from "./guard-problems.ts";
import { sightings } from "./visible.ts";

/** A host path as an author wrote it. */
interface Written {
  readonly path: string;
  /** As messages call it, where only the way there matters. */
  readonly name?: string;
  readonly origin: Origin;
}

/**
 * Refuses host paths that lead through a link which the command could replace: what it points to next time would be
 * mounted, or no longer be masked or protected.
 */
export function refusePlantedLinks(
  effective: Effective,
  tree: Tree,
  host: Host,
  report: (problem: Problem) => void,
): void {
  for (const { path, name = path, origin } of written(effective, host)) {
    const found = realpath(host, path);
    const link = found.links.find((each) => isReplaceable(tree, host, each));
    if (link !== undefined)
      report(plantedLink({ path: name, link, real: `${found.path}${name.slice(path.length)}` }, origin));
  }
  for (const { file, ways = [] } of effective.sources) {
    for (const { path, kind } of ways) {
      if (kind !== "link" || !isReplaceable(tree, host, path)) continue;
      report(plantedLink({ path: file, link: path, real: realpath(host, path).path }, DEFAULT_ORIGIN));
    }
  }
}

function isReplaceable(tree: Tree, host: Host, link: string): boolean {
  return sightings(tree, host, parentOf(link)).some(
    ({ place }) => place.access === "rw" && tree.operations[place.mount]?.kind !== "overlay",
  );
}

function written({ root, entries, mask, protect }: Effective, host: Host): Written[] {
  const staged = typeof root.value === "string" ? [] : [{ path: root.value.from, origin: root.origin }];
  const sources = [...entries].flatMap(([at, { value: entry, origin }]) => {
    if (entry.kind === "marked") return entry.spec.from === undefined ? [] : [{ path: entry.spec.from, origin }];
    if (entry.kind !== "mount") return [];
    const from = typeof entry.spec === "string" ? undefined : entry.spec.from;
    const scratch = typeof entry.spec !== "string" && entry.spec.scratch !== undefined;
    const keep = typeof entry.spec === "string" ? undefined : entry.spec.keep;
    const kept = keep === undefined ? [] : [{ path: keep, origin }];
    // At its own destination a link stays a link, and one on the way there is the destination's affair.
    return scratch || from === undefined || from === at ? kept : [{ path: from, origin }, ...kept];
  });
  const masks = mask
    .filter(({ value }) => !isGlob(value))
    .map(({ value, origin }) => ({ path: literalPath(value), origin }));
  const protections = protect.map(({ value, origin }) => {
    const name = literalPath(value.path);
    return { path: parentOf(name), name, origin };
  });
  return [...staged, ...sources, ...masks, ...protections].filter(({ path }) => host.lstat(path) !== undefined);
}
