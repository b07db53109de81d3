import { afterAll, describe, expect, it } from "vitest";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();
const lint = (...args: readonly string[]) => room.sbx(["lint", "--offline", ...args]);
const onThisMachine = (...args: readonly string[]) => room.sbx(["lint", ...args]);
const rulesOf = async (...args: readonly string[]) => {
  const { stdout } = await lint("--json", ...args);
  return (JSON.parse(stdout) as { rule: string }[]).map(({ rule }) => rule);
};

room.write(
  "all.sandbox.yml",
  "version: 1\nextends: [base]\nuse: [network]\nmounts:\n  ~/.ssh: ro\n  ~/.aws: ro\nlint: {ignore: [{rule: home/ro, reason: x}]}\n",
);
room.write("warned.sandbox.yml", "version: 1\nextends: [base]\nuse: [network]\n");
room.write("info.sandbox.yml", "version: 1\nextends: [base]\nmounts: {/home/alice/x: ro?}\n");

describe("`sbx lint` asks the rules that were chosen", () => {
  it.each([
    [[], ["cred/ssh-gpg", "cred/cloud", "lint/unused-ignore", "net/host"]],
    [
      ["--select", "cred"],
      ["cred/ssh-gpg", "cred/cloud"],
    ],
    [
      ["--select", "cred/"],
      ["cred/ssh-gpg", "cred/cloud"],
    ],
    [
      ["--select", "cred/cloud,net"],
      ["cred/cloud", "net/host"],
    ],
    [["--select", "net/metadata"], ["net/host"]],
    [
      ["--select", "cred/cloud", "--select", "lint"],
      ["cred/cloud", "lint/unused-ignore"],
    ],
    // Whether an exception is for nothing shows when every rule is asked.
    [["--select", "lint/unused-ignore"], ["lint/unused-ignore"]],
    [
      ["--ignore", "cred"],
      ["lint/unused-ignore", "net/host"],
    ],
    [["--select", "cred", "--ignore", "cred/cloud"], ["cred/ssh-gpg"]],
    [["--ignore", "net/metadata,lint,cred"], []],
  ])("%j", async (args, expected) => {
    expect((await rulesOf(...args, "all.sandbox.yml")).sort()).toEqual([...expected].sort());
  });

  it.each([
    ["--select", "cred/clouds", "did you mean cred/cloud?"],
    ["--select", "crd", "did you mean cred?"],
    ["--ignore", "nothing-like-it", "`sbx rules` lists them"],
    ["--select", "profile/unknown-key", "there is no such rule or group"],
    // A variable of a job that is empty, say: what asks nothing would pass.
    ["--select", "", "no rule is left"],
    ["--select", ",", "no rule is left"],
  ])("%s %s is a mistake", async (option, word, said) => {
    const done = await lint(option, word, "all.sandbox.yml");
    expect([done.code, done.stdout]).toEqual([2, ""]);
    expect(done.stderr).toContain(said);
  });

  it("says what is broken whatever was chosen", async () => {
    room.write("broken.sandbox.yml", "version: 1\nextends: [base]\nunknown: x\n");
    expect((await lint("--select", "cred", "broken.sandbox.yml")).code).toBe(2);
  });
});

it.each([
  [["--select", "net", "--ignore", "net"], "no rule is left"],
  [["--threshold", "3", "--fix"], "--threshold asks no rules: it can't be had with --fix"],
  [["--score", "--no-exceptions"], "--score asks no rules: it can't be had with --no-exceptions"],
  [["--fix", "--no-exceptions"], "--fix and --diff leave that alone"],
  [["--fix", "--diff"], "--fix writes what --diff only shows"],
  [["--score", "--max-warnings", "3"], "--score asks no rules: it can't be had with --max-warnings"],
  [
    ["--threshold", "3", "--offline"],
    "--threshold counts what there is on this machine: it can't be had with --offline",
  ],
  [["--score", "--format", "sarif"], "--score is written as pretty or json"],
  [["--statistics", "--format", "junit"], "--statistics is written as pretty or json"],
])("`sbx lint` refuses %j", async (args, said) => {
  const done = await onThisMachine(...args, "all.sandbox.yml");
  expect([done.code, done.stdout]).toEqual([2, ""]);
  expect(done.stderr).toContain(said);
});

it("counts what a profile calls by odd names without letting them out", async () => {
  room.write("odd.sandbox.yml", 'version: 1\n"x\\n```\\e[31m\\u202E": none\n');
  const { stdout } = await lint("--statistics", "odd.sandbox.yml");
  expect(stdout).toMatch(/^1 {2}error .*\\n```\\x1b\[31m\\u\{202e\}.*\n$/);
});

describe("`sbx lint` ends with", () => {
  it.each([
    [["info.sandbox.yml"], 0],
    [["--strict", "info.sandbox.yml"], 0],
    [["warned.sandbox.yml"], 0],
    [["--strict", "warned.sandbox.yml"], 1],
    [["--max-warnings", "0", "warned.sandbox.yml"], 1],
    [["--max-warnings", "1", "warned.sandbox.yml"], 0],
    [["all.sandbox.yml"], 1],
    [["--max-warnings", "9", "all.sandbox.yml"], 1],
    [["--ignore", "cred", "all.sandbox.yml"], 0],
    [["--statistics", "all.sandbox.yml"], 1],
    [["--max-warnings", "-1", "warned.sandbox.yml"], 2],
    [["--max-warnings", "some", "warned.sandbox.yml"], 2],
    [["--format", "xml", "warned.sandbox.yml"], 2],
    [["-p", "base", "warned.sandbox.yml"], 2],
  ])("%j: %i", async (args, code) => {
    expect((await lint(...args)).code).toBe(code);
  });
});

describe("`sbx lint --statistics`", () => {
  it("counts findings by rule, the most frequent first", async () => {
    const { stdout } = await lint("--statistics", "all.sandbox.yml", "warned.sandbox.yml");
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((row) => row.split(/ {2,}/));
    expect(rows.map(([count, severity, rule]) => [count, severity, rule])).toEqual([
      ["2", "warning", "net/host"],
      ["1", "error", "cred/cloud"],
      ["1", "error", "cred/ssh-gpg"],
      ["1", "warning", "lint/unused-ignore"],
    ]);
    expect(stdout).toMatch(/lint\/unused-ignore .*\(--fix mends up to 1\)/);
    const json = await lint("--statistics", "--json", "all.sandbox.yml");
    expect(JSON.parse(json.stdout)).toContainEqual(
      expect.objectContaining({ count: 1, rule: "cred/cloud", severity: "error", fixable: 0 }),
    );
    expect((await lint("--statistics", "info.sandbox.yml", "--select", "net")).stdout).toBe("");
  });
});

describe("`sbx lint` on this machine and `--offline`", () => {
  const PROFILE = "version: 1\nextends: [base]\nmounts:\n  /opt/no-such-sdk: ro\n";
  room.write("sdk.sandbox.yml", PROFILE);

  it("differ by what the machine has to say", async () => {
    const here = await room.sbx(["lint", "--json", "sdk.sandbox.yml"]);
    expect(JSON.parse(here.stdout).map(({ rule }: { rule: string }) => rule)).toEqual(["path/missing-source"]);
    expect(await rulesOf("sdk.sandbox.yml")).toEqual([]);
  });

  it("take what every system has to be there, and nothing else in a directory that is shown read-only", async () => {
    for (const [at, rules] of [
      ["/usr/share/man", []],
      ["/usr/share/no-such-thing", ["order/read-only-parent"]],
    ] as const) {
      room.write("cover.sandbox.yml", `version: 1\nextends: [base]\ntmpfs: {${at}: {size: 1M}}\n`);
      expect(await rulesOf("cover.sandbox.yml")).toEqual(rules);
    }
  });

  it("find the same for every user, home and directory when offline", async () => {
    const text = "version: 1\nextends: [base]\nmounts:\n  ~/: ro\n  /run: ro\n  /etc: rw\nmask: [secrets]\n";
    const outcomes = new Set<string>();
    for (const user of process.getuid?.() === 0 ? (["root", "ordinary"] as const) : (["ordinary"] as const)) {
      const other = installed.room(user);
      for (const place of ["a", "b/c"]) {
        const file = other.write(`${place}/x.sandbox.yml`, text);
        const env = { XDG_RUNTIME_DIR: place === "a" ? "/run/user/77" : undefined, TERM: place };
        for (const cwd of [other.directory(place), "/", "/etc"]) {
          const done = await other.sbx(["lint", "--offline", "--json", file], { cwd, env });
          outcomes.add(done.stdout.replaceAll(file, "FILE"));
        }
      }
    }
    expect(outcomes.size).toBe(1);
    expect([...outcomes][0]).toContain('"cred/ssh-gpg"');
  });
});

describe("`sbx lint` and what a profile accepts", () => {
  it("says that there is something, and tells it when asked", async () => {
    room.write(
      "quiet.sandbox.yml",
      "version: 1\nextends: [base]\nuse: [network]\nlint: {ignore: [{rule: net/host, reason: x}]}\n",
    );
    expect(await lint("--strict", "quiet.sandbox.yml")).toMatchObject({
      code: 0,
      stdout: "1 accepted (`--no-exceptions` shows them)\n",
    });
    expect((await lint("--strict", "--no-exceptions", "quiet.sandbox.yml")).code).toBe(1);
    expect(await rulesOf("--no-exceptions", "quiet.sandbox.yml")).toEqual(["net/host"]);
  });
});
