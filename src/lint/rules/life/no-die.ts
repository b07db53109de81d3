import { issue, measured } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<Record<string, never>>({
  id: "life/no-die",
  severity: "warning",
  about: "settings",
  title: "The sandbox outlives sbx.",
  why: "When the terminal closes or a CI job is killed, the command goes on with nobody to wait for it and nobody to clean up.",
  sources: [
    issue("containers/bubblewrap", 105),
    issue("containers/bubblewrap", 529),
    measured("without --die-with-parent a sandbox lives on after SIGTERM to bwrap"),
  ],
  fix: "Take `dieWithParent: false` out.",
  bad: { profile: "version: 1\nextends: [base]\nprocess: {dieWithParent: false}\n" },
  good: { profile: "version: 1\nextends: [base]\nprocess: {dieWithParent: true}\n" },
  message: () => "the sandbox goes on when sbx has ended, and nobody cleans up",
  help: () => "take `dieWithParent: false` out",
  *check({ plan: { process } }) {
    const { value, origin } = process.dieWithParent;
    if (!value) yield { data: {}, at: origin };
  },
});
