import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import { tree } from "../tree/index.ts";
import { gitWritable, monitorInReach, noTerminal, notBuilt, notEnforced } from "./problems.ts";

/** What the plan asks for and the executor can't do: refused before anything is done, never passed over. */
export function unbuilt(
  plan: Plan,
  { git }: Pick<Effective, "git">,
  host: Host,
  caller: { readonly terminal: boolean },
): Problem[] {
  const { session, arch } = plan.process;
  const problems: Problem[] = [];
  if (session.value === "pty" || session.value === "keep") {
    // `keep` without a filter for TIOCSTI would let the command type into the caller's terminal.
    problems.push(
      notBuilt({ what: `process.session: ${session.value}`, instead: "write `session: new`" }, session.origin),
    );
  }
  if (arch !== undefined) {
    problems.push(notBuilt({ what: "process.arch", instead: "leave it out" }, arch.origin));
  }
  for (const [name, limit] of Object.entries(plan.limits)) {
    if (limit.try) problems.push(notEnforced({ limit: name }, limit.origin));
    else problems.push(notBuilt({ what: `limits.${name}`, instead: "take the limit out" }, limit.origin));
  }
  if (git.value === "rw") problems.push(gitWritable({}, git.origin));
  if (seesMonitor(plan, host)) problems.push(monitorInReach({}, plan.namespaces.user.origin));
  if (caller.terminal && keepsAdmin(plan, host.uid)) problems.push(noTerminal({}, plan.capabilities.origin));
  return problems;
}

/** Whether the command has CAP_SYS_ADMIN in the caller's own user namespace: --new-session does not stop it. */
function keepsAdmin({ namespaces, capabilities: { value } }: Plan, uid: number): boolean {
  if (namespaces.user.value === true || uid !== 0) return false;
  if (value.add.some((name) => name === "CAP_SYS_ADMIN" || name === "ALL")) return true;
  return value.base === "inherited" && !value.drop.some((name) => name === "CAP_SYS_ADMIN" || name === "ALL");
}

/** Root's processes may be looked into by every process of root's in one user namespace (ptrace(2)): bwrap's, too. */
function seesMonitor({ namespaces, operations }: Plan, host: Host): boolean {
  if (host.uid !== 0 || namespaces.user.value === true) return false;
  if (!namespaces.pid.value && operations.some(({ kind, present }) => kind === "proc" && present)) return true;
  return tree(operations, host).places("/proc/1").length > 0;
}
