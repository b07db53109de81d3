import type { Plan } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import { noTerminal, notBuilt, notEnforced } from "./problems.ts";

/** What the plan asks for and the executor can't do: refused before anything is done, never passed over. */
export function unbuilt(plan: Plan, caller: { readonly terminal: boolean; readonly uid: number }): Problem[] {
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
  if (caller.terminal && keepsAdmin(plan, caller.uid)) problems.push(noTerminal({}, plan.capabilities.origin));
  return problems;
}

/** Whether the command has CAP_SYS_ADMIN in the caller's own user namespace: --new-session does not stop it. */
function keepsAdmin({ namespaces, capabilities: { value } }: Plan, uid: number): boolean {
  if (namespaces.user.value === true || uid !== 0) return false;
  if (value.add.some((name) => name === "CAP_SYS_ADMIN" || name === "ALL")) return true;
  return value.base === "inherited" && !value.drop.some((name) => name === "CAP_SYS_ADMIN" || name === "ALL");
}
