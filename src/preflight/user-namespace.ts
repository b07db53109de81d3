import type { Plan } from "../model/plan.gen.ts";
import type { Problem, Result } from "../model/problem.ts";
import { userNamespaceLacking } from "./user-problems.ts";

/** Who asks. */
interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/**
 * `user: try` where no user namespace can be had: the plan without one. Refused when the command was to have other ids
 * than the caller's: they would silently be the caller's.
 */
export function settleUser(plan: Plan, caller: Ids, possible: () => boolean): Result<Plan> {
  const { namespaces } = plan;
  if (namespaces.user.value !== "try" || possible()) return { value: plan, problems: [] };
  const { uid, gid, ...process } = plan.process;
  const problems = others(plan, caller);
  if (problems.length > 0) return { value: undefined, problems };
  const value = { ...plan, process, namespaces: { ...namespaces, user: { ...namespaces.user, value: false } } };
  return { value, problems };
}

/** Why bwrap could not set the sandbox up, if that is the reason; asked when it has failed and not before. */
export function lackedUser(plan: Plan, caller: Ids, possible: () => boolean): readonly Problem[] {
  const { user } = plan.namespaces;
  if (user.value !== true || possible()) return [];
  const problems = others(plan, caller);
  if (problems.length > 0) return problems;
  return [userNamespaceLacking({ setting: "namespaces.user: true", value: undefined }, user.origin)];
}

function others({ process: { uid, gid } }: Plan, caller: Ids): Problem[] {
  const problem = (name: "uid" | "gid", leaf: Plan["process"]["uid"]): Problem[] => {
    if (leaf === undefined || leaf.value === caller[name]) return [];
    return [userNamespaceLacking({ setting: `process.${name}`, value: leaf.value }, leaf.origin)];
  };
  return [...problem("uid", uid), ...problem("gid", gid)];
}
