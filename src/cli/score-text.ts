import { escapeText, type Score } from "../index.ts";
import { type Layout, placeText, wrapped } from "./explain-rows.ts";
import { jsonText } from "./json.ts";

/** A profile, and how much it lets in. */
export interface ScoredProfile extends Score {
  /** As it was asked for; the file's own name where it was found. */
  readonly profile: string;
}

const COLORS: Readonly<Record<Score["rating"], string>> = {
  safe: "32",
  ok: "32",
  medium: "33",
  exposed: "31",
  unsafe: "1;31",
};

/** What is open, what adds most first, and what that comes to. Items that add nothing are named at the end. */
export function scoreText(scored: readonly ScoredProfile[], layout: Layout, threshold = 10): string {
  return scored.map((each) => `${table(each, layout, threshold).join("\n")}\n`).join("\n");
}

function table({ profile, score, rating, items }: ScoredProfile, layout: Layout, threshold: number): string[] {
  const open = items.filter(({ exposure }) => exposure > 0);
  const closed = items.filter(({ exposure }) => exposure === 0);
  const id = Math.max(0, ...open.map((item) => item.id.length));
  const indent = 8 + id;
  const width = (layout.width ?? Number.POSITIVE_INFINITY) - indent;
  const rows = open.flatMap((item) => {
    const alone = item.atLeast === undefined ? "" : ` (by this alone at least ${item.atLeast.toFixed(1)})`;
    const text = `${item.title}: ${escapeText(item.found)}${alone}`;
    const places = [...new Set(item.origins.map((origin) => placeText(layout, origin)))].filter(
      (place) => place !== "",
    );
    const more = places.length > 3 ? [...places.slice(0, 3), `and ${places.length - 3} more`] : places;
    const [first = "", ...rest] = wrapped(text, width);
    const pad = (line: string) => " ".repeat(indent) + line;
    return [
      `${item.points.toFixed(2)}  ${item.id.padEnd(id)}  ${first}`,
      ...rest.map((line) => pad(line)),
      ...(more.length === 0 ? [] : wrapped(more.join(", "), width).map((line) => dim(layout, pad(line)))),
    ];
  });
  const none =
    closed.length === 0 ? [] : wrapped(`closed: ${closed.map((item) => item.id).join(", ")}`, width + indent);
  const verdict = `${score.toFixed(1)} of 10.0, ${rating}`;
  const above = score > threshold ? `: above the threshold of ${threshold}` : "";
  return [
    ...rows,
    ...none.map((line) => dim(layout, line)),
    `${escapeText(profile)}: ${layout.color ? `\u001b[${COLORS[rating]}m${verdict}\u001b[0m` : verdict}${above}`,
  ];
}

const dim = ({ color }: Layout, text: string): string => (color ? `\u001b[2m${text}\u001b[0m` : text);

/** As `schema/score.schema.json` describes it. */
export const scoreJson = (scored: readonly ScoredProfile[]): string =>
  jsonText({
    version: 1,
    profiles: scored.map(({ profile, score, rating, items }) => ({ profile, score, rating, items })),
  });
