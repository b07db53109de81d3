import type { Host } from "../model/host.ts";
import type { Plan } from "../model/plan.gen.ts";
import { type Difference, widestFirst } from "./difference.ts";
import { environmentDifferences } from "./environment.ts";
import { hostSideDifferences } from "./host-side.ts";
import { pathDifferences } from "./paths.ts";
import { sandboxOf } from "./sandbox.ts";
import { settingDifferences } from "./settings.ts";
import { skippedDifferences } from "./skipped.ts";

/**
 * What a command could do in the second sandbox and not in the first, and the other way round: nothing exactly when both
 * answer alike for every path and have the same settings, however they are written. The widest comes first.
 */
export const diffPlans = (before: Plan, after: Plan, host: Host): readonly Difference[] =>
  widestFirst(planDifferences(before, after, host));

/** `own`: host files that sbx protects of itself, whatever the profile. */
export function planDifferences(
  before: Plan,
  after: Plan,
  host: Host,
  own: ReadonlySet<string> = new Set(),
): Difference[] {
  const [a, b] = [sandboxOf(before, host), sandboxOf(after, host)];
  return [
    ...pathDifferences(a, b, own),
    ...skippedDifferences(a, b),
    ...environmentDifferences(a, b),
    ...settingDifferences(before, after),
    ...hostSideDifferences(a, b),
  ];
}
