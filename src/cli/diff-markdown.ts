import { type Difference, escapeText } from "../index.ts";
import { type Comparison, countsText } from "./diff-json.ts";
import { places, reasons, subjectText } from "./diff-text.ts";

/** A comment that is longer is not read, and GitHub takes no more than 65,536 characters. */
const MOST_ROWS = 40;
const LONGEST = 160;

const WORDS = { widens: "**widens**", narrows: "narrows", neutral: "neutral" } as const;

/** Differences as a comment on a pull request: what matters in a table, the neutral folded away. */
export function diffMarkdown({ before, after, differences }: Comparison, cwd: string): string {
  const risk = before.score === after.score ? "" : ` → ${after.score.toFixed(1)} (${after.rating})`;
  const head =
    `**Sandbox: ${countsText(differences)}** · ${code(before.name)} → ${code(after.name)} · ` +
    `risk ${before.score.toFixed(1)} (${before.rating})${risk}\n`;
  const telling = differences.filter(({ change }) => change !== "neutral");
  const neutral = differences.filter(({ change }) => change === "neutral");
  const folded =
    neutral.length === 0
      ? ""
      : `\n<details><summary>${neutral.length} neutral</summary>\n\n${table(neutral, cwd)}\n</details>\n`;
  return `${head}${telling.length === 0 ? "" : `\n${table(telling, cwd)}`}${folded}`;
}

function table(differences: readonly Difference[], cwd: string): string {
  const shown = differences.slice(0, MOST_ROWS);
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
  const short = escaped.length > LONGEST ? `${escaped.slice(0, LONGEST)}…` : escaped;
  return `<code>${plain(short)}</code>`;
}

/** Points stay between other letters, so that the text can be read; `www.` would become a link. */
const plain = (text: string): string =>
  text.replace(/[^\w /.-]|_|(?<=www)\./giu, (char) => `&#${char.codePointAt(0)};`);
