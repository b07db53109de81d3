import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTemplate } from "../../src/resolve/template.ts";

const text = (value: string) => ({ kind: "text", text: value });
const reference = (name: string, offset: number, length: number, more: object = {}) => ({
  kind: "reference",
  name,
  offset,
  length,
  ...more,
});

describe("parseTemplate", () => {
  it.each([
    ["plain", [text("plain")]],
    ["", []],
    ["${a}", [reference("a", 0, 4)]],
    ["x${a}y", [text("x"), reference("a", 1, 4), text("y")]],
    ["${a}${B_1}", [reference("a", 0, 4), reference("B_1", 4, 6)]],
    ["${a-b}", [reference("a-b", 0, 6)]],
    ["${a:-b}", [reference("a", 0, 7, { fallback: "b" })]],
    ["${a:-}", [reference("a", 0, 6, { fallback: "" })]],
    ["${a:-b:-c}", [reference("a", 0, 10, { fallback: "b:-c" })]],
    ["${a:?no\nway}", [reference("a", 0, 12, { demand: "no\nway" })]],
    ["${a:?}", [reference("a", 0, 6, { demand: "" })]],
    ["$${a}", [text("${"), text("a}")]],
    ["$$${a}", [text("$${"), text("a}")]],
    ["$${${a}", [text("${"), reference("a", 3, 4)]],
    ["$", [text("$")]],
    ["$a $1 $$ $(x) {b}", [text("$a $1 $$ $(x) {b}")]],
  ])("reads %j", (written, parts) => {
    expect(parseTemplate(written)).toEqual({ parts, flaws: [] });
  });

  it.each([
    ["a${b", { kind: "unterminated", text: "${b", offset: 1 }],
    ["${", { kind: "unterminated", text: "${", offset: 0 }],
    ["${}", { kind: "malformed", text: "${}", offset: 0 }],
    ["${a b}", { kind: "malformed", text: "${a b}", offset: 0 }],
    ["${1}", { kind: "malformed", text: "${1}", offset: 0 }],
    ["${a:+b}", { kind: "malformed", text: "${a:+b}", offset: 0 }],
    ["${a:=b}", { kind: "malformed", text: "${a:=b}", offset: 0 }],
    ["${a:b}", { kind: "malformed", text: "${a:b}", offset: 0 }],
    ["xx${a:-${b}}", { kind: "nested", text: "${a:-${b}", offset: 2 }],
  ])("refuses %j", (written, flaw) => {
    expect(parseTemplate(written).flaws).toEqual([flaw]);
  });

  it("goes on after a mistake", () => {
    expect(parseTemplate("${} ${} ${")).toMatchObject({
      flaws: [{ offset: 0 }, { offset: 4 }, { kind: "unterminated", offset: 8 }],
    });
  });

  it("gives back any text whose every `${` is written `$${`", () => {
    fc.assert(
      fc.property(dollars, (any) => {
        const { parts, flaws } = parseTemplate(escaped(any));
        expect(flaws).toEqual([]);
        expect(parts.map((part) => (part.kind === "text" ? part.text : "a reference")).join("")).toBe(any);
      }),
    );
  });

  it("accounts for every character of any text", () => {
    fc.assert(
      fc.property(dollars, (any) => {
        const { parts, flaws } = parseTemplate(any);
        const lengths = parts.map((part) => (part.kind === "text" ? escaped(part.text).length : part.length));
        const total = [...lengths, ...flaws.map((flaw) => flaw.text.length)].reduce((sum, length) => sum + length, 0);
        expect(total).toBe(any.length);
      }),
    );
  });
});

const dollars = fc.string({ unit: fc.constantFrom("$", "{", "}", ":", "-", "?", "a", "B", "~", "/", "\n") });

// A function, for `$$` in a replacement means `$`.
const escaped = (any: string): string => any.replaceAll("${", () => "$${");
