import type { Example, Rule } from "../index.ts";

/** The page of a rule, in Markdown. */
export function rulePage(rule: Rule): string {
  const { severity, title, why, sources, fix, covers = [], refusedAs, needs, varies, bad, good } = rule;
  const lines = [
    title,
    "",
    `**${SEVERITIES[severity]}.** ${why}`,
    "",
    `Sources: ${sources.map(({ text, url }) => (url === undefined ? text : `[${text}](${url})`)).join(", ")}.`,
    "",
    `**What to do.** ${fix}`,
    ...(refusedAs === undefined
      ? []
      : ["", `No plan is made of it: the problem is ${refusedAs.map(code).join(" or ")}, and lint ends with 2.`]),
    ...(needs === undefined ? [] : ["", "It depends on the machine: with `--offline` it is silent."]),
    ...(varies === undefined ? [] : ["", "What it finds depends on the checkout, or on whose machine it is."]),
    ...covers.flatMap(({ id, because }) => ["", `It stands for ${code(id)}, too: ${because}.`]),
    "",
    ...example("Found", bad),
    "",
    ...example("Not found", good),
  ];
  return `${lines.join("\n")}\n`;
}

export const SEVERITIES: Readonly<Record<Rule["severity"], string>> = {
  error: "Error",
  warning: "Warning",
  info: "Info",
};

const code = (text: string): string => `\`${text}\``;

/** Examples of thousands of lines are to be tried, not read. */
const MOST_LINES = 16;

function example(word: string, { profile, file, files = {}, where }: Example): string[] {
  const lines = profile.trimEnd().split("\n");
  const shown = lines.length > MOST_LINES ? [...lines.slice(0, 6), `# … ${lines.length - 6} more lines`] : lines;
  const name = file === undefined ? "" : `, in \`${file}\``;
  return [
    `${word}${name}${where === undefined ? "" : `, where ${where}`}:`,
    "",
    "```yaml",
    ...shown,
    "```",
    ...Object.entries(files).flatMap(([path, text]) => [
      "",
      `with \`${path}\`:`,
      "",
      "```yaml",
      ...text.trimEnd().split("\n"),
      "```",
    ]),
  ];
}
