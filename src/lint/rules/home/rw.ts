import { flatpakLint, peer } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { wholeHomes } from "../../whole-homes.ts";

export const rule = defineRule<{ homes: string }>({
  id: "home/rw",
  severity: "error",
  title: "The home directory, or all of /home, can be written.",
  why: "What is written to a shell's start-up file, a directory of PATH or an autostart entry runs later, outside of the sandbox and as you.",
  sources: [
    peer.sandboxRuntime("known limits, write access to $HOME"),
    flatpakLint("finish-args-home-filesystem-access"),
  ],
  fix: 'Give it a home of its own (`tmpfs: {"${HOME}": {mode: 0700}}`, as the built-in `base` does) and grant the directories that it needs.',
  bad: { profile: 'version: 1\nextends: [base]\nmounts:\n  "${HOME}": rw\n' },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.cache/acme: {access: rw, missing: create}\n" },
  message: ({ homes }) => `${homes} can be written: what is left there runs outside of the sandbox later`,
  help: () => "grant single directories of it, over a private home: `extends: [base]` brings one",
  *check(facts) {
    for (const { homes, operation, writable } of wholeHomes(facts)) {
      if (writable) yield { data: { homes }, at: operation.origin };
    }
  },
});
