import type { Operation } from "../model/plan.gen.ts";
import { classed, type Difference, type Shift, type Side } from "./difference.ts";
import { reaches } from "./reach.ts";
import type { Sandbox } from "./sandbox.ts";

type Skipped = Extract<Operation, { kind: "bind" | "overlay" }>;

/** Entries that this machine skips, for their source is missing or a condition does not hold: elsewhere they count. */
export function skippedDifferences(a: Sandbox, b: Sandbox): Difference[] {
  const [before, after] = [skippedIn(a), skippedIn(b)];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((at) => {
    const [was, is] = [before.get(at) ?? [], after.get(at) ?? []];
    if (textOf(was) === textOf(is)) return [];
    const [gained, lost] = [gains(was, is, a), gains(is, was, b)];
    return [classed({ area: "path", subject: at, before: sideOf(was), after: sideOf(is), gained, lost, here: false })];
  });
}

function skippedIn({ plan }: Sandbox): ReadonlyMap<string, readonly Skipped[]> {
  const skipped = plan.operations.filter(
    (each): each is Skipped => !each.present && (each.kind === "bind" || each.kind === "overlay"),
  );
  const places = [...new Set(skipped.map(({ at }) => at))];
  return new Map(places.map((at) => [at, skipped.filter((each) => each.at === at)]));
}

function gains(was: readonly Skipped[], is: readonly Skipped[], from: Sandbox): Shift[] {
  return is.flatMap((operation): Shift[] => {
    const rights = (each: Skipped) => (each.kind === "overlay" ? "ro" : each.access);
    const before = was.filter(({ source }) => source === operation.source).map(rights);
    const wanted = rights(operation);
    if (before.includes(wanted) || before.includes("dev") || (wanted === "ro" && before.length > 0)) return [];
    if (wanted === "dev") return ["device"];
    if (wanted === "rw" && !reaches(from, operation.source, "write")) return ["host-write"];
    return before.length > 0 || reaches(from, operation.source, "read") ? [] : ["host-read"];
  });
}

const sideOf = (skipped: readonly Skipped[]): Side => ({
  text: textOf(skipped) || "absent",
  origins: skipped.map(({ origin }) => origin),
});

const textOf = (skipped: readonly Skipped[]): string =>
  skipped
    .map((each) => {
      const access =
        each.kind === "overlay" ? "copy on write" : each.access === "dev" ? "device" : `${each.access} host`;
      return `${access}${each.source === each.at ? "" : ` ${each.source}`}, where it is`;
    })
    .join("; ");
