import { ITEMS, RATINGS } from "../../src/score/index.ts";

/** The page of risk scores, from the items' own declarations. */
export function scorePage(): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = ITEMS.map(
    ({ id, weight, title, levels, because }) =>
      `| \`${id}\` | ${weight} | ${cell(title)} | ${cell(levels)} | ${cell(because)} |`,
  );
  const ratings = RATINGS.map(({ upTo, rating }, index) => {
    const above = RATINGS[index - 1]?.upTo;
    return `| ${above === undefined ? "0.0" : `above ${above.toFixed(1)}`} to ${upTo.toFixed(1)} | ${rating} |`;
  });
  return `<!-- Generated from src/score/ by \`npm run generate\`; not edited by hand. -->

# The risk score

\`sbx lint --score\` says how much a profile lets in: 0.0 nothing, 10.0 as much as running without a sandbox, in the manner of
\`systemd-analyze security\`. \`--threshold 2.5\` ends with 1 where it is more. \`sbx diff\` shows the scores of both sides.

A score is the sum of weight × exposure over the items below, rounded up to one place; the weights come to 10. Some things are
a way out by themselves, whatever else is closed: these say "at least", and the score is no less than that. It is computed
from the plan and the tree of what stands in the sandbox, so inheritance, order, masks and protections count, and nothing is run.

The weights are a judgement: what changes the host outweighs what reads it, what reads it outweighs what only takes from
it, and what an attack needs first (to write, to read a credential, to send it) comes to more than half. Why each item
counts has a source; how much it counts in your case you know better, so look at the items, not at the sum alone. A score
says nothing of what lies in the files of the project, nor of the kernel.

| item | weight | what | exposure | because |
|---|---|---|---|---|
${rows.join("\n")}

| score | rating |
|---|---|
${ratings.join("\n")}
`;
}
