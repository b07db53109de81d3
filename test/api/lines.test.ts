import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { budgetOf, Lines } from "../../src/api/lines.ts";

type Line = ReturnType<Lines["add"]>[number];
const shown = (line: Line): string => ("bytes" in line ? line.bytes.toString() : `(${line.refused.code})`);

function linesOf(pieces: readonly Uint8Array[], ceiling: number): string[] {
  const lines = new Lines(ceiling, budgetOf(1e6));
  return [...pieces.flatMap((piece) => lines.add(Buffer.from(piece))), ...lines.end()].map(shown);
}

describe("lines of a stream", () => {
  it("are the same however the stream is cut into pieces", () => {
    const text = fc.array(fc.string({ unit: "grapheme", maxLength: 12 })).map((words) => words.join("\n"));
    fc.assert(
      fc.property(text, fc.array(fc.nat(60)), (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const marks = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const pieces = marks.slice(1).map((mark, index) => bytes.subarray(marks[index], mark));
        const expected = whole.split("\n").slice(0, -1);
        if (!whole.endsWith("\n") && whole !== "") expected.push("(unterminated)");
        const short = (line: string) => (Buffer.byteLength(line) > 20 ? "(too-large)" : line);
        // The half of a line over the ceiling was refused already.
        const last = whole.slice(whole.lastIndexOf("\n") + 1);
        if (Buffer.byteLength(last) > 20) expected[expected.length - 1] = "(too-large)";
        expect(linesOf(pieces, 20)).toEqual(expected.map(short));
      }),
    );
  });

  it.each([1, 3, 1000])("a line over the ceiling is refused once and skipped, in pieces of %i", (size) => {
    const bytes = Buffer.from("1234\n12345\nab\n");
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    expect(linesOf(pieces, 4)).toEqual(["1234", "(too-large)", "ab"]);
  });

  it("share what memory there is, and give it back", () => {
    const budget = budgetOf(10);
    const [one, other] = [new Lines(10, budget), new Lines(10, budget)];
    expect(one.add(Buffer.from("12345678"))).toEqual([]);
    expect(other.add(Buffer.from("1234")).map(shown)).toEqual(["(busy)"]);
    one.drop();
    expect(other.add(Buffer.from("\n1234")).map(shown)).toEqual([]);
    expect(other.add(Buffer.from("5\n")).map(shown)).toEqual(["12345"]);
  });

  it("keep memory for a finished line until it is handled", () => {
    const budget = budgetOf(10);
    const lines = new Lines(10, budget);
    lines.add(Buffer.from("123"));
    const [line] = lines.add(Buffer.from("456\n"));
    expect(budget.take(5)).toBe(false);
    budget.give(line && "reserved" in line ? line.reserved : 0);
    expect(budget.take(10)).toBe(true);
  });

  it("take one block of memory, in however small pieces they come", () => {
    let most = 0;
    let taken = 0;
    const lines = new Lines(1000, {
      take(bytes) {
        taken += bytes;
        most = Math.max(most, taken);
        return true;
      },
      give(bytes) {
        taken -= bytes;
      },
    });
    for (let index = 0; index < 900; index++) lines.add(Buffer.from("x"));
    expect(most).toBe(1000);
    lines.drop();
    expect(taken).toBe(0);
  });
});
