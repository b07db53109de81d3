import { describe, expect, it } from "vitest";
import { load } from "../../src/load/index.ts";

const read = (text: string) => load("/p/.sandbox.yml", "/p", text);

describe("messages", () => {
  it.each([
    ["a:\n", "the value of `a` is empty"],
    ["a: ~", "the value of `a` is `~`, which YAML reads as nothing"],
    ["~: a", "this key is `~`, which YAML reads as nothing"],
    [": a", "this key is empty"],
    ["a: [null]", "this item is `null`, which YAML reads as nothing"],
    ["a: [b", "this [ is never closed"],
    ["a: [b}", "`}` stands where `[` should be closed"],
    ["a: 'b", "this ' is never closed"],
    ["- a", "a profile is a mapping of keys to values; this is a list"],
    ["a", "a profile is a mapping of keys to values; this is text"],
    ["a: @b", "a value can't start with `@` unless it is quoted"],
    ["a: b\na: c", "the key `a` stands here a second time"],
    ["a: b\u0007", "the character U+0007 can't stand in YAML"],
    [`a: *${"b".repeat(100)}`, `\`*${"b".repeat(58)}…\` is a YAML alias, which is not supported`],
  ])("%j: %s", (text, message) => {
    expect(read(text).problems.map((problem) => problem.message)).toEqual([message]);
  });

  it("say nothing of what stands in block texts, quotes and comments", () => {
    const text = "a: |\n  @x *y !z &b: [ {\n  \t${q}\nb: \"@x: [\" # *c: ${d} {\nc: '@: {'\n";
    expect(read(text).problems).toEqual([]);
    expect(read(`${text}d: @y`).problems).toMatchObject([{ rule: "yaml/unquoted-start", line: 6 }]);
  });
});

describe("several mistakes", () => {
  const rules = (text: string) => read(text).problems.map(({ rule, line, column }) => `${line}:${column} ${rule}`);

  it("are told together when they do not depend on each other, in the order of the file", () => {
    expect(rules("a:\nb: [*x, @y]\nc: ~\nd: !t e\na: f\n")).toEqual([
      "1:1 yaml/null",
      "2:5 yaml/alias",
      "2:9 yaml/unquoted-start",
      "3:4 yaml/null",
      "4:4 yaml/tag",
      "5:1 yaml/duplicate-key",
    ]);
  });

  it("come without what a broken structure made of the rest", () => {
    expect(rules("a: b: c\nd:\n")).toEqual(["1:4 yaml/colon-in-value"]);
    expect(rules('a: "\\q"\nb: [c\nd: [e\n')).toEqual(["1:5 yaml/syntax", "2:4 yaml/unclosed-bracket"]);
  });

  it("name each unquoted variable", () => {
    expect(rules("a: [${X}, ${Y}]\nb: {c: ${Z}}")).toEqual([
      "1:5 yaml/unquoted-variable",
      "1:11 yaml/unquoted-variable",
      "2:8 yaml/unquoted-variable",
    ]);
  });

  it("point from a second key to the first one", () => {
    const { problems } = read('a: b\n"a": c\n');
    expect(problems).toMatchObject([{ rule: "yaml/duplicate-key", line: 2, column: 1, endColumn: 4 }]);
    expect(problems[0]?.related).toEqual([{ file: "/p/.sandbox.yml", line: 1, column: 1, message: "the first one" }]);
  });

  it("point from a wrong bracket to the one it should close", () => {
    const related = read("a: [b, {c: d]").problems[0]?.related;
    expect(related).toMatchObject([{ line: 1, column: 8, message: "opened here" }]);
  });
});
