import type { Host } from "../model/host.ts";
import { ancestors, below, relativeTo } from "../model/path.ts";
import type { Operation, Step } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import { growTree } from "../tree/index.ts";
import { readOnlyParent } from "./problems.ts";

/**
 * Masks and protections come over the entries, and can take away the ground that one of them is made on: what bwrap
 * could no longer do is a problem, never a failed start.
 */
export function verify(
  operations: readonly Operation[],
  steps: readonly Step[],
  host: Host,
  report: (problem: Problem) => void,
): void {
  const made = new Set(steps.flatMap((step) => ("path" in step ? [step.path] : [])));
  const tree = growTree(host);
  for (const operation of operations) {
    const { at, origin } = operation;
    if (operation.present && tree.look(at).type === "absent") {
      const parent = ancestors(at).findLast((path) => tree.look(path).type !== "absent") ?? "/";
      const ground = tree.look(parent);
      const isMade = ground.host !== undefined && made.has(below(ground.host, relativeTo(parent, at)));
      if (!isMade && ground.access !== "rw") report(readOnlyParent({ at, missing: at, parent }, origin));
    }
    tree.add(operation);
  }
}
