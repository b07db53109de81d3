import type { Facts } from "./facts.ts";
import type { Finding, Rule } from "./rule.ts";

export { hasConditions, underConditions } from "./conditions.ts";
export { withEverything } from "./everything-there.ts";
export type { Evidence } from "./evidence.ts";
export { type Accepted, type Hearing, type Weighed, weighed } from "./exceptions.ts";
export type { Facts, Outside } from "./facts.ts";
export type { Fix } from "./fix.ts";
export { type Combination, type Combined, merged, saidOf } from "./merge.ts";
export type { Covered, Example, Finding, Rule } from "./rule.ts";
export { RULES } from "./rules/index.ts";
export { SETTLED, type Settled } from "./settled.ts";
export { TYPICAL_MACHINE, TYPICAL_PROJECT } from "./typical-machine.ts";

/** What these rules find in one plan. A rule that needs the machine is silent without it. */
export function findingsOf(facts: Facts, rules: readonly Rule[]): readonly Finding[] {
  const found: Finding[] = [];
  for (const rule of rules)
    if (rule.needs === undefined || facts.machine !== undefined) found.push(...rule.check(facts));
  return found;
}
