import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layout } from "../../src/monitor/layout.ts";

const toFile = () => layout({ isTerminal: false });
const toTerminal = () => layout({ isTerminal: true });

describe("one origin under way", () => {
  const bar = "\rget 10%\u001b[K\rget 100%\u001b[K\n\u001b[31mred\u001b[0m\u001b]0;title\u0007 half";

  it("passes byte for byte", () => {
    const lines = toFile();
    lines.began("a");
    expect(lines.text(bar, "a")).toBe(bar);
    expect(lines.text(" a line\n", "a")).toBe(" a line\n");
    expect(lines.ended("a")).toBe("");
  });

  it("passes piece by piece, however it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (pieces) => {
        const lines = toFile();
        expect(pieces.map((piece) => lines.text(piece, "a")).join("")).toBe(pieces.join(""));
      }),
    );
  });

  it("is labelled neither after another one has ended nor because of the embedding program's own words", () => {
    const lines = toFile();
    lines.began("a");
    lines.text("1\n", "a");
    lines.ended("a");
    lines.began("b");
    expect(lines.text("2", "b")).toBe("2");
    expect(lines.text("mine\n", undefined)).toBe("");
    expect(lines.text("3", "b")).toBe("\nmine\n3");
  });

  it("ends its row before a line of the monitor's own, and only then", () => {
    const lines = toFile();
    lines.began("a");
    expect(lines.text("half", "a") + lines.ended("a")).toBe("half");
    expect(lines.own("own\n") + lines.own("own\n")).toBe("\nown\nown\n");
  });
});

describe("more origins under way", () => {
  it("are written line by line, each with its label", () => {
    const lines = toFile();
    lines.began("a");
    lines.began("b");
    const out = [
      lines.text("a1 ", "a"),
      lines.text("b1\nb2", "b"),
      lines.text("a1\na2\n", "a"),
      lines.text("mine\n", undefined),
      lines.ended("b"),
      lines.text("a3", "a"),
    ];
    expect(out).toEqual(["", "b | b1\n", "a | a1 a1\na | a2\n", "mine\n", "b | b2\n", "a3"]);
  });

  const opened = () => {
    const lines = toFile();
    lines.began("a");
    expect(lines.text("10% ", "a")).toBe("10% ");
    lines.began("b");
    expect([lines.own("stage b\n"), lines.text("b1\n", "b"), lines.isWaiting]).toEqual(["", "", true]);
    return lines;
  };

  it("a row that was open before ends as it began, and the others wait for that", () => {
    const lines = opened();
    expect(lines.text("20%\na1\na2", "a")).toBe("20%\nstage b\nb | b1\na | a1\n");
    expect(lines.text("\n", "a")).toBe("a | a2\n");
  });

  it("they don't wait for one that goes on without an end, as a progress bar does", () => {
    const lines = opened();
    expect(lines.text("20%", "a")).toBe("\nstage b\nb | b1\n");
    expect(lines.text("\n", "a")).toBe("a | 20%\n");
  });

  it("they don't wait for one that has ended", () => {
    const lines = opened();
    expect(lines.ended("a")).toBe("\nstage b\nb | b1\n");
    expect(lines.text("b2", "b")).toBe("b2");
  });

  it("they don't wait for ever", () => {
    const lines = opened();
    expect(lines.overdue()).toBe("\nstage b\nb | b1\n");
    expect(lines.text("20%\n", "a")).toBe("a | 20%\n");
    const again = opened();
    expect(again.allEnded()).toBe("\nstage b\nb | b1\n");
  });

  it("they don't wait for it with ever more", () => {
    const lines = opened();
    const much = "x".repeat(70_000);
    expect(lines.text(`${much}\n`, "b")).toBe(`\nstage b\nb | b1\nb | ${much}\n`);
  });

  it("an origin that no stage announced counts from its first text to the end of all", () => {
    const lines = toFile();
    expect(lines.text("a\n", "a")).toBe("a\n");
    expect(lines.text("b1\nb2", "b")).toBe("b | b1\n");
    expect(lines.allEnded()).toBe("b | b2\n");
    expect(lines.text("b3", "b")).toBe("b3");
  });

  it("an origin that runs twice is under way until both have ended", () => {
    const lines = toFile();
    for (const name of ["a", "a", "b"]) lines.began(name);
    lines.ended("a");
    expect(lines.text("b1\n", "b")).toBe("b | b1\n");
    lines.ended("a");
    expect(lines.text("b2\n", "b")).toBe("b2\n");
  });

  it("a line without an end does not grow for ever", () => {
    const lines = toFile();
    lines.began("b");
    const long = "x".repeat(70_000);
    expect(lines.text(long, "a")).toBe(`a | ${long}\n`);
  });

  it("never mix within a line, and lose nothing", () => {
    const piece = fc.record({
      name: fc.constantFrom("a", "b", "c"),
      text: fc.string({ unit: fc.constantFrom(..."xyz\n") }),
    });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const lines = toFile();
        for (const name of ["a", "b", "c"]) lines.began(name);
        const out = pieces.map(({ text, name }) => lines.text(text, name)).join("") + lines.own("own\n");
        // After the first end only two are left, and after the second one a single origin goes on without a label.
        const ends = lines.ended("a") + lines.ended("b");
        for (const name of ["a", "b"]) {
          const given = pieces
            .filter((one) => one.name === name)
            .map(({ text }) => text)
            .join("");
          const rows = (out + ends)
            .split("\n")
            .filter((row) => row.startsWith(`${name} | `))
            .map((row) => row.slice(4));
          expect(rows.join("\n")).toBe(given.replace(/\n$/, ""));
        }
        expect(out).toMatch(/^((a|b|c) \| [xyz]*\n)*own\n$/);
      }),
    );
  });
});

describe("on a terminal", () => {
  const shown = (...pieces: string[]) => {
    const lines = toTerminal();
    return pieces.map((piece) => lines.text(piece, "a")).join("") + lines.ended("a");
  };

  it("a progress bar works", () => {
    const bar = "\r[#   ]\u001b[K\r[####]\u001b[2K\n\tdone\r\n";
    expect(shown(bar)).toBe(bar);
  });

  it.each([
    ["the cursor goes up", "\u001b[2A\u001b[H", "\\x1b[2A\\x1b[H"],
    ["the screen is erased", "\u001b[2J\u001bc", "\\x1b[2J\\x1bc"],
    ["another screen", "\u001b[?1049h", "\\x1b[?1049h"],
    ["the title, the clipboard", "\u001b]52;c;eA==\u0007", "\\x1b]52;c;eA==\\x07"],
    ["8-bit controls", "\u009b2A", "\\x9b2A"],
    ["backspace, other line ends", "\b\v\f\u0085\u2028", "\\x08\\x0b\\x0c\\x85\\u{2028}"],
    ["the order of characters", "\u202e", "\\u{202e}"],
    ["styles, by which the monitor's own lines are known", "\u001b[1;36mstage x\u001b[8m\u001b[m", "stage x"],
  ])("not: %s", (_, text, expected) => {
    expect(shown(text)).toBe(expected);
    // However the pieces are cut.
    expect(shown(...text)).toBe(expected);
  });

  it("an escape that never ends is shown", () => {
    expect(shown("x\u001b[1")).toBe("x\\x1b[1");
  });

  it("a redrawn row can't hide its label", () => {
    const lines = toTerminal();
    lines.began("b");
    expect(lines.text("10%\r50%\u001b[2K\rb | forged\u001b[K\r\n", "a")).toBe("a | b | forged\n");
  });

  it("a label is escaped", () => {
    const lines = toTerminal();
    lines.began("b");
    expect(lines.text("x\n", "a\u001b[2A")).toBe("a\\x1b[2A | x\n");
  });
});
