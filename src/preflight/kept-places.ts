import type { Host } from "../model/host.ts";
import type { KeptPlace } from "../model/invocation.ts";
import { relativeTo } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import { growTree, isRunPath } from "../tree/index.ts";

/**
 * The destinations that lie in a directory which lives from run to run: no plan knows what earlier runs have made there,
 * and bwrap before 0.12 follows a link to wherever it leads on the host (CVE-2026-87766).
 */
export function keptPlaces(operations: readonly Operation[], host: Host): KeptPlace[] {
  const tree = growTree(host);
  return operations.flatMap((operation) => {
    const { at, origin } = operation;
    const cover = operation.present ? tree.operations[tree.look(at).mount] : undefined;
    tree.add(operation);
    if (cover?.kind !== "bind" || cover.at === at || !isRunPath(cover.source)) return [];
    return {
      at,
      place: cover.source,
      inner: relativeTo(cover.at, at),
      isLink: operation.kind === "symlink",
      spot: origin,
    };
  });
}
