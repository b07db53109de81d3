import { type Difference, escapeText } from "../index.ts";
import { type Comparison, countsText } from "./diff-json.ts";
import { places, reasons, subjectText } from "./diff-text.ts";

/** A comment that is longer is not read. */
const MOST_ROWS = 40;
// GitHub takes no more than 65,536 characters.
const MOST = 65_000;
const LONGEST = 160;

const WORDS = { widens: "**widens**", narrows: "narrows", neutral: "neutral" } as const;

/** Differences as a comment on a pull request: what matters in a table, the neutral folded away. */
export function diffMarkdown(comparison: Comparison, cwd: string): string {
  for (let rows = MOST_ROWS; ; rows = Math.floor(rows / 2)) {
    const text = comment(comparison, cwd, rows);
    // What widens comes first, so that it is the last to go.
    if (text.length <= MOST || rows === 0) return text;
  }
}

function comment({ before, after, differences }: Comparison, cwd: string, rows: number): string {
  const risk = before.score === after.score ? "" : ` → ${after.score.toFixed(1)} (${after.rating})`;
  const head =
    `**Sandbox: ${countsText(differences)}** · ${code(before.name)} → ${code(after.name)} · ` +
    `risk ${before.score.toFixed(1)} (${before.rating})${risk}\n`;
  const telling = differences.filter(({ change }) => change !== "neutral");
  const neutral = differences.filter(({ change }) => change === "neutral");
  const folded =
    neutral.length === 0
      ? ""
      : `\n<details><summary>${neutral.length} neutral</summary>\n\n${table(neutral, cwd, rows)}\n</details>\n`;
  return `${head}${telling.length === 0 ? "" : `\n${table(telling, cwd, rows)}`}${folded}`;
}

function table(differences: readonly Difference[], cwd: string, most: number): string {
  const shown = differences.slice(0, most);
  const rest = differences.length - shown.length;
  const rows = shown.map((each) => {
    const why = [reasons(each), ...(each.here ? [] : ["not on the machine that compared"])].filter(
      (text) => text !== "",
    );
    const cells = [
      WORDS[each.change],
      code(subjectText(each)),
      code(each.before.text),
      code(each.after.text),
      why.map(plain).join("; "),
      places(each, cwd).map(code).join("<br>"),
    ];
    return `| ${cells.join(" | ")} |\n`;
  });
  const more = rest === 0 ? "" : `\n…and ${rest} more.\n`;
  return `| | what | before | after | because | where |\n|---|---|---|---|---|---|\n${rows.join("")}${more}`;
}

/**
 * Text of others as it is: in `<code>` GitHub makes no mentions, references or links of it, and every character that
 * could be markup is a numeric reference, which never is (GitHub Flavored Markdown, "Entity and numeric character
 * references").
 */
function code(text: string): string {
  const escaped = escapeText(text);
  const letters = [...escaped];
  const short = letters.length > LONGEST ? `${letters.slice(0, LONGEST).join("")}…` : escaped;
  return `<code>${plain(short)}</code>`;
}

/** Points stay between other letters, so that the text can be read; `www.` would become a link. */
const plain = (text: string): string =>
  text.replace(/[^\w /.-]|_|(?<=www)\./giu, (char) => `&#${char.codePointAt(0)};`);
