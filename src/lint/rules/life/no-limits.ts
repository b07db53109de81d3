import { spanAt } from "../../../model/node.ts";
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
  why: "A test that hangs holds the runner until somebody looks, a fork bomb takes it down with every mount in place. A profile counts as one for CI when the name of its file (`ci.sandbox.yml`), of its variant or of a flag set that is used says so, or when it sets the variable CI.",
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

const CI = /(^|[.-])ci([.-]|$)/i;

/** What makes a profile one for CI. */
function reasonForCi({ source, plan, effective }: Facts): { readonly why: string; readonly at: Origin } | undefined {
  const name = source.file.slice(source.file.lastIndexOf("/") + 1);
  if (CI.test(name)) return { why: "its name says", at: DEFAULT_ORIGIN };
  const routes = [["profiles", effective.variant ?? ""], ...effective.flags.map((flag) => ["flags", flag])];
  const route = routes.find(([, each = ""]) => CI.test(each));
  if (route !== undefined) {
    const { line, column } = spanAt(source.root, route);
    return { why: `the name ${route.at(-1)} says`, at: { file: source.file, line, column, route, chain: [] } };
  }
  const variable = plan.env.CI;
  const isSet = typeof variable?.value === "string" && /^(1|true|yes)$/i.test(variable.value);
  return isSet ? { why: "the variable CI says", at: variable.origin } : undefined;
}
