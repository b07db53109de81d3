import { type Assignment, assignmentsIn, optionsIn } from "../../../model/assignments.ts";
import { isAboutSecret, isRealSecret, isSecretInText, looksRandom, secretIn } from "../../../model/known-secrets.ts";
import type { Source } from "../../../model/node.ts";
import { looksSecret } from "../../../model/secret.ts";
import type { Origin } from "../../../model/source.ts";
import { commentsOf, inOwnFiles, type OwnText, textsOf } from "../../own-texts.ts";
import { defineRule, type Found } from "../../rule.ts";

export const rule = defineRule<{ where: string; what: string }>({
  id: "env/literal-secret",
  severity: "error",
  title: "A value written in the profile looks like a secret, by its form or by its variable's name.",
  why: "What is committed is read by everybody who clones the repository, for ever: scanners find a token on a public host within minutes. The lines that are shown leave out what looks like a secret by its form, or by a name beside or above it.",
  sources: [
    {
      text: "GitHub on removing sensitive data",
      url: "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository",
    },
    { text: "CWE-798, use of hard-coded credentials", url: "https://cwe.mitre.org/data/definitions/798.html" },
  ],
  fix: "Pass the variable from outside (`env.pass`, `env.require`) or mount a file. Revoke what was committed: taking it out does not take it back.",
  bad: { profile: "version: 1\nextends: [base]\nenv:\n  set: {DEPLOY_PASSWORD: correct-horse-battery-staple}\n" },
  good: { profile: "version: 1\nextends: [base]\nenv:\n  set: {DEPLOY_USER: ci}\n" },
  message: ({ where, what }) => `${where} looks like ${what}, and stands in the profile`,
  help: ({ where }) =>
    where.startsWith("the value of")
      ? "pass it from outside with `env.require`, and revoke the one that was committed"
      : where.includes("files.")
        ? "mount a file that is not committed in its place, and revoke the one that was"
        : "take it out, and revoke the one that was committed",
  check: ({ effective }) => found(effective),
});

const found = inOwnFiles(function* (source): Iterable<Found<{ where: string; what: string }>> {
  for (const { where, named, isExact = false, text, at } of written(source)) {
    const isReal = isExact ? isRealSecret : isSecretInText;
    const isNamed = named.some(({ name, value }) => namesValue(name, value) && isReal(value, name));
    const what = secretIn(text) ?? (isNamed ? "a secret" : looksRandom(text) ? "a key" : undefined);
    if (what !== undefined) yield { data: { where, what }, at };
  }
  for (const { text, ...place } of commentsOf(source, (line) => secretIn(line) !== undefined))
    yield {
      data: { where: "this comment", what: secretIn(text) ?? "a secret" },
      at: { ...place, route: [], chain: [] },
    };
});

/** Of a secret, with what makes it one; in characters. */
const SHORTEST = 6;

interface Written {
  readonly where: string;
  /** The variable, the parameter or the option with its value, or those that a file's text has. */
  readonly named: readonly Assignment[];
  /** Whether the whole text is what the name is given. */
  readonly isExact?: boolean;
  readonly text: string;
  readonly at: Origin;
}

/** The texts of a profile as they stand in it: a flag set that nobody turns on is committed, too. */
function* written(source: Source): Iterable<Written> {
  let before: OwnText | undefined;
  for (const own of textsOf(source)) {
    if (own.kind === "key") continue;
    const { file, text, full, span } = own;
    const at: Origin = { file, line: span.line, column: span.column, route: full, chain: [] };
    // Too short for anything but a word.
    if (text.length < SHORTEST) {
      before = own;
      continue;
    }
    const [one] = optionsIn(text).filter(({ value }) => text.endsWith(value));
    const isWhole = one !== undefined && !/\s/.test(text);
    yield { where: whereOf(own), ...namedBy(own, before), text: isWhole ? one.value : text, at };
    before = own;
  }
}

function namedBy(own: OwnText, before: OwnText | undefined): Partial<Written> & Pick<Written, "named"> {
  const { route, text } = own;
  const [field, second, third] = route;
  const name = variableOf(route);
  if (name !== undefined) return { where: `the value of ${name}`, named: [{ name, value: text }], isExact: true };
  if (field === "params" && typeof second === "string" && (third === undefined || third === "default"))
    return { where: `the parameter ${second}`, named: [{ name: second, value: text }], isExact: true };
  if (field === "files") return { named: [...assignmentsIn(text), ...optionsIn(text)] };
  if (typeof route.at(-1) !== "number") return { named: optionsIn(text) };
  // `--password` and what it is given are two words.
  const option =
    before !== undefined && isNext(own, before) ? /^--([a-z][a-z0-9-]*)$/i.exec(before.text)?.[1] : undefined;
  const given =
    option === undefined || text.startsWith("-") ? [] : [{ name: option.replaceAll("-", "_"), value: text }];
  return { named: [...given, ...optionsIn(text)] };
}

/** The variable that a value is given to. */
function variableOf(route: OwnText["route"]): string | undefined {
  const [field, second, third] = route.slice(route[0] === "tests" ? 2 : 0);
  if (field !== "env") return undefined;
  const name = second === "set" ? third : route[0] === "tests" ? second : undefined;
  return typeof name === "string" ? name : undefined;
}

/** Whether one item stands right behind another. */
function isNext({ file, full }: OwnText, before: OwnText): boolean {
  const [last, other] = [full.at(-1), before.full.at(-1)];
  const isSame = file === before.file && full.slice(0, -1).join("\n") === before.full.slice(0, -1).join("\n");
  return isSame && typeof last === "number" && typeof other === "number" && last === other + 1;
}

/** The field, without the number of an item. */
const whereOf = ({ route }: OwnText): string => {
  const keys = route.filter((key) => typeof key === "string");
  return `${keys.length < route.length ? "an item of " : ""}\`${keys.join(".")}\``;
};

/** The word for a secret, with what may stand behind it. */
const ENDING =
  /(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|KEY|AUTH|PASS|PAT|COOKIE|PWD)S?(_(\d+|BASE|KEY|VALUE|TEXT|RAW|B64|BASE64|PROD|PRODUCTION|DEV|STAGING|STAGE|TEST|LIVE|MAIN|PRIMARY|SECONDARY|OLD|NEW|CURRENT|PREVIOUS))*\d*$/i;
/** Whether a name says that its value is a secret; a key's fingerprint is none. */
const namesValue = (name: string, text: string): boolean =>
  looksSecret(name) &&
  !isAboutSecret(name) &&
  (ENDING.test(name) || isSecretInText(text, name)) &&
  !(/(^|_)(GPG|PGP)(_|$)|SIGN/i.test(name) && /^(0x)?([0-9A-F]{4} {0,2}){2,16}$/i.test(text));
