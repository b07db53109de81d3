import { lintRules, nearestWord, problemKinds, type Rule, type Settled } from "../../index.ts";
import { type CommonOptions, type DefineCommand, define } from "../command.ts";
import { CLEAN } from "../exit.ts";
import { jsonText } from "../json.ts";
import { rulePage, SEVERITIES } from "../rule-page.ts";
import { UsageError } from "../usage-error.ts";

export const command: DefineCommand = (line, end) =>
  define("rules", line, {
    summary:
      "What `sbx lint` looks for: each rule by its id, why it is dangerous and who says so, what to do, examples.",
    formats: ["text", "json"],
    examples: [
      ["all of them", "sbx rules"],
      ["one", "sbx rules sock/docker"],
      ["a group", "sbx rules cred"],
      ["as data", "sbx rules --json"],
    ],
  })
    .argument("[id...]", "rules, or groups of them")
    .action(async (ids: readonly string[], options: CommonOptions) => end(await rules(ids, options)));

async function rules(ids: readonly string[], { format }: CommonOptions): Promise<number> {
  const all = { ...(await lintRules()), problems: ids.length === 0 ? [] : await problemKinds() };
  const wanted = ids.length === 0 ? all : only(ids, all);
  const { settled, problems } = wanted;
  if (format === "json")
    process.stdout.write(
      jsonText({ version: 1, rules: wanted.rules.map(asData), settled, ...(problems.length > 0 ? { problems } : {}) }),
    );
  else if (ids.length === 0 || isGroup(ids, wanted.rules)) process.stdout.write(table(wanted.rules, wanted.settled));
  else
    process.stdout.write(
      [...wanted.rules.map(page), ...settled.map(settledPage), ...problems.map((each) => problemPage(each, all))].join(
        "\n",
      ),
    );
  return CLEAN;
}

type Kind = Awaited<ReturnType<typeof problemKinds>>[number];

interface All {
  readonly rules: readonly Rule[];
  readonly settled: readonly Settled[];
  /** What is no rule's: each by its id alone. */
  readonly problems: readonly Kind[];
}

function only(ids: readonly string[], { rules: known, settled, problems }: All): All {
  const isMeant = (id: string, word: string) => id === word || id.startsWith(`${word.replace(/\/$/, "")}/`);
  for (const word of ids) {
    if (
      known.some((rule) => idsOf(rule).some((id) => isMeant(id, word))) ||
      settled.some(({ id }) => isMeant(id, word)) ||
      problems.some(({ id }) => id === word)
    )
      continue;
    const meant = nearestWord(word, [...known.flatMap(idsOf), ...[...settled, ...problems].map(({ id }) => id)]);
    throw new UsageError(`there is no rule ${word}; ${meant ? `did you mean ${meant}?` : "`sbx rules` lists them"}`);
  }
  const isWanted = (id: string) => ids.some((word) => isMeant(id, word));
  return {
    rules: known.filter((rule) => idsOf(rule).some(isWanted)),
    settled: settled.filter(({ id }) => isWanted(id)),
    problems: problems.filter(({ id }) => ids.includes(id) && !known.some((rule) => rule.id === id)),
  };
}

const idsOf = ({ id, covers = [] }: Rule): string[] => [id, ...covers.map((each) => each.id)];

/** Pages are for rules that were named in full. */
const isGroup = (ids: readonly string[], found: readonly Rule[]): boolean =>
  ids.some((word) => !word.replace(/\/$/, "").includes("/")) && found.length > 1;

function table(found: readonly Rule[], settled: readonly Settled[]): string {
  const ids = [...found.map(({ id }) => id), ...settled.map(({ id }) => id)];
  const width = Math.max(...ids.map((id) => id.length));
  const row = (severity: string, id: string, text: string) =>
    `${severity.padEnd("warning".length)}  ${id.padEnd(width)}  ${text}\n`;
  const rows = found.map(({ severity, id, title, refusedAs }) => row(refusedAs ? "refused" : severity, id, title));
  return [...rows, ...settled.map(({ id, because }) => row("settled", id, because))].join("");
}

const page = (rule: Rule): string => `# ${rule.id}\n\n${rulePage(rule)}`;

const settledPage = ({ id, danger, because }: Settled): string =>
  `# ${id}\n\n${danger}\n\nNo rule is needed. ${because}\n`;

/** What planning refuses can be a rule of the catalogue, with a page. */
function problemPage({ id, severity, when }: Kind, { rules: known }: All): string {
  const rule = known.find(({ refusedAs }) => refusedAs?.includes(id));
  const more = rule === undefined ? "" : `\nMore: \`sbx rules ${rule.id}\`.\n`;
  return `# ${id}\n\n**${SEVERITIES[severity]}.** ${when}\n${more}`;
}

/** Everything of a rule but its check. */
function asData({ id, severity, title, why, sources, fix, covers = [], refusedAs, needs, bad, good }: Rule) {
  return {
    id,
    severity,
    title,
    why,
    sources,
    fix,
    covers,
    refusedAs: refusedAs ?? [],
    offline: needs === undefined,
    bad,
    good,
  };
}
