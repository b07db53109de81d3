import type { Host } from "../model/host.ts";
import type { Plan } from "../model/plan.gen.ts";
import { type Tree, tree } from "../tree/index.ts";

/** One side of a comparison: a plan, and what stands in its sandbox. */
export interface Sandbox {
  readonly plan: Plan;
  readonly tree: Tree;
  readonly host: Host;
}

export const sandboxOf = (plan: Plan, host: Host): Sandbox => ({
  plan,
  tree: tree(plan.operations, host, plan.prepare),
  host,
});
