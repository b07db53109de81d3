import assert from "node:assert/strict";
import { test } from "node:test";
import { wordCount } from "../lib/word-count.js";

test("counts words whatever their case", () => {
  assert.deepEqual(
    [...wordCount("The cat and the hat")],
    [
      ["the", 2],
      ["cat", 1],
      ["and", 1],
      ["hat", 1],
    ],
  );
});

test("knows letters beyond ASCII", () => {
  assert.equal(wordCount("Straße, straße").get("straße"), 2);
});

test("finds nothing in nothing", () => {
  assert.equal(wordCount(" \n").size, 0);
});
