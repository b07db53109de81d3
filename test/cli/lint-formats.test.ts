import { readFileSync } from "node:fs";
import type { Region, Result } from "sarif";
import { afterAll, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { sarifLog, sarifMisfits } from "../support/sarif.ts";
import { install } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();
const lint = (...args: readonly string[]) => room.sbx(["lint", "--offline", ...args]);

const TEXT = `version: 1
extends: [base]
mounts:
  .: ro
  ~/.ssh: ro # keys
  /run: ro
mask: ["secrets/*"]
limits: {time: 1h, memory: 1G, tasks: 99}
tmpfs:
  /data: {size: 1M, mode: "777"}
lint:
  ignore:
    - {rule: tmpfs/mode, reason: "nothing runs there; 100% <sure>", until: 2999-01-01}
`;
room.write("some.sandbox.yml", TEXT);
room.write("clean.sandbox.yml", "version: 1\nextends: [base]\n");
room.write("broken.sandbox.yml", "version: 1\nextends: [base]\nunknown: x\n");
// A file's name and a profile's words are somebody else's: commands, markup and a terminal's controls among them.
const ODD = "a b,c:d%0A::error::é<&.sandbox.yml";
const hostile = '"/x,y::error::<![CDATA[]]>&\\u202e\\ufffe%0A%25/.ssh": {from: ~/.ssh, access: ro}';
room.write(
  ODD,
  `version: 1\nextends: [base]\nmounts:\n  ${hostile}\n  ~/.aws: ro\nlint:\n  ignore: [{rule: cred/cloud, reason: "\\u001b[31m]]>\\ufffe"}]\n`,
);

describe("`sbx lint --format sarif`", () => {
  const run = async (...files: readonly string[]) => {
    const { stdout, code, stderr } = await lint("--format", "sarif", ...files);
    expect(stderr).toBe("");
    const log = sarifLog(stdout);
    const results = log.runs[0]?.results ?? [];
    return { log, results, code };
  };

  it("is SARIF 2.1.0 by its schema, whatever there is to tell", async () => {
    for (const files of [
      ["some.sandbox.yml"],
      ["clean.sandbox.yml"],
      ["broken.sandbox.yml"],
      [`./${ODD}`],
      ["none.yml"],
      ["."],
    ]) {
      const { log, code } = await run(...files);
      expect([log.version, log.runs.length]).toEqual(["2.1.0", 1]);
      expect(code).toBe(files[0] === "clean.sandbox.yml" ? 0 : /some|a b/.test(String(files[0])) ? 1 : 2);
    }
  });

  it("is held to a schema that refuses what is none", () => {
    expect(sarifMisfits({ version: "2.1.0" })).not.toEqual([]);
    const run = { tool: { driver: { name: "sbx" } } };
    expect(sarifMisfits({ version: "2.1.0", runs: [run] })).toEqual([]);
    expect(
      sarifMisfits({ version: "2.1.0", runs: [{ ...run, results: [{ level: "bad", message: {} }] }] }),
    ).not.toEqual([]);
  });

  it("has each rule with its page, once, and each result with its rule and its place", async () => {
    const { log, results } = await run("some.sandbox.yml");
    const rules = log.runs[0]?.tool.driver.rules ?? [];
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { shortDescription, help, defaultConfiguration } of rules) {
      expect(shortDescription?.text).toMatch(/\S/);
      expect(help?.markdown).toMatch(/Sources?: /);
      expect(defaultConfiguration?.level).toMatch(/^(error|warning|note)$/);
    }
    for (const result of results) expect(rules[result.ruleIndex ?? -1]?.id).toBe(result.ruleId);
    const ssh = found(results, "cred/ssh-gpg");
    expect(placeOf(ssh)).toEqual({ uri: "some.sandbox.yml", uriBaseId: "SRCROOT", region: "~/.ssh" });
    expect(ssh.level).toBe("error");
    expect(log.runs[0]?.originalUriBaseIds?.SRCROOT?.uri).toBe(`file://${room.project}/`);
  });

  it("has what was accepted, with its reason", async () => {
    const { results } = await run("some.sandbox.yml");
    const mode = found(results, "tmpfs/mode");
    expect(mode.suppressions).toEqual([
      { kind: "inSource", status: "accepted", justification: "nothing runs there; 100% <sure>" },
    ]);
    expect(found(results, "cred/ssh-gpg").suppressions).toBeUndefined();
  });

  it("has fixes that make of the file what `--fix` would, one at a time", async () => {
    const { results } = await run("some.sandbox.yml");
    const glob = found(results, "path/glob-late");
    const after = applied(glob, TEXT);
    expect(after).toBe(TEXT.replace('"secrets/*"', "secrets"));
    const fixed = results.filter(({ fixes }) => fixes !== undefined);
    expect(fixed.length).toBeGreaterThan(1);
    for (const result of fixed) {
      expect(result.fixes?.[0]?.description?.text).toMatch(/\S/);
      expect(parseDocument(applied(result, TEXT)).errors).toEqual([]);
    }
  });

  it("offers no fix that another variant would not survive", async () => {
    const start = 'version: 1\nextends: [base]\nmounts: {.: ro}\nmask: ["secrets/*"]\n';
    room.write("fixes/one.sandbox.yml", start);
    room.write("fixes/two.sandbox.yml", `${start}profiles:\n  b: {remove: {mask: ["secrets/*"]}}\n`);
    const [one, two] = [await run("fixes/one.sandbox.yml"), await run("fixes/two.sandbox.yml")];
    const [kept, left] = [found(one.results, "path/glob-late"), found(two.results, "path/glob-late")];
    expect([kept.fixes?.length, left.fixes]).toEqual([1, undefined]);
  });

  it("names no file that is not there", async () => {
    for (const args of [["/nope/x.sandbox.yml"], ["-C", room.directory("nothing-here")]]) {
      const { stdout, code } = await lint("--format", "github", ...args);
      expect([code, stdout.includes("file=")]).toEqual([2, false]);
      expect(stdout).toMatch(/^::error title=/);
      const { results } = await run(...args);
      expect(results.flatMap(({ locations = [] }) => locations)).toEqual([]);
    }
  });

  it("names no file where a built-in is linted itself, but says which it is", async () => {
    const args = ["-p", "base", "--flag", "network", "--no-exceptions"];
    const { log, results } = await run(...args);
    const [invocation] = log.runs[0]?.invocations ?? [];
    const notes = invocation?.toolExecutionNotifications ?? [];
    expect([results, invocation?.executionSuccessful, invocation?.exitCode]).toEqual([[], true, 0]);
    expect(notes.map(({ level, message }) => [level, message.text])).toContainEqual([
      "warning",
      expect.stringMatching(/network is shared.* \(builtin:base:\d+:\d+\)/),
    ]);
    for (const { associatedRule: rule } of notes)
      expect(log.runs[0]?.tool.driver.rules?.[rule?.index ?? -1]?.id).toBe(rule?.id);
    const { stdout } = await lint("--format", "github", ...args);
    expect(stdout).toMatch(/^::warning title=net\/host::/m);
    expect(stdout).not.toContain("file=");
  });

  it("names odd files as URIs", async () => {
    const { results } = await run(`./${ODD}`);
    const cloud = found(results, "cred/cloud");
    const uri = cloud.locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? "";
    expect(decodeURIComponent(uri)).toBe(ODD);
    expect(new URL(uri, `file://${room.project}/`).pathname).toBe(`${room.project}/${uri}`);
    expect(JSON.stringify(results)).toContain("cred/ssh-gpg");
  });
});

describe("`sbx lint --format github`", () => {
  /** As the runner reads a line of a step's output (actions/toolkit, command.ts). */
  const read = (line: string) => {
    const [, command = "", properties = "", data = ""] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
    const plain = (text: string) => text.replaceAll("%0A", "\n").replaceAll("%0D", "\r").replaceAll("%25", "%");
    const pairs = properties.split(",").map((pair) => {
      const at = pair.indexOf("=");
      return [
        pair.slice(0, at),
        plain(
          pair
            .slice(at + 1)
            .replaceAll("%3A", ":")
            .replaceAll("%2C", ","),
        ),
      ];
    });
    return { command, ...Object.fromEntries(pairs), data: plain(data) };
  };

  it("is one annotation a line, at the place, and nothing else", async () => {
    const { stdout, code } = await lint("--format", "github", "some.sandbox.yml");
    expect(code).toBe(1);
    const told = stdout.trimEnd().split("\n").map(read);
    expect(told.every(({ command }) => ["error", "warning", "notice"].includes(command))).toBe(true);
    expect(told.find(({ title }) => title === "cred/ssh-gpg")).toMatchObject({
      command: "error",
      file: "some.sandbox.yml",
      line: "5",
      col: "3",
      endColumn: "9",
      data: expect.stringMatching(/^~\/\.ssh can be read.*\nhelp: \S/),
    });
    expect(stdout).not.toContain("tmpfs/mode");
  });

  it("can't be made to say more by a file's name or words", async () => {
    const { stdout } = await lint("--format", "github", `./${ODD}`);
    const told = stdout.trimEnd().split("\n").map(read);
    expect(told.length).toBeGreaterThan(1);
    for (const each of told)
      expect([each.command, each.file]).toEqual([expect.stringMatching(/^(error|warning|notice)$/), ODD]);
    expect(stdout).not.toMatch(/[\u001b\u202e\ufffe]/);
  });

  it("is empty where there is nothing to tell, and tells what is broken", async () => {
    expect(await lint("--format", "github", "clean.sandbox.yml")).toMatchObject({ code: 0, stdout: "" });
    const { stdout, code } = await lint("--format", "github", "broken.sandbox.yml");
    expect([code, read(stdout.trimEnd())]).toEqual([
      2,
      expect.objectContaining({ command: "error", line: "3", title: "profile/unknown-key" }),
    ]);
  });
});

describe("`sbx lint --format junit`", () => {
  const numbers = (suite: string) =>
    Object.fromEntries(
      [...suite.matchAll(/(tests|failures|errors|skipped)="(\d+)"/g)].map(([, key, n]) => [key, Number(n)]),
    );
  const count = (text: string, tag: string) => text.split(`<${tag}`).length - 1;

  it("has a suite for each profile, and counts what is in it", async () => {
    const { stdout } = await lint("--format", "junit", "--exclude", "fixes", ".");
    const suites = stdout.split("<testsuite ").slice(1);
    expect(suites).toHaveLength(4);
    for (const suite of suites) {
      expect(numbers(suite)).toEqual({
        tests: count(suite, "testcase "),
        failures: count(suite, "failure "),
        errors: count(suite, "error "),
        skipped: count(suite, "skipped "),
      });
    }
    const [some = "", clean = "", broken = ""] = ["some", "clean", "broken"].map(
      (name) => suites.find((suite) => suite.startsWith(`name="${name}`)) ?? "",
    );
    expect(some).toContain('name="cred/ssh-gpg, line 5" classname="some.sandbox.yml" file="some.sandbox.yml" line="5"');
    expect(some).toContain('<skipped message="nothing runs there; 100% &lt;sure&gt;"');
    expect(numbers(clean)).toEqual({ tests: 1, failures: 0, errors: 0, skipped: 0 });
    expect(numbers(broken)).toMatchObject({ tests: 1, errors: 1 });
  });

  it("gives no two cases one name", async () => {
    room.write("twice/x.sandbox.yml", "version: 1\nextends: [base]\nenv: {pass: [A_TOKEN, B_TOKEN, C_TOKEN]}\n");
    const { stdout } = await lint("--format", "junit", "twice");
    const names = [...stdout.matchAll(/<testcase name="([^"]*)"/g)].map(([, name]) => name);
    expect(names).toEqual(["env/secret, line 3", "env/secret, line 3 (2)", "env/secret, line 3 (3)"]);
    room.write("twice/x.sandbox.yml", "version: 1\nextends: [base]\n");
  });

  it("is well-formed, whatever stands in a profile", async () => {
    room.write("odd.xml", (await lint("--format", "junit", `./${ODD}`)).stdout);
    const parsed = await room.run([
      "python3",
      "-c",
      `import sys, xml.etree.ElementTree as E; E.parse(sys.argv[1])`,
      "odd.xml",
    ]);
    expect(parsed).toMatchObject({ code: 0, stderr: "" });
    expect(readFileSync(`${room.project}/odd.xml`, "utf8")).not.toMatch(/[\u001b\ufffe]/);
  });
});

describe("`sbx lint --format json`", () => {
  it("is a list of problems with their fixes", async () => {
    const { stdout } = await lint("--json", "some.sandbox.yml");
    const problems: { rule: string; data: { fix?: { title: string; safe: boolean } } }[] = JSON.parse(stdout);
    expect(misfits("problem", problems)).toEqual([]);
    expect(problems.find(({ rule }) => rule === "path/glob-late")?.data.fix).toMatchObject({ safe: true });
    expect(problems.map(({ rule }) => rule)).not.toContain("tmpfs/mode");
  });
});

describe.each(["pretty", "json", "github", "sarif", "junit"])(
  "a password that is refused where it stands, in %s",
  (format) => {
    it.each([
      "env: {set: {DB_PASSWORD: !s3cretpw99}}",
      "env: {set: {DB_PASSWORD: &s3cretpw99}}",
      "env: {set: {DB_PASSWORD: *s3cretpw99}}",
      "env: {set: {DB_PASSWORD: @s3cretpw99}}",
      "env: {set: {DB_PASSWORD: %s3cretpw99}}",
      "env:\n  set:\n    DB_PASSWORD: s3cretpw99: x",
      "env: {set: {DB_PASSWORD: {s3cretpw99}}}",
      "env: {prepend: {DB_PASSWORD: s3cretpw99}}",
      "env: {pass: [DB_PASSWORD=s3cretpw99]}",
      "env:\n  set:\n    DB_PASSWORD:s3cretpw99",
      "params: {db_password: {default: s3cretpw99, type: integer}}",
      "env:\n  set:\n    DB_PASSWORD: [s3cretpw99]",
    ])("is not told: %s", async (lines) => {
      room.write("refused/x.sandbox.yml", `version: 1\nextends: [base]\n${lines}\n`);
      const { code, stdout, stderr } = await lint("--format", format, "refused/x.sandbox.yml");
      expect(code).toBe(2);
      expect(stdout.length).toBeGreaterThan(80);
      expect(stdout + stderr).not.toContain("s3cretpw99");
      // Words that a message has anyway stay, and so does what is no secret.
      room.write("refused/x.sandbox.yml", "version: 1\nenv: {set: {TOKEN: expected}, clear: maybe}\n");
      expect((await lint("--format", format, "refused/x.sandbox.yml")).stdout).toMatch(/: expected true or false/);
      room.write("refused/x.sandbox.yml", "version: 1\nextends: [base]\nnetwork: s3cretpw99\n");
      expect((await lint("--format", format, "refused/x.sandbox.yml")).stdout).toContain("s3cretpw99");
    });
  },
);

it("`sbx lint` shows a person what to do next, without controls of a profile's", async () => {
  const { stdout } = await lint(`./${ODD}`, "some.sandbox.yml");
  expect(stdout).toMatch(
    /\n\d+ errors, \d+ warnings(, \d+ info)?; `sbx lint --fix` mends up to \d+; 2 accepted \(`--no-exceptions` shows them\); `sbx rules ID` says why\n$/,
  );
  expect(stdout).not.toMatch(/[\u001b\u202e\ufffe]/);
});

function found(results: readonly Result[], rule: string): Result {
  const result = results.find(({ ruleId }) => ruleId === rule);
  if (result === undefined) throw new Error(`nothing of ${rule}`);
  return result;
}

/** What stands at a region of the text. */
function offsets(
  text: string,
  { startLine = 1, startColumn = 1, endLine = startLine, endColumn = startColumn }: Region,
) {
  const lines = text.split("\n");
  const offset = (line: number, column: number) =>
    lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + column - 1;
  return [offset(startLine, startColumn), offset(endLine, endColumn)] as const;
}

function placeOf({ locations }: Result) {
  const { artifactLocation, region } = locations?.[0]?.physicalLocation ?? {};
  return { ...artifactLocation, region: TEXT.slice(...offsets(TEXT, region ?? {})) };
}

/** A fix made as a program would make it that knows SARIF alone. */
function applied({ fixes }: Result, text: string): string {
  const [change, ...others] = fixes?.[0]?.artifactChanges ?? [];
  expect(others).toEqual([]);
  return (change?.replacements ?? []).reduce((now, { deletedRegion, insertedContent }) => {
    const [start, end] = offsets(now, deletedRegion);
    return now.slice(0, start) + (insertedContent?.text ?? "") + now.slice(end);
  }, text);
}
