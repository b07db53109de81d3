import { bubblewrapManual, manual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ value: "try" | "false" }>({
  id: "ns/user-try",
  severity: "warning",
  about: "settings",
  title: "The user namespace is only tried for, or shared with the host.",
  why: "On a machine where it can't be had the sandbox starts without it, and nobody is told: ids are the host's then, root's are root's, and capabilities count outside.",
  sources: [bubblewrapManual, manual("user_namespaces(7)")],
  fix: "Write `user: true` (the default): where it can't be had, the run stops.",
  bad: { profile: "version: 1\nextends: [base]\nnamespaces: {user: try, nested: true}\n" },
  good: { profile: "version: 1\nextends: [base]\nnamespaces: {user: true}\n" },
  message: ({ value }) =>
    value === "try"
      ? "without a user namespace to be had the sandbox starts all the same"
      : "the sandbox has the host's user namespace: ids are the host's",
  help: () => "write `user: true`",
  *check({ plan, source }) {
    const { value, origin } = plan.namespaces.user;
    if (value === true) return;
    const own = origin.file === source.file;
    const fix = {
      title: "write `user: true`",
      edits: [{ kind: "set", at: origin.route, text: true } as const],
      safe: value === "try",
    };
    yield { data: { value: value === "try" ? "try" : "false" }, at: origin, ...(own ? { fix } : {}) };
  },
});
