import type { Problem } from "../../../model/problem.ts";
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
    // One entry may pass many secrets: once is enough.
    const told = new Map<string, { readonly first: Problem; readonly more: number }>();
    for (const each of outside.refused) {
      const key = JSON.stringify([each.rule, each.file, each.line, each.column]);
      const before = told.get(key);
      told.set(key, before ? { ...before, more: before.more + 1 } : { first: each, more: 0 });
    }
    for (const { first, more } of told.values()) {
      const { message, rule: problem, file, line, column } = first;
      const at: Origin = { file, line, column, route: [], chain: [] };
      yield { data: { what: more > 0 ? `${message}; ${more} more by the same entry` : message, problem }, at };
    }
  },
});
