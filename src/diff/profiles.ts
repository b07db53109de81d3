import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import type { Plan } from "../model/plan.gen.ts";
import { type Difference, widestFirst } from "./difference.ts";
import { elsewhereDifferences } from "./elsewhere.ts";
import { planDifferences } from "./plans.ts";

/** A profile as it was resolved, and its plan. */
export interface Profile {
  readonly plan: Plan;
  readonly effective: Effective;
}

/**
 * Like {@link diffPlans}, and with what this machine gives no occasion for: variables that are not set here, masks and
 * protections of files that are not there. The files that a profile consists of are protected whichever profile runs:
 * that they have other names is no difference.
 */
export function diffProfiles(before: Profile, after: Profile, host: Host): readonly Difference[] {
  const own = new Set([before, after].flatMap(({ effective }) => filesOf(effective)));
  return widestFirst([
    ...planDifferences(before.plan, after.plan, host, own),
    ...elsewhereDifferences(before, after, host),
  ]);
}

const filesOf = ({ sources }: Effective): string[] =>
  sources.flatMap(({ path, ways = [] }) => [...(path === undefined ? [] : [path]), ...ways.map((way) => way.path)]);
