import { describe, expect, it } from "vitest";
import { triples } from "./triple.ts";
import { childOf, effectiveOf } from "./world.ts";

describe("proc", () => {
  triples(
    ({ proc }) => proc,
    [
      ["a switch replaces a switch", "proc: false", "proc: true", { mounted: true, overrides: [] }],
      ["a mapping mounts it", "proc: false", "proc: {a: x}", { mounted: true, overrides: [["a", "x"]] }],
      ["a switch replaces a mapping", "proc: {a: x}", "proc: true", { mounted: true, overrides: [] }],
      ["a switch off replaces a mapping", "proc: {a: x}", "proc: false", { mounted: false, overrides: [] }],
      [
        "mappings go key by key, in place",
        "proc: {a: x, b: x}",
        "proc: {c: y, a: y}",
        {
          mounted: true,
          overrides: [
            ["a", "y"],
            ["b", "x"],
            ["c", "y"],
          ],
        },
      ],
    ],
  );

  it("remembers who mounted it", () => {
    const layerOf = (base: string, override: string) =>
      effectiveOf({ files: childOf(base, override) }).proc.mounted.layer;
    expect(layerOf("git: ro", "git: ro")).toBe(0);
    expect(layerOf("proc: {a: x}", "proc: {b: x}")).toBe(1);
    expect(layerOf("proc: false", "proc: {b: x}")).toBe(2);
    expect(layerOf("proc: false", "proc: true")).toBe(2);
  });
});
