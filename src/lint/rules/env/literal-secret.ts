import { isRealSecret, looksRandom, secretIn } from "../../../model/known-secrets.ts";
import { looksSecret } from "../../../model/secret.ts";
import type { Origin } from "../../../model/source.ts";
import type { Facts } from "../../facts.ts";
import { type OwnText, ownComments, ownTexts } from "../../own-texts.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ where: string; what: string }>({
  id: "env/literal-secret",
  severity: "error",
  title: "A value written in the profile looks like a secret, by its form or by its variable's name.",
  why: "What is committed is read by everybody who clones the repository, for ever: scanners find a token on a public host within minutes. The lines that are shown leave out what looks like a secret by its form or by a name beside it; a value that stands below its name they may show.",
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
  help: () => "pass it from outside with `env.require`, and revoke the one that was committed",
  *check(facts) {
    for (const { where, name, text, at } of written(facts)) {
      const byName = name !== undefined && namesValue(name, text) && isRealSecret(text) ? "a secret" : undefined;
      const what = secretIn(text) ?? byName ?? (looksRandom(text) ? "a key" : undefined);
      if (what !== undefined) yield { data: { where, what }, at };
    }
    for (const { text, ...place } of ownComments(facts.effective, (line) => secretIn(line) !== undefined))
      yield {
        data: { where: "this comment", what: secretIn(text) ?? "a secret" },
        at: { ...place, route: [], chain: [] },
      };
  },
});

interface Written {
  readonly where: string;
  /** The variable's, the parameter's or the option's. */
  readonly name?: string;
  readonly text: string;
  readonly at: Origin;
}

/** The texts of a profile as they stand in it: a flag set that nobody turns on is committed, too. */
function* written({ effective }: Facts): Iterable<Written> {
  for (const own of ownTexts(effective)) {
    if (own.kind === "key") continue;
    const { file, text, full, span } = own;
    const at: Origin = { file, line: span.line, column: span.column, route: full, chain: [] };
    const assigned = /^-{0,2}([A-Za-z_][A-Za-z0-9_-]*)=(.+)$/s.exec(text);
    if (assigned?.[1] && assigned[2] && typeof own.route.at(-1) === "number")
      yield { where: whereOf(own), name: assigned[1].replaceAll("-", "_"), text: assigned[2], at };
    else yield { ...namedBy(own), text, at };
  }
}

function namedBy(own: OwnText): { readonly where: string; readonly name?: string } {
  const [field, second, third] = own.route;
  if (field === "env" && second === "set" && typeof third === "string")
    return { where: `the value of ${third}`, name: third };
  if (field === "params" && typeof second === "string" && (third === undefined || third === "default"))
    return { where: `the parameter ${second}`, name: second };
  return { where: whereOf(own) };
}

/** The field, without the number of an item. */
const whereOf = ({ route }: OwnText): string => {
  const keys = route.filter((key) => typeof key === "string");
  return `${keys.length < route.length ? "an item of " : ""}\`${keys.join(".")}\``;
};

/** `SECRET_NAME` and `PASSWORD_FILE` say something about a secret, and hold none; nor does a key's fingerprint. */
const namesValue = (name: string, text: string): boolean =>
  looksSecret(name) &&
  !/_(NAME|FILE|FILES|DIR|DIRECTORY|PATH|SOCK|HELPER|ROUNDS|LENGTH|ID|URL|URI|TYPE|STORE|PROVIDER)$/i.test(name) &&
  !(/GPG|PGP|SIGN/i.test(name) && /^(0x)?([0-9A-F]{4} {0,2}){2,16}$/i.test(text));
