import type { Problem } from "../model/problem.ts";
import type { Draft } from "./draft.ts";
import { samePlace } from "./problems.ts";

/** One destination, one entry, of whatever kind: the later layer wins; two in one layer are a problem. */
export function unique(drafts: readonly Draft[], report: (problem: Problem) => void): Draft[] {
  const byPlace = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const { at, kind } = draft.operation;
    // A freeze is no entry: it comes with the one that stands there.
    if (kind !== "remount-ro") byPlace.set(at, [...(byPlace.get(at) ?? []), draft]);
  }
  const lost = new Set<Draft>();
  for (const [at, rivals] of byPlace) {
    if (rivals.length === 1) continue;
    const top = Math.max(...rivals.map((rival) => rival.layer));
    const latest = rivals.filter((rival) => rival.layer === top);
    const strong = latest.filter((rival) => rival.strong);
    const winners = strong.length > 0 ? strong : latest;
    const [winner, second] = winners;
    if (winner !== undefined && second !== undefined) {
      const other = { ...winner.operation.origin, message: "the other one" };
      report(samePlace({ at }, second.operation.origin, [other]));
    }
    for (const rival of rivals) if (rival !== winner) lost.add(rival);
  }
  const ended = new Set([...lost].filter((draft) => draft.leads).map((draft) => draft.operation.at));
  return drafts.filter((draft) => !lost.has(draft) && !(draft.partOf !== undefined && ended.has(draft.partOf)));
}
