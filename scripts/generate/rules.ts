import { rulePage } from "../../src/cli/rule-page.ts";
import { RULES, SETTLED } from "../../src/lint/index.ts";

/** The page of the linter's rules, from the rules' own files. */
export function rulesPage(): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const anchor = (id: string) => id.replaceAll("/", "");
  const rows = RULES.map(({ id, severity, title, refusedAs }) => {
    const how = refusedAs === undefined ? severity : "refused";
    return `| [\`${id}\`](#${anchor(id)}) | ${how} | ${cell(title)} |`;
  });
  const settled = SETTLED.map(
    ({ id, danger, because, shownBy }) =>
      `| \`${id}\` | ${cell(danger)} | ${cell(because)}${shownBy === undefined ? "" : ` (\`${shownBy}\`)`} |`,
  );
  const pages = RULES.map((rule) => `## ${rule.id}\n\n${rulePage(rule)}`);
  return `<!-- Generated from src/lint/ by \`npm run generate\`; not edited by hand. -->

# The rules of \`sbx lint\`

\`sbx lint\` looks at what a profile comes to: the plan of each of its variants, in the default combination of its flag sets and
with each flag set alone, and what stands in the sandbox then. So a grant is found however it came in, and is told at the
entry that decides. What the profile names and what rules ask for (\`~/.ssh\`, a socket) is taken to be there, whether or not it
is on this machine; \`--offline\` asks the machine nothing at all, and finds the same everywhere.

An error ends lint with 1, a warning does with \`--strict\` or beyond \`--max-warnings\`, an info never does. "Refused" is what no
plan is made of: the problem has another id then, and lint ends with 2.

A finding is accepted with its reason, in the profile that is linted, and until a day if one likes:

\`\`\`yaml
lint:
  ignore:
    - {rule: net/host, reason: needs the local database, until: 2027-01-31}
\`\`\`

Exceptions are not inherited: who extends a profile accepts for himself. What a built-in profile accepts of its own entries counts
for who extends it as far as warnings go, but not for a flag set that he turns on.

| rule | severity | finds |
|---|---|---|
${rows.join("\n")}

## What needs no rule

Dangers that other linters look for, and why there is nothing to find here.

| id | danger | why not here |
|---|---|---|
${settled.join("\n")}

${pages.join("\n")}`;
}
