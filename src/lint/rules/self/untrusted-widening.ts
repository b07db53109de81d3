import type { Origin } from "../../../model/source.ts";
import { issue, peer } from "../../evidence.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ what: string; problem: string }>({
  id: "self/untrusted-widening",
  severity: "error",
  title: "A `.sandbox.yml` asks for more than a profile may that is merely found in a directory.",
  why: "Whoever clones a repository gets its profile with it, and would run what it allows without having read it. So a profile that is found may make nothing writable outside of its project, pass no secret, keep no capability, share no namespace and start no program on the host (`apis`); `sbx run` refuses it until it is named with `-p`.",
  sources: [issue("tbrandenburg/cade", 103), peer.sandboxRuntime("notes on settings in a project")],
  fix: "Take the entry out, or put it into a profile that is named (`build.sandbox.yml`, and `sbx run -p ./build.sandbox.yml`).",
  always: true,
  bad: { file: ".sandbox.yml", profile: "version: 1\nextends: [base]\nmounts:\n  /srv/cache: rw\n" },
  good: { file: ".sandbox.yml", profile: "version: 1\nextends: [base]\nmounts:\n  /srv/cache: ro?\n" },
  message: ({ what }) => what,
  help: ({ problem }) =>
    problem === "trust/api-command"
      ? "take it out, put the profile below ~/.config/sbx, or have whoever runs it write --allow-api"
      : "take it out, or put it into a profile that is named with -p: a found one may not ask for it",
  *check({ outside }) {
    for (const { message, rule: problem, file, line, column } of outside.refused) {
      const at: Origin = { file, line, column, route: [], chain: [] };
      yield { data: { what: message, problem }, at };
    }
  },
});
