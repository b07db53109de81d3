import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import { tree } from "../tree/index.ts";
import { lackedCapabilities } from "./capabilities.ts";
import { capabilityLacking, gitWritable, monitorInReach } from "./problems.ts";

/** What the plan asks for and bwrap would not keep: refused before anything is done, never passed over. */
export function unenforceable(plan: Plan, host: Host): Problem[] {
  const problems: Problem[] = [];
  if (seesMonitor(plan, host)) problems.push(monitorInReach({}, plan.namespaces.user.origin));
  const lacked = lackedCapabilities(plan, host);
  if (lacked.length > 0) problems.push(capabilityLacking({ names: lacked }, plan.capabilities.origin));
  return problems;
}

/** What a profile asks for and this version can't do; its plan no longer says so. */
export function unbuilt({ git }: Pick<Effective, "git">): Problem[] {
  return git.value === "rw" ? [gitWritable({}, git.origin)] : [];
}

/** Root's processes may be looked into by every process of root's in one user namespace (ptrace(2)): bwrap's, too. */
function seesMonitor({ namespaces, operations }: Plan, host: Host): boolean {
  if (host.uid !== 0 || namespaces.user.value === true) return false;
  if (!namespaces.pid.value && operations.some(({ kind, present }) => kind === "proc" && present)) return true;
  return tree(operations, host).places("/proc/1").length > 0;
}
