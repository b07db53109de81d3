import { defineProblem } from "../model/problem.ts";

export const userNamespaceLacking = defineProblem<{ setting: string; value: number | undefined }>({
  id: "preflight/user-namespace",
  severity: "error",
  when: "The sandbox needs a user namespace, and bwrap can't make one here.",
  message: ({ setting, value }) =>
    `${setting}${value === undefined ? "" : `: ${value}`} needs a user namespace, and bwrap can't make one here`,
  help: ({ value }) =>
    "allow them (sysctl kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, " +
    `user.max_user_namespaces)${value === undefined ? "" : ", or take your own id: leave it out with `user: try`"}`,
});
