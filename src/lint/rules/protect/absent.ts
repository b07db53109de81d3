import { literalPath } from "../../../model/pattern.ts";
import { writable } from "../../../tree/index.ts";
import { issue } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";
import { short } from "../../words.ts";

export const rule = defineRule<{ path: string }>({
  id: "protect/absent",
  severity: "warning",
  title: "A protected path is not there, in a directory that the command can write.",
  why: "Nothing can be mounted over what does not exist, and to make it first would leave a file on the host that means something (an empty `.envrc`, a lock). So `sbx run` stops with the error of the same name, unless the entry says `missing: skip`; then the command may make it.",
  sources: [
    issue("anthropic-experimental/sandbox-runtime", 139),
    issue("openai/codex", 26463),
    issue("anthropics/claude-code", 78818),
  ],
  fix: "Make the file, or write `{path: …, missing: skip}` to go without on machines that lack it.",
  needs: "machine",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\nprotect: [deploy.key.pub]\n" },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\nprotect:\n  - {path: deploy.key.pub, missing: skip}\n",
  },
  message: ({ path }) => `there is no ${path} to protect, and the command could make it: \`sbx run\` stops`,
  help: ({ path }) => `make it, or write \`{path: ${path}, missing: skip}\``,
  *check(facts) {
    const { machine, effective, host } = facts;
    if (machine === undefined) return;
    for (const { value, origin } of effective.protect) {
      const path = literalPath(value.path);
      if (value.missing === "skip" || machine.lstat(path) !== undefined) continue;
      // On this machine as it is: the simulation has assumed that it is there.
      if (writable({ ...facts, host: machine }, path).length > 0)
        yield { data: { path: short(host, path) }, at: origin };
    }
  },
});
