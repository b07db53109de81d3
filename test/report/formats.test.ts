import { describe, expect, it } from "vitest";
import { defineProblem } from "../../src/model/problem.ts";
import { REPORT_FORMATS } from "../../src/report/index.ts";

const wide = "\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff";
const UNSAFE = new RegExp(`[${wide}]`);
/** Every character that a terminal may not see, beside ones it may. */
const ALL = `${Array.from({ length: 0x2070 }, (_, code) => String.fromCharCode(code)).join("")}\ufeff\u{e0041}é名😀"\\`;

const oops = defineProblem<{ text: string }>({
  id: "test/oops",
  severity: "warning",
  when: "Never.",
  message: ({ text }) => text,
  help: ({ text }) => text,
});
const problem = oops({ text: ALL }, { file: `/p/${ALL}`, line: 2, column: 3, endLine: 2, endColumn: 9 }, [
  { file: `/p/${ALL}`, line: 1, column: 1, message: ALL },
]);

describe.each(REPORT_FORMATS)("format $name", (format) => {
  it("says what it is for", () => {
    expect(format.summary).toMatch(/^[^\n]{10,70}$/);
  });

  it("lets no control or direction character through", () => {
    const text = format.format([problem], { sources: () => `${ALL}\n${ALL}`, cwd: "/p" });
    expect(text).not.toMatch(UNSAFE);
    expect(text).toContain("名");
  });

  it("ends with a line end and is the same each time", () => {
    const text = format.format([problem, problem], {});
    expect(text).toMatch(/[^\n]\n$/);
    expect(format.format([problem, problem], {})).toBe(text);
  });
});

describe("json", () => {
  const json = REPORT_FORMATS.find((format) => format.name === "json");

  it("reads back as the problems, with their keys in one order", () => {
    const text = json?.format([problem], { cwd: "/p" }) ?? "";
    expect(JSON.parse(text)).toEqual([problem]);
    expect(Object.keys(JSON.parse(text)[0])).toEqual([
      "rule",
      "severity",
      "message",
      "file",
      "line",
      "column",
      "endLine",
      "endColumn",
      "related",
      "help",
      "data",
    ]);
  });

  it("is a list even when there is nothing to say", () => {
    expect(json?.format([], {})).toBe("[]\n");
  });
});

it("names every format once", () => {
  const names = REPORT_FORMATS.map((format) => format.name);
  expect(names).toEqual(["pretty", "json"]);
});
