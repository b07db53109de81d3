import { handsOver } from "../../../model/known-secrets.ts";
import type { Origin } from "../../../model/source.ts";
import { manual, peer } from "../../evidence.ts";
import { inheriting } from "../../inheriting.ts";
import { defineRule } from "../../rule.ts";
import { passedAt, takenBy, writtenAt } from "../../taken.ts";
import { listed } from "../../words.ts";

export const rule = defineRule<{ names: string; many: boolean; pattern: boolean }>({
  id: "env/secret",
  severity: "warning",
  about: "settings",
  title:
    "A variable of the caller's whose name looks like a secret, or like an address with a password in it, is passed, by name or by a pattern.",
  why: "Every process inside can read it, hand it on to its children, and send it away: an environment is the first thing that malicious packages look at.",
  sources: [peer.pmg("the list of variables that it takes away"), manual("proc(5)")],
  fix: "Hand it in as a file that one program reads, keep it with a server outside that acts for the command, or say why it has to be.",
  bad: { profile: "version: 1\nextends: [base]\nenv:\n  pass: [NPM_TOKEN]\n" },
  good: { profile: "version: 1\nextends: [base]\nenv:\n  pass: [npm_config_registry]\n" },
  message: ({ names, many, pattern }) =>
    pattern
      ? `what this pattern passes may be ${names}, for every process inside to read`
      : `${names} ${many ? "are" : "is"} passed to every process inside: by ${many ? "their names they hold secrets" : "its name it holds a secret"}`,
  help: () => "take it out, or accept it with a reason under `lint.ignore`",
  *check({ plan, effective }) {
    // Where a secret lies is none: what is there has to be shown as well, and is told then.
    const named = (name: string) => handsOver(name) && name !== "GOOGLE_APPLICATION_CREDENTIALS";
    const passed = new Map<Origin, string[]>();
    const everything = inheriting(effective);
    for (const { value, origin } of Object.values(plan.env)) {
      const taken = typeof value === "string" ? takenBy(effective, writtenAt(effective, origin)) : [value.from];
      for (const name of taken.filter(named)) {
        const at = typeof value === "string" ? origin : passedAt(effective, name, origin);
        // Where all of the environment is kept, `env/inherit-all` says so.
        if (!everything.has(at)) passed.set(at, [...(passed.get(at) ?? []), name]);
      }
    }
    const patterns = new Set(effective.env.pass.filter(({ value }) => /[*?]/.test(value)).map(({ origin }) => origin));
    for (const [at, names] of passed)
      yield { data: { names: listed(names), many: names.length > 1, pattern: patterns.has(at) }, at };
  },
});
