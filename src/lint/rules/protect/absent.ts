import { isWithin } from "../../../model/path.ts";
import { isGlob, literalPath } from "../../../model/pattern.ts";
import { writable } from "../../../tree/index.ts";
import { issue } from "../../evidence.ts";
import { writtenPath } from "../../mend.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ path: string; stops: boolean }>({
  id: "protect/absent",
  severity: "warning",
  title: "A protected path is not there, in a directory that the command can write.",
  why: "Nothing can be mounted over what does not exist, and to make it first would leave a file on the host that means something (an empty `.envrc`, a lock). So `sbx run` stops with the error of the same name, unless the entry says `missing: skip`; then the command may make it. Where a skipped one lies outside of the project, that nothing protects it on this machine is told as an info.",
  sources: [
    issue("anthropic-experimental/sandbox-runtime", 139),
    issue("openai/codex", 26463),
    issue("anthropics/claude-code", 78818),
  ],
  fix: "Make the file, or make what it lies in read-only. `{path: …, missing: skip}` goes without on machines that lack it.",
  needs: "machine",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\nprotect: [deploy.key.pub]\n" },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\nprotect:\n  - {path: deploy.key.pub, missing: skip}\n",
    where: "deploy.key.pub is there",
    machine: { files: { "/home/user/project/deploy.key.pub": "" } },
  },
  message: ({ path, stops }) =>
    stops
      ? `there is no ${path} to protect, and the command could make it: \`sbx run\` stops`
      : `there is no ${path} here: nothing protects it, and the command can make it`,
  help: ({ path, stops }) =>
    stops
      ? `make it, or write \`{path: ${path}, missing: skip}\` to go without`
      : "make it first, or make what it lies in read-only",
  *check(facts) {
    const { machine, effective } = facts;
    if (machine === undefined) return;
    for (const { value, origin } of effective.protect) {
      const path = literalPath(value.path);
      if (isGlob(value.path) || machine.lstat(path) !== undefined) continue;
      const stops = value.missing !== "skip";
      // A project need not have every file that tools would run; its author has said so.
      if (!stops && isWithin(effective.project, path)) continue;
      // On this machine as it is: the simulation has assumed that it is there.
      if (writable({ ...facts, host: machine }, path).length === 0) continue;
      yield { data: { path: writtenPath(facts, path), stops }, at: origin, ...(stops ? {} : { severity: "info" }) };
    }
  },
});
