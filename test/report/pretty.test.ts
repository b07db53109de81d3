import { describe, expect, it } from "vitest";
import { defineProblem, type Problem, type Spot } from "../../src/model/problem.ts";
import { formatProblems } from "../../src/report/index.ts";

const oops = defineProblem<{ name: string; help?: string }>({
  id: "test/oops",
  severity: "error",
  when: "Never.",
  message: ({ name }) => `${name} is wrong`,
  help: ({ help }) => help,
});
const hint = defineProblem<object>({ id: "test/hint", severity: "info", when: "Never.", message: () => "look here" });

const TEXT = "version: 1\nmounts:\n  /usr: ro\r\n";
const sources = (file: string) => (file === "/p/.sandbox.yml" ? TEXT : undefined);
const spot = (line: number, column: number, length = 1): Spot => ({
  file: "/p/.sandbox.yml",
  line,
  column,
  endLine: line,
  endColumn: column + length,
});
/** The source line as shown, and the line of carets below it. */
function underlined(line: string, column: number, length: number): string {
  const text = formatProblems([oops({ name: "x" }, { ...spot(1, column, length), file: "f" })], {
    sources: () => line,
  });
  const [, shown = "", carets = ""] = text.split("\n");
  return `${shown}\n${carets}`;
}

describe("formatProblems", () => {
  it("writes place, line, carets, related places and help", () => {
    const problem = oops({ name: "`/usr`", help: "write /usr: rw" }, spot(3, 3, 4), [
      { file: "/p/.sandbox.yml", line: 1, column: 1, message: "because of this" },
      { file: "builtin:base", line: 7, column: 2, message: "and of that" },
    ]);
    expect(formatProblems([problem], { sources })).toBe(
      [
        "/p/.sandbox.yml:3:3: error[test/oops]: `/usr` is wrong",
        "  3 |   /usr: ro",
        "    |   ^^^^",
        "  /p/.sandbox.yml:1:1: because of this",
        "  1 | version: 1",
        "  builtin:base:7:2: and of that",
        "  help: write /usr: rw",
        "",
      ].join("\n"),
    );
  });

  it("needs nothing but the problems", () => {
    expect(formatProblems([hint({}, spot(3, 3))])).toBe("/p/.sandbox.yml:3:3: info[test/hint]: look here\n");
    expect(formatProblems([])).toBe("");
  });

  it("separates problems by an empty line", () => {
    const text = formatProblems([hint({}, spot(1, 1)), hint({}, spot(2, 1))]);
    expect(text.split("\n")).toEqual([
      "/p/.sandbox.yml:1:1: info[test/hint]: look here",
      "",
      "/p/.sandbox.yml:2:1: info[test/hint]: look here",
      "",
    ]);
  });

  it("shows paths below the given directory relative to it, and no others", () => {
    const shown = (file: string, cwd: string) => formatProblems([hint({}, { ...spot(1, 1), file })], { cwd });
    expect(shown("/p/a/.sandbox.yml", "/p")).toMatch(/^a\/\.sandbox\.yml:1:1: /);
    expect(shown("/p/x.yml", "/")).toMatch(/^p\/x\.yml:1:1: /);
    expect(shown("/other/x.yml", "/p")).toMatch(/^\/other\/x\.yml:1:1: /);
    expect(shown("/pq/x.yml", "/p")).toMatch(/^\/pq\/x\.yml:1:1: /);
    expect(shown("builtin:base", "/p")).toMatch(/^builtin:base:1:1: /);
    const related = oops({ name: "x" }, spot(1, 1), [{ file: "/p/b.yml", line: 2, column: 3, message: "here" }]);
    expect(formatProblems([related], { cwd: "/p" })).toContain("\n  b.yml:2:3: here\n");
  });

  it("leaves out a place that nobody can look at", () => {
    const nowhere: Spot = { file: "default", line: 0, column: 0 };
    expect(formatProblems([hint({}, nowhere)])).toBe("info[test/hint]: look here\n");
    expect(formatProblems([hint({}, { file: "/usr/bin/bwrap", line: 0, column: 0 })])).toMatch(
      /^\/usr\/bin\/bwrap: info/,
    );
    expect(formatProblems([hint({}, { file: "command-line", line: 2, column: 1 })])).toMatch(/^command-line:2:1: info/);
  });

  it("uses colours only when asked", () => {
    const problem = oops({ name: "x", help: "y" }, spot(1, 1, 7));
    expect(formatProblems([problem], { sources })).not.toContain("\u001b");
    const colored = formatProblems([problem], { sources, color: true });
    expect(colored).toContain("\u001b[1;31merror[test/oops]\u001b[0m");
    expect(colored.replace(/\u001b\[[\d;]*m/g, "")).toBe(formatProblems([problem], { sources }));
  });

  it.each([
    ["the whole of a span", "  a: bc", 6, 2, "  1 |   a: bc\n    |      ^^"],
    ["one caret for an empty span", "ab", 3, 0, "  1 | ab\n    |   ^"],
    ["a place behind the line's end", "ab", 9, 2, "  1 | ab\n    |   ^"],
    ["the place after tabs", "\ta:\tb", 5, 1, "  1 |     a:    b\n    |           ^"],
    ["wide characters before and inside", "名前: 値段x", 5, 2, "  1 | 名前: 値段x\n    |       ^^^^"],
    ["combining characters", "e\u0301e\u0301: x", 7, 1, "  1 | e\u0301e\u0301: x\n    |     ^"],
    ["emoji of several characters", "👩‍👩‍👧‍👦🇩🇪❤️: x", 20, 1, "  1 | 👩‍👩‍👧‍👦🇩🇪❤️: x\n    |         ^"],
    [
      "escapes, at the length that is shown",
      "\u001b[2Ka: \u202eb",
      8,
      2,
      "  1 | \\x1b[2Ka: \\u{202e}b\n    |           ^^^^^^^^^",
    ],
  ])("puts carets under %s", (_, line, column, length, expected) => {
    expect(underlined(line, column, length)).toBe(expected);
  });

  it("underlines to the line's end when a span goes on", () => {
    const problem = oops({ name: "x" }, { ...spot(2, 3), endLine: 3, endColumn: 2 });
    expect(formatProblems([problem], { sources })).toContain("  2 | mounts:\n    |   ^^^^^\n");
  });

  it("cuts a very long line around the place", () => {
    const line = `${"a".repeat(5000)}HERE${"b".repeat(5000)}`;
    const [shown = "", carets = ""] = underlined(line, 5001, 4).split("\n");
    expect(shown.length).toBeLessThan(200);
    expect(shown.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("HERE");
    expect(shown).toMatch(/^ {2}1 \| …a+HEREb+…$/);
  });
});

describe("what comes from outside", () => {
  const EVIL = "\u001b]0;owned\u0007\u009b31m\n\r\u202e\u2066\u200f\u061c\u2028\u0085";

  it("reaches no terminal as it is", () => {
    const problem: Problem = {
      ...oops({ name: EVIL, help: `type ${EVIL}` }, { ...spot(1, 1, 3), file: `/p/${EVIL}` }, [
        { file: `/q${EVIL}`, line: 1, column: 1, message: `m${EVIL}` },
      ]),
    };
    const text = formatProblems([problem], { sources: () => EVIL, cwd: "/p" });
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
    // place, line, carets, related place, its line, help: none of the line ends from outside is one
    expect(text.split("\n")).toHaveLength(7);
    expect(text).toContain(
      "\\x1b]0;owned\\x07\\x9b31m\\n\\r\\u{202e}\\u{2066}\\u{200f}\\u{061c}\\u{2028}\\x85 is wrong",
    );
  });
});
