import type { Host } from "../model/host.ts";
import { ancestors } from "../model/path.ts";
import type { Operation, Step } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import { grownAs, growTree, laterHost, type Standing, typeNeeded } from "../tree/index.ts";
import { readOnlyParent, typeClash } from "./problems.ts";

/**
 * Masks and protections come over the entries, and can take away the ground that one of them is made on; and what a
 * step makes for one entry shows wherever another shows that place. What bwrap could no longer do is a problem, never a
 * failed start.
 */
export function verify(
  operations: readonly Operation[],
  steps: readonly Step[],
  host: Host,
  report: (problem: Problem) => void,
): void {
  const then = whenStepsAreDone(host, steps);
  const tree = growTree(then, steps);
  for (const operation of operations) {
    const { at, origin, present } = operation;
    const standing = tree.look(at);
    if (present && standing.type === "absent") {
      const parent = ancestors(at).findLast((path) => tree.look(path).type !== "absent") ?? "/";
      if (tree.look(parent).access !== "rw") report(readOnlyParent({ at, missing: at, parent }, origin));
    } else if (present && clashes(operation, standing)) {
      report(typeClash({ at, wanted: typeNeeded(operation), found: standing.type }, origin));
    }
    tree.add(operation);
  }
  // Where steps make nothing that shows, it is the tree of the plan itself.
  if (then === host) grownAs(tree, operations, host, steps);
}

function whenStepsAreDone(host: Host, steps: readonly Step[]): Host {
  if (!steps.some(({ kind }) => MAKING.has(kind))) return host;
  const later = laterHost(host);
  for (const step of steps) {
    if (step.kind === "mount-point") later.note(step.path, step.type);
    if (step.kind === "make-directory") later.note(step.path, "directory");
    if (step.kind === "make-file") later.note(step.path, "file");
  }
  return later.host;
}

const MAKING: ReadonlySet<Step["kind"]> = new Set(["mount-point", "make-directory", "make-file"]);

/** Entries only: masks, protections and pins are made after what stands there. */
function clashes(operation: Operation, { type }: Standing): boolean {
  const { kind } = operation;
  if (type === "unknown" || (kind !== "bind" && kind !== "file" && kind !== "tmpfs" && kind !== "overlay"))
    return false;
  return (type === "directory" ? "directory" : "file") !== typeNeeded(operation);
}
