import { flatpakLint } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { wholeHomes } from "../../whole-homes.ts";

export const rule = defineRule<{ homes: string }>({
  id: "home/ro",
  severity: "warning",
  title: "The home directory, or all of /home, can be read.",
  why: "Every program keeps its keys, tokens and cookies somewhere in it; no list of masks knows all of them.",
  sources: [flatpakLint("finish-args-home-ro-filesystem-access")],
  fix: "List the directories that are needed instead. Where that can't be done, mask what must not be read: the rules `cred/…` say what they know of.",
  bad: { profile: 'version: 1\nextends: [base]\nmounts:\n  "${HOME}": ro\n' },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.config/acme: ro?\n" },
  message: ({ homes }) => `all of ${homes} can be read, with what every program keeps there`,
  help: () => "list the directories that are needed instead, over a private home: `extends: [base]` brings one",
  *check(facts) {
    for (const { homes, operation, writable } of wholeHomes(facts)) {
      if (!writable) yield { data: { homes }, at: operation.origin };
    }
  },
});
