import type { Severity } from "../model/problem.ts";
import { secretStretches } from "../model/secret-lines.ts";
import type { Span } from "../model/source.ts";
import type { Paint } from "./color.ts";
import { escapeLine } from "./escape.ts";
import type { Line } from "./lines.ts";
import { REDACTED } from "./private.ts";
import { widthOf } from "./width.ts";

/** The longest stretch of a source line that is shown, in UTF-16 units. */
const LONGEST = 160;
/** How much of it may stand before the place. */
const BEFORE = 60;

/** A line of a file with its number, and below it carets from the span's start to its end on that line. */
export function frame(written: Line, span: Span, severity: Severity, paint: Paint): readonly string[] {
  const { line, moved } = withoutSecrets(written);
  const place = moved(span.column - 1);
  const { shown, from } = cut(line, place);
  const start = Math.min(place, line.length) - from;
  const end = span.endLine === span.line ? moved(span.endColumn - 1) - from : shown.length;
  const before = widthOf(escapeLine(shown.slice(0, start)));
  const carets = Math.max(1, widthOf(escapeLine(shown.slice(start, Math.max(end, start)))));
  const lead = from > 0 ? "…" : "";
  const number = String(span.line);
  return [
    numbered(number, lead + escapeLine(shown) + (from + shown.length < line.length ? "…" : ""), paint),
    numbered(" ".repeat(number.length), " ".repeat(lead.length + before) + paint(severity, "^".repeat(carets)), paint),
  ];
}

/** A line of a file with its number. */
export function sourceLine(
  written: Line,
  { number, column }: { number: number; column: number },
  paint: Paint,
): string {
  const { line, moved } = withoutSecrets(written);
  const { shown, from } = cut(line, moved(column - 1));
  const rest = from + shown.length < line.length ? "…" : "";
  return numbered(String(number), (from > 0 ? "…" : "") + escapeLine(shown) + rest, paint);
}

/** The file has the secret: logs need not have it, too. `moved` says where a place of the written line is in what is shown. */
function withoutSecrets({ written, above }: Line): {
  readonly line: string;
  readonly moved: (index: number) => number;
} {
  const stretches = secretStretches(written, above);
  let line = "";
  let done = 0;
  for (const [from, to] of stretches) {
    line += written.slice(done, from) + REDACTED;
    done = to;
  }
  line += written.slice(done);
  const moved = (index: number): number => {
    let shift = 0;
    for (const [from, to] of stretches) {
      if (index <= from) break;
      if (index < to) return from + shift;
      shift += REDACTED.length - (to - from);
    }
    return index + shift;
  };
  return { line, moved };
}

const numbered = (number: string, text: string, paint: Paint): string =>
  `  ${paint("dim", `${number} |`)} ${text}`.trimEnd();

/** The part of a line around a place; all of it unless it is very long. */
function cut(line: string, place: number): { readonly shown: string; readonly from: number } {
  if (line.length <= LONGEST) return { shown: line, from: 0 };
  const from = Math.max(0, Math.min(place, line.length) - BEFORE);
  return { shown: line.slice(from, from + LONGEST), from };
}
