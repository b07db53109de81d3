import { expect, it } from "vitest";
import type { Effective } from "../../src/model/effective.ts";
import { plain } from "./plain.ts";
import { childOf, effectiveOf } from "./world.ts";

/** What the base says, what the file that extends it says, and what comes of the two. */
export type Triple = readonly [claim: string, base: string, override: string, expected: unknown];

/** Runs a table of triples over one part of the merged profile. */
export function triples(part: (effective: Effective) => unknown, table: readonly Triple[]): void {
  it.each(table)("%s", (_, base, override, expected) => {
    expect(plain(part(effectiveOf({ files: childOf(base, override) })))).toEqual(expected);
  });
}
