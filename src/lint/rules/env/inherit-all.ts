import { peer } from "../../evidence.ts";
import { inheriting } from "../../inheriting.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<Record<string, never>>({
  id: "env/inherit-all",
  severity: "warning",
  about: "settings",
  title: "The caller's whole environment is kept.",
  why: "It holds tokens of today and of whatever is installed tomorrow, sockets' addresses, and variables that load code.",
  sources: [peer.pmg("the list of variables that it takes away"), peer.fence("LD_* and DYLD_* are taken away")],
  fix: "Start from an empty environment (`env.clear: true`, the default) and list what is needed under `env.pass`.",
  bad: { profile: "version: 1\nextends: [base]\nenv:\n  clear: false\n" },
  good: { profile: "version: 1\nextends: [base]\nenv:\n  pass: [TERM, LANG]\n" },
  message: () => "the caller's whole environment is kept, secrets and variables that load code included",
  help: () => "take it out, and list what is needed under `env.pass`",
  *check({ effective }) {
    for (const at of inheriting(effective)) yield { data: {}, at };
  },
});
