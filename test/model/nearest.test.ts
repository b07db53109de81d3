import { describe, expect, it } from "vitest";
import { nearest } from "../../src/model/nearest.ts";

describe("nearest", () => {
  it.each([
    ["cahce", ["cache", "catch"], "cache"],
    ["chache", ["root", "cache"], "cache"],
    ["home", ["HOME"], "HOME"],
    ["ab", ["xy"], undefined],
    ["abcc", ["abc"], "abc"],
    ["abc", ["abcc"], "abcc"],
    ["network", ["net", "disk"], undefined],
    ["", ["a"], "a"],
    ["cache", [], undefined],
    ["cache", ["cache"], undefined],
  ])("finds for %j among %j: %j", (word, known, expected) => {
    expect(nearest(word, known)).toBe(expected);
  });

  it("counts each kind of typing mistake as one", () => {
    for (const typed of ["ache", "ccache", "cachy", "acche"]) expect(nearest(typed, ["cache"])).toBe("cache");
  });
});
