import type { Plan } from "../model/plan.gen.ts";
import { looksSecret } from "../model/secret.ts";

/** What stands for a value that is not shown. */
export const REDACTED = "<redacted>";

/** The plan as it may be printed: values of variables whose names look like secrets are taken out, or all of them. */
export function redactPlan(plan: Plan, options: { readonly all: boolean } = { all: false }): Plan {
  const env = Object.entries(plan.env).map(([name, variable]) => {
    const hide = typeof variable.value === "string" && variable.value !== "" && (options.all || looksSecret(name));
    return [name, hide ? { ...variable, value: REDACTED } : variable] as const;
  });
  return { ...plan, env: Object.fromEntries(env) };
}
