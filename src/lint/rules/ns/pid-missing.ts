import { issue, manual } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<Record<string, never>>({
  id: "ns/pid-missing",
  severity: "warning",
  about: "settings",
  title: "The sandbox has no process namespace of its own.",
  why: "The command sees and signals your processes, and what it leaves in the background outlives it: the sandbox can only be ended as a whole by its process namespace.",
  sources: [issue("containers/bubblewrap", 529), manual("pid_namespaces(7)")],
  fix: "Take `pid: false` out.",
  covers: [
    {
      id: "life/no-die",
      because: "its part about process namespaces is this rule; the part about `dieWithParent` stays there",
    },
  ],
  bad: { profile: "version: 1\nextends: [base]\nnamespaces: {pid: false}\n" },
  good: { profile: "version: 1\nextends: [base]\nnamespaces: {pid: true}\n" },
  message: () => "the sandbox has the host's processes: it sees and signals them, and leaves its own behind",
  help: () => "take `pid: false` out",
  *check({ plan }) {
    const { value, origin } = plan.namespaces.pid;
    if (!value) yield { data: {}, at: origin };
  },
});
