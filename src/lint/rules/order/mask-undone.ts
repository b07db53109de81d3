import { issue } from "../../evidence.ts";
import { defineRefused } from "../../rule.ts";

export const rule = defineRefused({
  id: "order/mask-undone",
  severity: "error",
  title: "A grant opens again what a mask hides.",
  why: "With bubblewrap's own order of arguments whoever comes last wins, and a secret is back. sbx puts masks behind every grant, and refuses a grant at or below one, naming both.",
  sources: [issue("anthropic-experimental/sandbox-runtime", 193)],
  fix: 'Take the grant or the mask out. To hide a directory and keep parts of it: `tmpfs: {"${HOME}": {}}`, and grant the parts.',
  refusedAs: ["mask/undone", "mask/below"],
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.aws/config: ro\nmask: [~/.aws]\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.config/acme: ro?\nmask: [~/.aws]\n" },
});
