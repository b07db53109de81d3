import { describe, expect, it } from "vitest";
import { formatProblems } from "../../src/report/index.ts";
import { exampleMachine, lintExample } from "./example.ts";

const TOKEN = `ghp_${"abcdefghijklmnopqrstuvwxyz0123456789"}AB`;
const RANDOM = "Zq8vT1xLk3Rw9YbN0cMf7GhJ";

/** Where lint finds a secret in a profile that has this below its first two lines: `LINE:COLUMN WHERE`. */
async function secretsIn(lines: string): Promise<string[]> {
  const { broken, problems, findings } = await lintExample({ profile: `version: 1\nextends: [base]\n${lines}\n` });
  expect(broken, JSON.stringify(problems)).toBe(false);
  return findings
    .filter(({ problem }) => problem.rule === "env/literal-secret")
    .map(({ problem: { line, column, message } }) => `${line}:${column} ${message.replace(/ looks like .*/, "")}`);
}

describe("env/literal-secret", () => {
  it.each([
    [
      "a value by its name",
      "env: {set: {DEPLOY_PASSWORD: correct-horse-battery-staple}}",
      ["3:13 the value of DEPLOY_PASSWORD"],
    ],
    ["a value by its form", `env: {set: {X: ${TOKEN}}}`, ["3:13 the value of X"]],
    ["a value by its looks", `env: {set: {X: ${RANDOM}}}`, ["3:13 the value of X"]],
    [
      "hexadecimal digits under a secret's name",
      "env: {set: {A_SECRET: DEADBEEFDEADBEEFDEADBEEF}}",
      ["3:13 the value of A_SECRET"],
    ],
    [
      "a secret of AWS that begins with a slash",
      `env: {set: {AWS_SECRET_ACCESS_KEY: /${"aB3dE6gH9jK2mN5pQ8sT1vW4yZ7"}${"aB3dE6gH9jK2"}}}`,
      ["3:13 the value of AWS_SECRET_ACCESS_KEY"],
    ],
    [
      "a password that only holds the word test",
      "env: {set: {DB_PASSWORD: greatestof7hills}}",
      ["3:13 the value of DB_PASSWORD"],
    ],
    [
      "a password that begins with `my`",
      "env: {set: {DB_PASSWORD: my-S3cret-0f-the-hills}}",
      ["3:13 the value of DB_PASSWORD"],
    ],
    [
      "a parameter, where it stands and not where it is used",
      `params: {token: ${TOKEN}}\nenv: {set: {X: "\${token}"}}`,
      ["3:10 the parameter token"],
    ],
    [
      "a word that assigns",
      'process: {wrapper: [env, API_TOKEN=hunter2hunter2, "--db-password=hunter2hunter2"]}',
      ["3:26 an item of `process.wrapper`", "3:52 an item of `process.wrapper`"],
    ],
    ["a flag set that nobody turns on", `flags:\n  x: {env: {set: {X: ${TOKEN}}}}`, ["4:19 the value of X"]],
    ["a description", `description: try ${TOKEN}`, ["3:1 `description`"]],
    ["a comment", `# was ${TOKEN}\nenv: {set: {X: y}} # and ${TOKEN}`, ["3:1 this comment", "4:20 this comment"]],
    ["once, with what looks like a comment", `description: "see # ${TOKEN}"`, ["3:1 `description`"]],
  ])("finds %s", async (_, lines, expected) => {
    expect(await secretsIn(lines)).toEqual(expected);
  });

  it.each([
    [
      "what stands for a secret",
      "env: {set: {A_TOKEN: your-token-here, B_TOKEN: changeme, C_TOKEN: not-needed-here, D_PASSWORD: test-password}}",
    ],
    [
      "the example of AWS's documentation",
      "env: {set: {AWS_SECRET_ACCESS_KEY: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}}",
    ],
    ["a file that holds it", "env: {set: {TOKEN_FILE: /run/secrets/token, DB_PASSWORD: /run/secrets/database}}"],
    [
      "a fingerprint",
      "env: {set: {GPG_KEY: 0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567, SIGNING_KEY: DEADBEEFDEADBEEF}}",
    ],
    ["a check sum", "env: {set: {SUM: sha512-Zq8vT1xLk3Rw9YbN0cMf7GhJZq8vT1xLk3Rw9YbN0cMf7GhJ}}"],
    ["what a parameter brings", 'params: {who: ""}\nenv: {set: {A_TOKEN: "${who}"}}'],
    ["the name of a component", "env: {set: {MAIN: src/Components/ButtonGroupItem2}}"],
  ])("is silent about %s", async (_, lines) => {
    expect(await secretsIn(lines)).toEqual([]);
  });

  it("prints none of them, and has the caret at its place", async () => {
    const profile = `version: 1\nextends: [base]\nenv:\n  set: {A_TOKEN: "correct horse, battery", X: ${TOKEN}, Y: ${RANDOM}}\n`;
    const { findings } = await lintExample({ profile });
    const sources = (file: string) => exampleMachine("example.sandbox.yml", profile).readText(file);
    const text = formatProblems(
      findings.map(({ problem }) => problem),
      { sources },
    );
    expect(text).toContain("set: {A_TOKEN: <redacted>, X: <redacted>, Y: <redacted>}");
    expect(text).not.toMatch(/correct horse|ghp_|Zq8vT1/);
    for (const [name, at] of [
      ["A_TOKEN", 0],
      ["X", 1],
      ["Y", 2],
    ] as const) {
      const [, shown = "", carets = ""] = (text.split("\n\n")[at] ?? "").split("\n");
      expect(shown.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe(name);
    }
  });
});

describe("argv/control-chars", () => {
  it("looks at comments, too", async () => {
    const { findings } = await lintExample({ profile: "version: 1\r\n# fine\r\nextends: [base] # x \u202e y\r\n" });
    expect(findings.map(({ problem: { rule, line, column } }) => `${line}:${column} ${rule}`)).toContain(
      "3:17 argv/control-chars",
    );
    expect(findings.filter(({ problem }) => problem.rule === "argv/control-chars")).toHaveLength(1);
  });
});
