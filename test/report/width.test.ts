import { expect, it } from "vitest";
import { widthOf } from "../../src/report/width.ts";

it.each([
  ["plain ~", 7],
  ["", 0],
  ["é", 1],
  ["e\u0301", 1],
  ["\u0301", 0],
  ["名前", 4],
  ["ｆｕ", 4],
  ["ｱ", 1],
  ["한국", 4],
  ["\u1112\u1161\u11ab", 2],
  ["😀", 2],
  ["👍🏽", 2],
  ["👩‍👩‍👧", 2],
  ["🇩🇪🇫🇷", 4],
  ["❤️", 2],
  ["❤", 1],
  ["\u200d", 0],
  ["→…─", 3],
])("%j takes %i columns", (text, columns) => {
  expect(widthOf(text)).toBe(columns);
});
