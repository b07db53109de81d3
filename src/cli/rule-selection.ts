import { lintRules, nearestWord, type Rule } from "../index.ts";
import { UsageError } from "./usage-error.ts";

/** The ids of the rules that words like `cred`, `net/host` select, without those that others ignore. */
export async function selectedRules(
  select: readonly string[] | undefined,
  ignore: readonly string[] = [],
): Promise<readonly string[]> {
  const { rules } = await lintRules();
  const taken = select === undefined ? rules : rules.filter(fits(select, rules, "--select"));
  const left = fits(ignore, rules, "--ignore");
  const ids = taken.filter((rule) => !left(rule)).map(({ id }) => id);
  // A check that asks nothing would pass whatever it is given.
  if (ids.length === 0) throw new UsageError("no rule is left to ask: --select and --ignore leave none");
  return ids;
}

function fits(words: readonly string[], rules: readonly Rule[], option: string): (rule: Rule) => boolean {
  const names = (word: string, { id, covers = [] }: Rule) =>
    [id, ...covers.map((each) => each.id)].includes(word) || id.startsWith(`${word.replace(/\/$/, "")}/`);
  for (const word of words) {
    if (rules.some((rule) => names(word, rule))) continue;
    const known = [...new Set(rules.flatMap(({ id }) => [id, id.split("/")[0] ?? id]))];
    const meant = nearestWord(word, known);
    throw new UsageError(
      `${option} ${word}: there is no such rule or group; ${meant ? `did you mean ${meant}?` : "`sbx rules` lists them"}`,
    );
  }
  return (rule) => words.some((word) => names(word, rule));
}
