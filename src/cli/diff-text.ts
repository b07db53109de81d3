import { type Change, type Difference, escapeText, type Origin, SHIFTS } from "../index.ts";
import { type Comparison, countsText } from "./diff-json.ts";
import { fileText, type Layout, wrapped } from "./explain-rows.ts";

const SIGNS: Readonly<Record<Change, string>> = { widens: "+", narrows: "-", neutral: "~" };
const COLORS: Readonly<Record<Change, string>> = { widens: "31", narrows: "32", neutral: "2" };
/** Where what is said about a subject begins, when the subject is short. */
const COLUMN = 26;
/** Further right nobody looks for the place. */
const WIDEST = 120;

/** Differences for people: how many, then each with what it was, what it is, why it counts, and the lines behind it. */
export function diffText({ before, after, differences }: Comparison, layout: Layout): string {
  const risk = `risk ${before.score.toFixed(1)} ${before.rating}`;
  const then = before.score === after.score ? "" : ` -> ${after.score.toFixed(1)} ${after.rating}`;
  const head = `${escapeText(before.name)} -> ${escapeText(after.name)}: ${countsText(differences)}; ${risk}${then}`;
  const lines = differences.flatMap((each, index) => {
    // The neutral ones stand close together: they are there to be skimmed.
    const isNext = each.change === "neutral" && differences[index - 1]?.change === "neutral";
    return [...(isNext ? [] : [""]), ...block(each, layout)];
  });
  return `${[...wrapped(head, layout.width ?? Number.POSITIVE_INFINITY), ...lines].join("\n")}\n`;
}

function block(difference: Difference, layout: Layout): string[] {
  const { change, before, after, here } = difference;
  const subject = `${SIGNS[change]} ${escapeText(subjectText(difference))}`;
  const texts = `${escapeText(before.text)} -> ${escapeText(after.text)}${here ? "" : "  (not on this machine)"}`;
  const width = layout.width ?? Number.POSITIVE_INFINITY;
  const isShort = subject.length < COLUMN - 1 && COLUMN + texts.length <= width;
  const first = paint(layout, COLORS[change], isShort ? subject.padEnd(COLUMN) : subject);
  const under = " ".repeat(isShort ? COLUMN : 4);
  const indented = (text: string) => wrapped(text, width - under.length).map((row) => under + row);
  const why = reasons(difference);
  const where = places(difference, layout.cwd);
  const lines = [...(isShort ? [texts] : indented(texts)), ...(why === "" ? [] : indented(why))];
  const [only = ""] = where;
  const last = lines.at(-1) ?? "";
  const isBeside = where.length === 1 && COLUMN + last.trimStart().length + 2 + only.length <= Math.min(width, WIDEST);
  const dim = (text: string) => paint(layout, "2", text);
  const told = isBeside
    ? [...lines.slice(0, -1), `${last}  ${dim(only)}`]
    : [...lines, ...where.flatMap((text) => indented(text).map(dim))];
  return isShort ? [first + (told[0] ?? ""), ...told.slice(1)] : [first, ...told];
}

/** A path needs no word in front; everything else says what it is. */
export function subjectText({ area, subject }: Difference): string {
  switch (area) {
    case "path":
    case "device":
    case "network":
    case "capabilities":
      return subject;
    case "namespace":
      return subject === "nested" ? "user namespaces inside" : `${subject} namespace`;
    case "environment":
      return `env ${subject}`;
    case "service":
    case "process":
    case "limit":
      return `${area} ${subject}`;
    case "host":
      return `on the host: ${subject}`;
  }
}

/** What is gained and lost, in words. */
export const reasons = ({ gained, lost, note }: Difference): string =>
  [...gained.map((shift) => SHIFTS[shift][0]), ...lost.map((shift) => SHIFTS[shift][1]), ...(note ? [note] : [])].join(
    "; ",
  );

/** The lines that make it so on either side, those of both once; nothing for what no file says. */
export function places({ before, after }: Difference, cwd: string): string[] {
  const texts = (origins: readonly Origin[]) => [...new Set(origins.flatMap((origin) => placed(origin, cwd)))];
  const [was, is] = [texts(before.origins), texts(after.origins)];
  return [
    ...was.filter((text) => !is.includes(text)).map((text) => `was ${text}`),
    ...is.map((text) => `${was.includes(text) ? "both" : "now"} ${text}`),
  ];
}

function placed({ file, line, column, chain, flag }: Origin, cwd: string): string[] {
  if (line === 0) return [];
  const text = (place: { readonly file: string; readonly line: number; readonly column: number }) =>
    `${fileText(cwd, place.file)}:${place.line}:${place.column}`;
  const via = chain.length === 0 ? "" : ` via ${chain.map(text).join(", ")}`;
  return [`${text({ file, line, column })}${flag === undefined ? "" : ` (flag set ${escapeText(flag)})`}${via}`];
}

const paint = ({ color }: Layout, code: string, text: string): string =>
  color ? `\u001b[${code}m${text}\u001b[0m` : text;
