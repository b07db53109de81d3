import { isWithin, parentOf } from "../model/path.ts";
import type { Operation, Plan } from "../model/plan.gen.ts";
import type { Spot } from "../model/problem.ts";
import { isRunPath } from "../tree/index.ts";

/** A host directory that a sandbox is built from. */
export interface LockableRoot {
  readonly path: string;
  /** Whether the sandbox may change something in it, or sbx makes mount points there. */
  readonly changes: boolean;
  readonly spot: Spot;
}

/**
 * The tree that the sandbox's system comes from, when it is not the host's own: what is bound at `/`, or what holds the
 * `usr` that is bound at `/usr`. Two sandboxes over one such tree get in each other's way.
 */
export function rootOf({ operations, footprint }: Pick<Plan, "operations" | "footprint">): LockableRoot | undefined {
  const root = shownAt("/", operations);
  const usr = shownAt("/usr", operations);
  const path = root?.source ?? (usr?.source.endsWith("/usr") ? parentOf(usr.source) : undefined);
  const spot = (root ?? usr)?.origin;
  if (path === undefined || path === "/" || isRunPath(path) || spot === undefined) return undefined;
  const isWritten = operations.some(
    (operation) =>
      operation.kind === "bind" && operation.present && operation.access !== "ro" && isWithin(path, operation.source),
  );
  const isMade = footprint.some((entry) => isWithin(path, entry.path));
  return { path, changes: isWritten || isMade, spot };
}

type Shown = Extract<Operation, { readonly kind: "bind" | "overlay" }>;

const shownAt = (place: string, operations: readonly Operation[]): Shown | undefined =>
  operations.findLast(
    (operation): operation is Shown =>
      (operation.kind === "bind" || operation.kind === "overlay") && operation.present && operation.at === place,
  );
