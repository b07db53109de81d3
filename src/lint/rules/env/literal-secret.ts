import { isRealSecret, looksRandom, secretIn } from "../../../model/known-secrets.ts";
import { child } from "../../../model/node.ts";
import { looksSecret } from "../../../model/secret.ts";
import type { Origin } from "../../../model/source.ts";
import type { Facts } from "../../facts.ts";
import { defineRule } from "../../rule.ts";

export const rule = defineRule<{ where: string; what: string }>({
  id: "env/literal-secret",
  severity: "error",
  title: "A value written in the profile looks like a secret, by its form or by its variable's name.",
  why: "What is committed is read by everybody who clones the repository, for ever: scanners find a token on a public host within minutes. The value itself is never printed.",
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
      const byName = name !== undefined && namesValue(name) && isRealSecret(text) ? "a secret" : undefined;
      const what = secretIn(text) ?? byName ?? (looksRandom(text) ? "a key" : undefined);
      if (what !== undefined) yield { data: { where, what }, at };
    }
  },
});

interface Written {
  readonly where: string;
  /** The variable's. */
  readonly name?: string;
  readonly text: string;
  readonly at: Origin;
}

/** The values of a profile that are texts of the author's own. */
function written({ effective }: Facts): Written[] {
  const { env, entries, proc, process, apis, sources } = effective;
  const words = (where: string, list: readonly string[] | undefined, at: Origin | undefined): Written[] =>
    at === undefined ? [] : (list ?? []).map((text) => ({ where, text, at }));
  return [
    ...[...env.set].map(([name, { value, origin }]) => ({
      where: `the value of ${name}`,
      name,
      text: value,
      at: origin,
    })),
    ...[...entries].flatMap(([path, { value, origin }]) =>
      value.kind === "file" ? [{ where: `the content of ${path}`, text: value.spec.content, at: origin }] : [],
    ),
    ...[...proc.overrides].map(([name, { value, origin }]) => ({ where: `/proc/${name}`, text: value, at: origin })),
    ...words("a word of `process.wrapper`", process.wrapper?.value, process.wrapper?.origin),
    ...[...apis].flatMap(([name, { value, origin }]) => words(`a word of the api ${name}`, value.command, origin)),
    ...sources.flatMap(({ file, root }) => {
      if (file.startsWith("builtin:")) return [];
      const params = child(root, "params");
      return (params?.kind === "map" ? params.entries : []).flatMap(({ key, value }) => {
        const text = value.kind === "scalar" ? value : child(value, "default");
        const { line, column } = key.span;
        const at = { file, line, column, route: ["params", key.text], chain: [] };
        return text?.kind === "scalar"
          ? [{ where: `the parameter ${key.text}`, name: key.text, text: text.text, at }]
          : [];
      });
    }),
  ];
}

/** `SECRET_NAME` and `PASSWORD_FILE` say something about a secret, and hold none. */
const namesValue = (name: string): boolean =>
  looksSecret(name) &&
  !/_(NAME|FILE|FILES|DIR|DIRECTORY|PATH|SOCK|HELPER|ROUNDS|LENGTH|ID|URL|URI|TYPE|STORE|PROVIDER)$/i.test(name);
