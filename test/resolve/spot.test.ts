import { describe, expect, it } from "vitest";
import { nodeAt } from "../../src/model/node.ts";
import { spotInside } from "../../src/resolve/spot.ts";
import { sourceOf } from "./world.ts";

/** Where the only `${no}` of the text at env.set.A is. */
function spot(text: string, withText: boolean) {
  const { text: whole, ...source } = sourceOf({ "/p/a.yml": text }, "/p/a.yml");
  const scalar = nodeAt(source.root, ["env", "set", "A"]);
  if (scalar?.kind !== "scalar") throw new Error("no text");
  const author = withText && whole !== undefined ? { ...source, text: whole } : source;
  const { line, column, endLine, endColumn } = spotInside(author, scalar, scalar.text.indexOf("${no}"), 5);
  return [line, column, endLine, endColumn];
}

describe("spotInside", () => {
  it.each([
    ["env: {set: {A: 'a${no}'}}", [1, 18, 1, 23]],
    ["env:\n  set:\n    A: a${no}b", [3, 9, 3, 14]],
  ])("needs no text for %j", (text, expected) => {
    expect(spot(text, false)).toEqual(expected);
    expect(spot(text, true)).toEqual(expected);
  });

  it.each([
    ["with an escape", 'env: {set: {A: "\\t${no}"}}', [1, 19, 1, 24]],
    ["among others on its line", 'env: {set: {B: "${HOME}", A: "\\t${UID}${no}", C: "${GID}"}}', [1, 39, 1, 44]],
    ["right behind its quote", 'env: {set: {B: "${HOME}", A: "${no}\\t"}}', [1, 31, 1, 36]],
    ["on a later line", 'env:\n  set:\n    B: "${HOME}"\n    A: "a\n      ${UID}\n      ${no}"\n', [6, 7, 6, 12]],
    ["before others on later lines", 'env: {set: {A: "${UID}\n  ${no}", B: "${HOME}"}}', [2, 3, 2, 8]],
    ["in a block", "env:\n  set:\n    A: |\n      ${UID}\n      a ${no}\n    B: ${HOME}\n", [5, 9, 5, 14]],
  ])("is exact in a text %s", (_, text, expected) => {
    expect(spot(text, true)).toEqual(expected);
  });

  it("is the whole text where nothing better is known", () => {
    expect(spot('env: {set: {A: "\\t${no}"}}', false)).toEqual([1, 16, 1, 25]);
    // The `$` itself is written as an escape.
    expect(spot('env: {set: {A: "\\x24{no}"}}', true)).toEqual([1, 16, 1, 26]);
  });
});
