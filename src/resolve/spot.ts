import type { ScalarNode, Source } from "../model/node.ts";
import type { Spot } from "../model/problem.ts";
import type { Place, Span } from "../model/source.ts";

/** What there is to know of the file that wrote something, other than what is in it. */
export type Author = Pick<Source, "file" | "directory" | "text">;

/** Where a node of a file is. */
export const spotOf = (source: Pick<Source, "file">, span: Span): Spot => ({ file: source.file, ...span });

export const placeOf = (source: Pick<Source, "file">, span: Span): Place => ({
  file: source.file,
  line: span.line,
  column: span.column,
});

/** Where the part of a scalar's text is that starts at `offset` with `${`; the whole scalar where that can't be told. */
export function spotInside(source: Author, scalar: ScalarNode, offset: number, length: number): Spot {
  const { span, text } = scalar;
  if (span.line === span.endLine) {
    const width = span.endColumn - span.column;
    // Plain, and quoted without any escape.
    if (width === text.length || width === text.length + 2) {
      const column = span.column + offset + (width - text.length) / 2;
      return { ...spotOf(source, span), column, endColumn: column + length };
    }
  }
  return spotInText(source, scalar, offset, length) ?? spotOf(source, span);
}

/** Folding and escapes leave `${` alone, so the n-th one of the text is the n-th one of what was written. */
function spotInText(source: Author, { span, text }: ScalarNode, offset: number, length: number): Spot | undefined {
  if (source.text === undefined) return undefined;
  const nth = text.slice(0, offset).split("${").length;
  const lines = source.text.split("\n").slice(span.line - 1, span.endLine);
  let seen = 0;
  for (const [index, line] of lines.entries()) {
    const line0 = span.line + index;
    for (let at = line.indexOf("${"); at >= 0; at = line.indexOf("${", at + 2)) {
      const before = index === 0 && at + 1 < span.column;
      const after = line0 === span.endLine && at + 1 >= span.endColumn;
      if (before || after) continue;
      seen += 1;
      if (seen < nth) continue;
      const column = at + 1;
      return {
        file: source.file,
        line: line0,
        column,
        endLine: line0,
        endColumn: Math.min(column + length, line.length + 1),
      };
    }
  }
  return undefined;
}
