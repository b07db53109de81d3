import { isWithin } from "../model/path.ts";
import type { Plan, Step } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import { isRunPath } from "../tree/index.ts";
import { guardInReach, hostSideProgram } from "./problems.ts";

/** The programs that stand guard, by what messages call them; paths without links. */
export type Guards = Readonly<Record<string, string>>;

/** A command that can write to sbx, node or bwrap decides what the next run is. */
export function guardsInReach(plan: Plan, guards: Guards): Problem[] {
  return plan.operations.flatMap((operation) => {
    if (operation.kind !== "bind" || operation.access === "ro" || !operation.present) return [];
    const { source, at, origin } = operation;
    if (isRunPath(source)) return [];
    return Object.entries(guards)
      .filter(([, path]) => isWithin(source, path))
      .filter(([, path]) => !isProtected(plan, path))
      .map(([what, path]) => guardInReach({ what, path, source, at }, origin));
  });
}

/** A protection (with its pinned parents) takes a program out of reach; a mere read-only mount could be moved away. */
function isProtected(plan: Plan, path: string): boolean {
  return plan.operations.some(
    (operation) => operation.kind === "protect" && operation.present && isWithin(operation.source, path),
  );
}

/** Host-side servers are only started for built-ins, the user's own configuration, or when asked by name. */
export function unallowedApis(
  plan: Plan,
  configuration: string,
  allowed: ReadonlySet<string>,
  command: string,
): Problem[] {
  return plan.prepare
    .filter((step): step is Step & { readonly kind: "start-api" } => step.kind === "start-api")
    .filter(({ name, origin }) => {
      const own = origin.file.startsWith("builtin:") || isWithin(configuration, origin.file);
      return !own && !allowed.has(name);
    })
    .map(({ name, origin }) => hostSideProgram({ name, command }, origin));
}
