import { ancestors, below, relativeTo } from "../model/path.ts";
import type { Operation, Step } from "../model/plan.gen.ts";
import { realpath } from "../model/realpath.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import type { Tree } from "../tree/index.ts";
import type { Context } from "./context.ts";
import { nearestExisting, sightings } from "./visible.ts";

/**
 * sbx's own directories that don't exist yet and that the command could make, to leave something there for the next
 * run: they are made first, so that they can be masked like the others.
 */
export function ownDirectorySteps(
  { host }: Context,
  own: readonly string[],
  masked: () => Tree,
): { steps: Step[]; masks: Operation[] } {
  const steps: Step[] = [];
  const masks: Operation[] = [];
  let tree: Tree | undefined;
  for (const directory of own) {
    const real = realpath(host, directory);
    if (real.stat !== undefined || real.loop) continue;
    const above = nearestExisting(host, real.path);
    tree ??= masked();
    const { operations } = tree;
    const writable = sightings(tree, host, above).filter(
      ({ place }) => place.access === "rw" && operations[place.mount]?.kind !== "overlay",
    );
    if (writable.length === 0) continue;
    const missing = [...ancestors(real.path), real.path].filter((path) => host.lstat(path) === undefined);
    steps.push(
      ...missing.map((path): Step => ({ kind: "make-directory", path, mode: "0700", origin: DEFAULT_ORIGIN })),
    );
    for (const { place } of writable) {
      const at = below(place.path, relativeTo(above, real.path));
      masks.push({ kind: "mask", at, source: real.path, type: "directory", present: true, origin: DEFAULT_ORIGIN });
    }
  }
  return { steps, masks };
}
