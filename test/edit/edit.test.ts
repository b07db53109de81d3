import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { replacementOf } from "../../src/edit/index.ts";
import type { Edit } from "../../src/model/edit.ts";
import { edit } from "./editing.ts";

const append = (to: string, item: string | Record<string, string>): Edit => ({
  kind: "append",
  to: to.split(" "),
  item,
});
const set = (at: string, text: string): Edit => ({ kind: "set", at: at.split(" "), text });
const remove = (at: string): Edit => ({ kind: "remove", at: at.split(" ") });

describe("an item goes behind the others, as they stand", () => {
  it.each([
    ["in lines", "version: 1\nmask:\n  - a # why\n  - b\n\n# env\nenv: {}\n", "  - b\n  - /c d\n\n# env"],
    ["in lines that are not indented", "mask:\n- a\n- b\nversion: 1\n", "- b\n- /c d\nversion"],
    [
      "behind a comment on the last line",
      "version: 1\nmask:\n  - a\n  - b # why\n# end\n",
      "  - b # why\n  - /c d\n# end",
    ],
    ["behind one that is commented out", "mask:\n  - a\n  # - b\n\n# end\n", "  # - b\n  - /c d\n\n# end"],
    ["behind no comment about the next key", "mask:\n- a\n# of env\nenv: {}\n", "- a\n- /c d\n# of env"],
    [
      "in a list that it makes, behind what is commented out",
      "mounts:\n  /a: ro\n  # /b: ro\n",
      "  # /b: ro\nmask:\n  - /c d\n",
    ],
    ["in lines of which some end otherwise", "version: 1\r\nmask:\n  - a\n  - b\n", "  - b\n  - /c d\n"],
    ["without a line end at the end", "version: 1\nmask:\n  - a", "  - a\n  - /c d"],
    ["in lines that end as on Windows", "version: 1\r\nmask:\r\n  - a\r\n", "  - a\r\n  - /c d\r\n"],
    ["in brackets", "version: 1\nmask: [a, b] # both\n", "mask: [a, b, /c d] # both"],
    ["in brackets with a comma at the end", "version: 1\nmask: [a, b,]\n", "mask: [a, b, /c d,]"],
    ["in empty brackets", "version: 1\nmask: []\n", "mask: [/c d]"],
    ["in brackets, an item a line", "version: 1\nmask: [\n  a, # first\n  b # last\n]\n", "  b, # last\n  /c d\n]"],
    [
      "in brackets, an item a line, with a comma behind the last",
      "version: 1\nmask: [\n    a,\n    b, # last\n  ]\n",
      "    b, # last\n    /c d,\n  ]",
    ],
    ["in brackets that end on the last line", "mask: [a, # first\n  b]\n", "[a, # first\n  b, /c d]"],
    ["in quotes", "version: 1\nmask:\n  - 'a'\n  - \"b\"\n", '  - "b"\n  - /c d'],
    ["behind a text of several lines", "version: 1\nmask:\n  - >-\n    a\n    b\nenv: {}\n", "    b\n  - /c d\nenv"],
    ["in a list that it makes", "version: 1\nextends: [base]\n", "version: 1\nextends: [base]\nmask:\n  - /c d\n"],
    ["in a list that it makes, apart as the others", "version: 1\n\nenv: {}\n", "\n\nenv: {}\n\nmask:\n  - /c d\n"],
    ["in a mapping in braces", "{version: 1, extends: [base]}\n", "{version: 1, extends: [base], mask: [/c d]}\n"],
  ])("%s", (_, text, expected) => {
    expect(edit(text, append("mask", "/c d"))).toContain(expected);
  });

  it("as a mapping on one line", () => {
    expect(
      edit("lint:\n  ignore:\n    - {rule: a, reason: b}\n", append("lint ignore", { rule: "c", reason: "d: e" })),
    ).toBe('lint:\n  ignore:\n    - {rule: a, reason: b}\n    - {rule: c, reason: "d: e"}\n');
  });

  it("where a text would mean something else, in quotes", () => {
    // What the profile language would replace is written so that it stays.
    expect(edit("mask: [a]\n", append("mask", "${HOME}/x"))).toBe('mask: [a, "$${HOME}/x"]\n');
    const odd = [
      "",
      "# no",
      "- a",
      "a: b",
      "a #b",
      "*x",
      "&x",
      "null",
      "~",
      "a, b",
      "[a]",
      "@a",
      "`a",
      "%a",
      "!a",
      "a\nb",
      '"',
      "'",
    ];
    for (const text of odd) {
      const after = edit("mask: [a]\n", append("mask", text)) ?? "";
      expect(parseDocument(after, { schema: "failsafe" }).toJS()).toEqual({ mask: ["a", text] });
    }
  });

  it("below a dash of a list in a list", () => {
    expect(edit("mask:\n  - - a\n", append("mask", "b"))).toBe("mask:\n  - - a\n  - b\n");
    expect(edit("mask:\n  - - a\n", append("mask 0", "b"))).toBeUndefined();
  });

  it.each([
    ["in a value that is no list", "mask: a\n"],
    ["below a key that has none", "mask:\nversion: 1\n"],
    ["below an alias, which stands elsewhere", "protect: &all\n  - a\nmask: *all\n"],
  ])("not %s", (_, text) => {
    expect(edit(text, append("mask", "b"))).toBeUndefined();
  });
});

describe("a key gets a text", () => {
  it.each([
    ["that it has not", "version: 1\n", set("network", "none"), "version: 1\nnetwork: none\n"],
    [
      "in place of one",
      "network: host # why\nversion: 1\n",
      set("network", "none"),
      "network: none # why\nversion: 1\n",
    ],
    ["in place of one in quotes", 'network: "host"\n', set("network", "none"), "network: none\n"],
    [
      "in a mapping in lines",
      "env:\n  set:\n    A: 1 # one\nmask: []\n",
      set("env set B", "2"),
      "    A: 1 # one\n    B: 2\nmask",
    ],
    ["in braces", "limits: {time: 1m}\n", set("limits memory", "2G"), "limits: {time: 1m, memory: 2G}\n"],
    ["in an item of a list", "tests:\n  - path: /a\n    is: ro\n", set("tests 0 is", "rw"), "    is: rw\n"],
    ["behind a dash", "tests:\n  - path: /a\n    is: ro\n", set("tests 0 why", "b"), "    is: ro\n    why: b\n"],
    [
      "behind a dash, with one key so far",
      "mask:\n  - glob: /a\n",
      set("mask 0 why", "b"),
      "  - glob: /a\n    why: b\n",
    ],
    ["beside a key in quotes", "'network': host\n", set("network", "none"), "'network': none\n"],
  ])("%s", (_, text, change, expected) => {
    expect(edit(text, change)).toContain(expected);
  });

  it.each([
    ["of several lines", "description: |\n  a\n  b\n", set("description", "c")],
    ["that is a mapping", "env: {set: {A: b}}\n", set("env", "c")],
    ["below one that is not there", "version: 1\n", set("env set A", "b")],
  ])("not one %s", (_, text, change) => {
    expect(edit(text, change)).toBeUndefined();
  });
});

describe("a key or an item goes with what belongs to it", () => {
  it.each([
    ["an item in lines", "mask:\n  - a\n  - b\n  - c\n", remove("mask 1"), "mask:\n  - a\n  - c\n"],
    ["the last item in lines", "mask:\n  - a\n  - b", remove("mask 1"), "mask:\n  - a\n"],
    ["the first item in brackets", "mask: [a, b, c]\n", remove("mask 0"), "mask: [b, c]\n"],
    ["the last item in brackets", "mask: [a, b]\n", remove("mask 1"), "mask: [a]\n"],
    ["a key in lines", "env:\n  A: b\n  C: d\nmask: []\n", remove("env A"), "env:\n  C: d\nmask: []\n"],
    ["a key with a mapping below it", "env:\n  A: b\nmask: []\n", remove("env"), "mask: []\n"],
    ["a key in braces", "env: {A: b, C: d}\n", remove("env C"), "env: {A: b}\n"],
    ["in lines that end as on Windows", "mask:\r\n  - a\r\n  - b\r\n", remove("mask 0"), "mask:\r\n  - b\r\n"],
  ])("%s", (_, text, change, expected) => {
    expect(edit(text, change)).toBe(expected);
  });

  it.each([
    ["the only item", "mask:\n  - a\nversion: 1\n", remove("mask 0")],
    ["one with a comment beside it", "mask:\n  - a # keep me\n  - b\n", remove("mask 0")],
    ["one with a comment in it", "env:\n  A:\n    # keep me\n    b: c\n  D: e\n", remove("env A")],
    ["the first key behind a dash", "tests:\n  - path: /a\n    is: ro\n", remove("tests 0 path")],
    ["one with a comment above it", "mask:\n  # of b\n  - b\n  - c\n", remove("mask 0")],
    ["what is not there", "mask: [a, b]\n", remove("mask 2")],
  ])("not %s", (_, text, change) => {
    expect(edit(text, change)).toBeUndefined();
  });
});

it("makes one edit after the other, each in what the one before left", () => {
  const text = "mask: [a]\nnetwork: host\n";
  expect(edit(text, append("mask", "b"), remove("mask 0"), set("network", "none"))).toBe("mask: [b]\nnetwork: none\n");
  expect(edit(text, append("mask", "b"), remove("none"))).toBeUndefined();
});

it("changes no text that can't be read", () => {
  expect(edit("mask: [a\n", append("mask", "b"))).toBeUndefined();
  expect(edit("mask: [a]\nmask: [b]\n", append("mask", "b"))).toBeUndefined();
});

describe("the smallest stretch that makes one text of another", () => {
  it.each([
    ["a\nbcd\n", "a\nbXd\n", { line: 2, column: 2, endLine: 2, endColumn: 3, text: "X" }],
    ["a\nb\n", "a\nb\nc\n", { line: 3, column: 1, endLine: 3, endColumn: 1, text: "c\n" }],
    ["a\nb\nc\n", "a\nc\n", { line: 2, column: 1, endLine: 3, endColumn: 1, text: "" }],
    ["aa", "aaa", { line: 1, column: 3, endLine: 1, endColumn: 3, text: "a" }],
    ["", "a", { line: 1, column: 1, endLine: 1, endColumn: 1, text: "a" }],
  ])("%j to %j", (before, after, expected) => {
    expect(replacementOf(before, after)).toEqual(expected);
  });
});

it("writes a text that a reader of YAML 1.1 takes for a text, too", () => {
  for (const text of ["true", "No", "1.0", "1e3", "2020-01-01", "~"]) {
    const after = edit("mask: [a]\n", append("mask", text)) ?? "";
    expect(parseDocument(after, { version: "1.1" }).toJS()).toEqual({ mask: ["a", text] });
  }
});
