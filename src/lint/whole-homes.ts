import type { Operation } from "../model/plan.gen.ts";
import { showsAny, writesAny } from "./exposure.ts";
import type { Facts } from "./facts.ts";
import { homesOf } from "./people.ts";
import { listed, short } from "./words.ts";

/** An entry that shows a home directory, or the place of all of them. */
export interface WholeHome {
  readonly operation: Operation;
  readonly homes: string;
  /** Whether what is written there reaches the host. */
  readonly writable: boolean;
}

const known = new WeakMap<Facts, readonly WholeHome[]>();

/** Looked for once for the two rules that tell them. */
export function wholeHomes(facts: Facts): readonly WholeHome[] {
  const homes = known.get(facts) ?? homesShown(facts);
  known.set(facts, homes);
  return homes;
}

function homesShown(facts: Facts): readonly WholeHome[] {
  const { host } = facts;
  const places = [...new Set(["/home", ...homesOf(facts)])];
  const writers = new Set(writesAny(facts, places).map(({ operation }) => operation));
  return showsAny(facts, places).flatMap(({ operation, paths }) => {
    const shown = places.filter((place) => paths.includes(place));
    const homes = listed(shown.map((place) => short(host, place)));
    return shown.length === 0 ? [] : [{ operation, homes, writable: writers.has(operation) }];
  });
}
