import { describe, expect, it } from "vitest";
import { triples } from "./triple.ts";
import { childOf, effectiveOf } from "./world.ts";

describe("mask", () => {
  triples(
    ({ mask }) => mask,
    [
      ["adds up", "mask: [/a]", "mask: [/b]", ["/a", "/b"]],
      ["holds nothing twice", "mask: [/a, ~/b]", "mask: ['${HOME}/b', /c, /c]", ["/a", "/home/u/b", "/c"]],
      ["is kept when nothing is said", "mask: [/a]", "git: ro", ["/a"]],
    ],
  );

  it("keeps the author of an equal item", () => {
    const { mask } = effectiveOf({ files: childOf("mask: [/a]", "mask: [/a]") });
    expect(mask.map(({ layer, origin }) => [layer, origin.file])).toEqual([[1, "/home/u/proj/base.yml"]]);
  });
});

describe("protect", () => {
  triples(
    ({ protect }) => protect,
    [
      ["adds up", "protect: [/a]", "protect: [/b]", [{ path: "/a" }, { path: "/b" }]],
      ["keeps the earlier of equal paths", "protect: [/a]", "protect: [{path: /a, missing: skip}]", [{ path: "/a" }]],
      [
        "keeps it the other way round",
        "protect: [{path: /a, missing: skip}]",
        "protect: [/a]",
        [{ path: "/a", missing: "skip" }],
      ],
    ],
  );
});
