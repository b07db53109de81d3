import type { Span } from "../model/source.ts";

/** Turns offsets of one text into lines and columns. */
export type Lines = (start: number, end?: number) => Span;

/** Indexes the lines of a text. Columns count UTF-16 units, as editors do; offsets outside the text are moved to its ends. */
export function linesOf(text: string): Lines {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);

  const point = (offset: number): { line: number; column: number } => {
    const inside = Math.min(Math.max(offset, 0), text.length);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= inside) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: inside - (starts[low] ?? 0) + 1 };
  };

  return (start, end = start) => {
    const from = point(start);
    const to = point(Math.max(start, end));
    return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  };
}
