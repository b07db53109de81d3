import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import type { Plan } from "../model/plan.gen.ts";
import { type Tree, tree as treeOf, type Who } from "../tree/index.ts";
import type { NetworkExplanation, PathExplanation, VariableExplanation } from "./explanation.ts";
import { guardsOf } from "./guards.ts";
import { explainNetwork } from "./network.ts";
import { pathExplainer } from "./path.ts";
import { explainVariable } from "./variable.ts";

export type {
  Access,
  Advice,
  Decider,
  Explanation,
  FollowedLink,
  NetworkExplanation,
  PathExplanation,
  Sighting,
  VariableExplanation,
} from "./explanation.ts";

/** Answers questions about one plan. */
export interface Explainer {
  /** An absolute path of the sandbox; a host path is answered in the same breath. */
  path(path: string): PathExplanation;
  /** Every mount point, and everything else that an entry asks for, in the order of the tree. */
  all(): readonly PathExplanation[];
  variable(name: string): VariableExplanation;
  network(): NetworkExplanation;
}

/** What explaining is done from, beside the plan. */
export interface Facts {
  readonly host: Host;
  /** The resolved profile: without it nobody knows who lost to a later layer, nor which file to write to. */
  readonly effective?: Effective | undefined;
  readonly tree?: Tree;
}

export function explainer(plan: Plan, { host, effective, tree: given }: Facts): Explainer {
  const tree = given ?? treeOf(plan.operations, host, plan.prepare);
  const file = effective?.sources.at(-1)?.file ?? null;
  const ground = { tree, host, effective, file, guards: guardsOf(effective, host) };
  const path = pathExplainer(plan, whoRuns(plan, host), ground);
  return {
    path,
    all: () => mountPoints(plan).map(path),
    variable: (name) => explainVariable(name, plan, ground),
    network: () => explainNetwork(plan, ground),
  };
}

/** Paths with something of their own; what only leads to one of them is left out. */
function mountPoints({ operations }: Plan): readonly string[] {
  const own = operations.filter(({ present, kind }) => present && kind !== "pin" && kind !== "remount-ro");
  const asked = own.filter((operation) => operation.kind !== "dir" || !operation.implied);
  return [...new Set(asked.map(({ at }) => at))].sort(byParts);
}

/** Parents before children, and what lies below a directory beside it. */
function byParts(a: string, b: string): number {
  const [left, right] = [a, b].map((path) => path.split("/").filter(Boolean));
  for (const [index, name] of (left ?? []).entries()) {
    const other = right?.[index];
    if (other === undefined) return 1;
    if (name !== other) return name < other ? -1 : 1;
  }
  return (left?.length ?? 0) - (right?.length ?? 0);
}

/** bubblewrap keeps capabilities for root alone; in a user namespace they reach its own files only. */
function whoRuns({ capabilities: { value }, namespaces }: Plan, { uid, gid }: Host): Who {
  const name = "CAP_DAC_OVERRIDE";
  const inherits = value.base === "inherited" && uid === 0 && !value.drop.includes(name);
  const has = inherits || value.add.includes(name);
  return { uid, gid, overrides: !has ? "none" : namespaces.user.value === false ? "all" : "own" };
}
