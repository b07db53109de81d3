import { DEFAULT_ORIGIN, type Origin } from "../../../model/source.ts";
import { manual } from "../../evidence.ts";
import type { Facts } from "../../facts.ts";
import { defineRule } from "../../rule.ts";
import { listed } from "../../words.ts";

const LIMITS = ["time", "memory", "tasks"] as const;

export const rule = defineRule<{ missing: string; why: string }>({
  id: "life/no-limits",
  severity: "info",
  about: "settings",
  title: "A profile for CI sets no limit of time, memory or tasks.",
  why: "A test that hangs holds the runner until somebody looks, a fork bomb takes it down with every mount in place. A profile counts as one for CI when its file's name says so (`ci.sandbox.yml`) or when it sets the variable CI.",
  sources: [manual("cgroups(7)"), manual("getrlimit(2)")],
  fix: "Write `limits: {time: 30m, memory: 4G, tasks: 1024}`; on machines where one can't be enforced, `{value: 4G, try: true}`.",
  bad: { file: "ci.sandbox.yml", profile: "version: 1\nextends: [base]\n" },
  good: {
    file: "ci.sandbox.yml",
    profile: "version: 1\nextends: [base]\nlimits: {time: 30m, memory: 4G, tasks: 1024}\n",
  },
  message: ({ missing, why }) => `a profile for CI, as ${why}, without a limit of ${missing}`,
  help: () => "write `limits: {time: 30m, memory: 4G, tasks: 1024}`",
  *check(facts) {
    const missing = LIMITS.filter((name) => facts.plan.limits[name] === undefined);
    const reason = reasonForCi(facts);
    if (missing.length > 0 && reason !== undefined)
      yield { data: { missing: listed(missing), why: reason.why }, at: reason.at };
  },
});

/** What makes a profile one for CI. */
function reasonForCi({ source, plan }: Facts): { readonly why: string; readonly at: Origin } | undefined {
  const name = source.file.slice(source.file.lastIndexOf("/") + 1);
  if (/(^|[.-])ci([.-]|$)/i.test(name)) return { why: "its name says", at: DEFAULT_ORIGIN };
  const variable = plan.env.CI;
  const isSet = typeof variable?.value === "string" && /^(1|true|yes)$/i.test(variable.value);
  return isSet ? { why: "the variable CI says", at: variable.origin } : undefined;
}
