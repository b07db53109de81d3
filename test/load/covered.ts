import type { Span } from "../../src/model/source.ts";

/** The stretch of the text that a span covers. */
export function covered(text: string, { line, column, endLine, endColumn }: Span): string {
  const starts = [0];
  for (const match of text.matchAll(/\n/g)) starts.push(match.index + 1);
  return text.slice((starts[line - 1] ?? 0) + column - 1, (starts[endLine - 1] ?? 0) + endColumn - 1);
}
