import { ancestors, below, isWithin, relativeTo } from "../model/path.ts";
import type { Operation, OverlayOperation, Step } from "../model/plan.gen.ts";
import type { Tree } from "../tree/index.ts";

type Mounted = OverlayOperation & { readonly place: string };

const isOfFuse = (operation: Operation): operation is Mounted =>
  operation.kind === "overlay" &&
  operation.present &&
  operation.by === "fuse-overlayfs" &&
  operation.place !== undefined;

const strictlyWithin = (view: OverlayOperation, { at, present }: Operation): boolean =>
  present && at !== view.at && isWithin(view.at, at);

/**
 * The directories of a FUSE view that lead to mounts in it, bound onto themselves. A rename of one that is interrupted
 * (its process is killed) makes the kernel forget the directory with every mount below it (fuse_rename_common in
 * fs/fuse/dir.c, d_invalidate): a mask would be gone. What is a mount point can't be renamed.
 */
export function heldDirectories(operations: readonly Operation[], tree: Tree): Operation[] {
  const taken = new Set(operations.filter(({ kind, present }) => present && kind !== "dir").map(({ at }) => at));
  const held = new Map<string, Operation>();
  for (const view of operations.filter(isOfFuse)) {
    const ways = operations.filter((each) => strictlyWithin(view, each)).flatMap(({ at }) => ancestors(at));
    for (const at of new Set(ways)) {
      if (at === view.at || !isWithin(view.at, at) || taken.has(at)) continue;
      const { type, mount, host } = tree.look(at);
      if (type !== "directory" || host === undefined || tree.operations[mount]?.at !== view.at) continue;
      const inner = relativeTo(view.at, at);
      const { source, place, keep: _keep, mode: _mode, ...same } = view;
      held.set(at, { ...same, at, source: below(source, inner), place: below(place, inner) });
    }
  }
  return [...held.values()];
}

/** Tells each kept layer what is mounted in its view: bwrap would follow links on the way there, out of the sandbox. */
export function withWays(steps: readonly Step[], operations: readonly Operation[]): Step[] {
  return steps.map((step) => {
    if (step.kind !== "keep-layer") return step;
    const view = operations.find((each) => each.kind === "overlay" && each.present && each.keep === step.path);
    if (view?.kind !== "overlay") return step;
    const places = operations
      .filter((each) => strictlyWithin(view, each))
      // A link is made in its directory, and is itself one afterwards.
      .map((each) => (each.kind === "symlink" ? (ancestors(each.at).at(-1) ?? "/") : each.at))
      .filter((at) => at !== view.at);
    return { ...step, through: [...new Set(places)].map((at) => relativeTo(view.at, at)) };
  });
}
