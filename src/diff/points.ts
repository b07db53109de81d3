import { ancestors, below, parentOf, relativeTo } from "../model/path.ts";
import type { Sandbox } from "./sandbox.ts";

/**
 * Every path at which either sandbox could begin to answer otherwise, parents first: the destinations and what leads to
 * them, and what steps make. Between them an answer follows from the mount that covers it.
 */
export function points(sandboxes: readonly Sandbox[]): readonly string[] {
  const found = new Set<string>(["/"]);
  const add = (path: string): void => {
    found.add(path);
    for (const above of ancestors(path)) found.add(above);
  };
  for (const { plan } of sandboxes) {
    for (const operation of plan.operations) {
      if (!operation.present) continue;
      add(operation.at);
      if (operation.kind !== "bind") continue;
      for (const step of plan.prepare) {
        if (step.kind !== "make-node" || !step.path.startsWith(`${operation.source}/`)) continue;
        add(below(operation.at, relativeTo(operation.source, step.path)));
      }
    }
  }
  for (const path of madeOnHost(sandboxes, [...found])) add(path);
  return [...found].sort();
}

/** Where either sandbox shows what a run makes on the host first: through another view of the place, too. */
function madeOnHost(sandboxes: readonly Sandbox[], known: readonly string[]): string[] {
  const made = new Set<string>();
  for (const { plan, tree, host } of sandboxes) {
    const sources = plan.operations.flatMap((each) => (each.present && "source" in each ? [each.source] : []));
    // What a mount needs to stand on is made in the directory that shows above it.
    const behind = known.flatMap((path) => {
      const above = tree.look(parentOf(path)).host;
      return above === undefined ? [] : [below(above, relativeTo(parentOf(path), path))];
    });
    for (const path of [...sources, ...behind]) {
      if (!path.startsWith("/")) continue;
      for (const each of [path, ...ancestors(path)]) if (host.lstat(each) === undefined) made.add(each);
    }
  }
  return [...made].flatMap((path) => sandboxes.flatMap(({ tree }) => tree.places(path).map((place) => place.path)));
}
