import { afterAll, describe, expect, it } from "vitest";
import { testsOf } from "../../src/claims/index.ts";
import { builtin, builtinNames } from "../../src/sources/index.ts";
import { argumentsOf } from "../support/builtin-arguments.ts";
import { runners } from "../support/bwraps.ts";
import { install, type Room } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();

const GOOD = `version: 1
extends: [base]
mounts: {.: rw}
mask: [.env]
env: {pass: [API_KEY]}
tests:
  secrets: {masked: [.env], hidden: [~/.ssh, /nope]}
  files: {readable: [/bin/sh], readonly: [/usr], writable: [.], device: [/dev/null]}
  "odd <name> & \\"quotes\\" # \\e[31m": {network: none, env: {CI: false}}
  "runs": {run: [sh, -c, "echo out"], stdout: "out\\n"}
`;
const BAD = `version: 1
extends: [base]
mounts: {.: rw}
tests:
  good: {network: none}
  "a <bad> & \\"one\\" # \\e[31m]]>":
    hidden: [.]
    env: {HOME: "\\x07<&>"}
`;
const fill = (place: Room): void => {
  place.write(".env", "SECRET=1");
  place.write("good.yml", GOOD);
  place.write("bad.yml", BAD);
  place.write("broken.yml", "version: 1\nextends: [bsae]\ntests: {t: {network: none}}\n");
  place.write("none.yml", "version: 1\nextends: [base]\n");
  place.write("badtest.yml", "version: 1\nextends: [base]\ntests:\n  t: {hidden: ['**/.env']}\n  u: {network: none}\n");
};
fill(room);
const test = (...args: readonly string[]) => room.sbx(["test", ...args]);

interface Json {
  readonly summary: Readonly<Record<string, number>>;
  readonly profiles: readonly {
    readonly file: string;
    readonly tests: readonly {
      readonly name: string;
      readonly outcome: string;
      readonly problems: readonly { readonly message: string }[];
      readonly claims: readonly { readonly kind: string; readonly outcome: string; readonly line: number }[];
    }[];
  }[];
}
const parsed = (stdout: string): Json => {
  const value: Json = JSON.parse(stdout);
  expect(misfits("test", value)).toEqual([]);
  return value;
};
/** The built-in profiles that bring tests. */
const TESTED = builtinNames().flatMap(([name]) => {
  const source = builtin(name);
  return source !== undefined && testsOf(source).length > 0 ? [name] : [];
});
/** Read by a parser that is not ours. */
const readXml = async (xml: string): Promise<readonly (readonly [string, Readonly<Record<string, string>>])[]> => {
  const script =
    "import sys, json, xml.etree.ElementTree as e; " +
    "print(json.dumps([[n.tag, n.attrib] for n in e.fromstring(sys.stdin.buffer.read()).iter()]))";
  const done = await room.run(["python3", "-c", script], { stdin: xml });
  expect(done.stderr).toBe("");
  return JSON.parse(done.stdout);
};

describe("`sbx test`", () => {
  it.each<[readonly string[], number]>([
    [["good.yml"], 0],
    [["bad.yml"], 1],
    [["broken.yml"], 2],
    [["none.yml"], 0],
    [["badtest.yml"], 2],
    [["no-such.yml"], 2],
    [["good.yml", "bad.yml"], 1],
    [["broken.yml", "bad.yml", "good.yml"], 2],
    [["-p", "base"], 0],
    [["-p", "base", "good.yml"], 2],
    [["--format", "xml", "good.yml"], 2],
  ])("%j ends with %i", async (args, code) => {
    expect((await test(...args)).code).toBe(code);
  });

  it("goes on after a broken profile, and after a broken test", async () => {
    const { profiles, summary } = parsed((await test("--json", "broken.yml", "badtest.yml", "good.yml")).stdout);
    expect(profiles.map(({ file }) => file.replace(`${room.project}/`, ""))).toEqual([
      "broken.yml",
      "badtest.yml",
      "good.yml",
    ]);
    expect(profiles[1]?.tests.map(({ outcome }) => outcome)).toEqual(["broken", "holds"]);
    expect(summary).toMatchObject({ broken: 2, defect: 0, fails: 0, skipped: 2 });
  });

  it("tests the profile that governs the directory, and says when it has no tests", async () => {
    room.write("here/.sandbox.yml", GOOD);
    room.write("here/.env", "");
    const done = await room.sbx(["test", "--json"], { cwd: room.directory("here/sub") });
    expect([done.code, parsed(done.stdout).summary.tests]).toEqual([0, 4]);
    expect((await test("none.yml")).stdout).toContain("no tests");
  });

  it("shows each claim that fails with its place, its line, what is there and what to write", async () => {
    const { stdout } = await test("bad.yml");
    const lines = stdout.split("\n").map((line) => line.trim());
    expect(lines).toContain("ok      good");
    const at = lines.findIndex((line) => line.startsWith("bad.yml:7:14: error[test/hidden]"));
    expect(lines.slice(at, at + 3)).toEqual([
      `bad.yml:7:14: error[test/hidden]: ${room.project} is not hidden: it is the host's, writable`,
      "7 |     hidden: [.]",
      "|              ^",
    ]);
    expect(lines[at + 3]).toMatch(/^bad\.yml:3:10: this entry decides/);
    expect(lines.at(-2)).toBe("2 tests, 3 claims: 1 holds, 2 fail");
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("says that commands were skipped", async () => {
    expect((await test("good.yml")).stdout).toMatch(
      /skipped runs {2}\(2 skipped: --live tries them\)[\s\S]*2 skipped without --live/,
    );
  });

  it("never shows a secret of the environment", async () => {
    room.write("secret.yml", GOOD.replace("tests:", "tests:\n  key: {env: {API_KEY: other}}"));
    for (const format of ["pretty", "tap", "junit", "json"]) {
      const done = await room.sbx(["test", "--format", format, "secret.yml"], { env: { API_KEY: "hunter2" } });
      expect([done.code, done.stdout.includes("API_KEY"), `${done.stdout}${done.stderr}`.includes("hunter2")]).toEqual([
        1,
        true,
        false,
      ]);
    }
  });
});

describe("a report", () => {
  it("as TAP 14: a plan, a point for each test, directives and blocks", async () => {
    const lines = (await test("--format", "tap", "good.yml", "bad.yml", "broken.yml")).stdout.split("\n");
    expect(lines.slice(0, 2)).toEqual(["TAP version 14", "1..7"]);
    const points = lines.filter((line) => /^(not )?ok /.test(line));
    expect(points.map((line) => /^(?:not )?ok (\d+) - /.exec(line)?.[1])).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
    expect(points.filter((line) => line.startsWith("not"))).toHaveLength(2);
    expect(points[3]).toMatch(/^ok 4 - good\.yml: runs # SKIP /);
    // A # of a name begins no directive.
    expect(points[2]?.replaceAll("\\#", "")).not.toContain("#");
    expect(lines.filter((line) => line === "  ---")).toHaveLength(2);
    expect(lines.filter((line) => line === "  ...")).toHaveLength(2);
    expect(lines.join("\n")).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect((await test("--format", "tap", "none.yml")).stdout).toBe("TAP version 14\n1..0 # SKIP no tests\n");
  });

  it("as JUnit XML that another parser reads, whatever is in a name", async () => {
    const all = await readXml((await test("--format", "junit", "good.yml", "bad.yml", "broken.yml")).stdout);
    const named = (tag: string) => all.filter(([name]) => name === tag).map(([, attributes]) => attributes);
    expect(
      named("testsuite").map(({ tests, failures, errors, skipped }) => [tests, failures, errors, skipped]),
    ).toEqual([
      ["4", "0", "0", "1"],
      ["2", "1", "0", "0"],
      ["1", "0", "1", "0"],
    ]);
    expect(named("testcase").map(({ name }) => name)).toContain('odd <name> & "quotes" # \\x1b[31m');
    expect([named("failure").length, named("error").length, named("skipped").length]).toEqual([1, 1, 1]);
    expect(await readXml((await test("--format", "junit", "none.yml")).stdout)).toHaveLength(2);
  });
});

describe.each(runners())("in real sandboxes of $bwrap as $user", ({ bwrap, user }) => {
  const own = installed.room(user, bwrap);
  fill(own);

  it("all that was claimed holds, commands included", async () => {
    const done = await own.sbx(["test", "--live", "--json", "good.yml"]);
    const { summary, profiles } = parsed(done.stdout);
    expect([done.code, done.stderr, summary, profiles[0]?.tests.flatMap(({ problems }) => problems)]).toEqual([
      0,
      "",
      { tests: 4, claims: 11, holds: 11, fails: 0, defect: 0, skipped: 0, broken: 0 },
      [],
    ]);
  });

  it("what fails, fails in both ways", async () => {
    const done = await own.sbx(["test", "--live", "--json", "bad.yml"]);
    expect([done.code, parsed(done.stdout).summary]).toMatchObject([1, { holds: 1, fails: 2, defect: 0 }]);
  });

  it("a profile that was found and not named is held to the ceiling", async () => {
    own.write("found/.sandbox.yml", GOOD);
    const cwd = own.directory("found");
    own.write("found/.env", "");
    const refused = await own.sbx(["test", "--live"], { cwd, env: { API_KEY: "x" } });
    expect([refused.code, refused.stdout.match(/trust\/secret/g)?.length]).toEqual([2, 1]);
    expect(refused.stdout).toContain("sbx test --live ");
    expect((await own.sbx(["test", "--live", ".sandbox.yml"], { cwd, env: { API_KEY: "x" } })).code).toBe(0);
    expect((await own.sbx(["test"], { cwd, env: { API_KEY: "x" } })).code).toBe(0);
  });

  it.each(TESTED)("the built-in %s is what it claims to be", async (name) => {
    const done = await own.sbx(["test", "--live", "--json", "-p", name, ...argumentsOf(name, own)]);
    const { summary, profiles } = parsed(done.stdout);
    const wrong = profiles[0]?.tests.filter(({ outcome }) => outcome !== "holds");
    expect([done.code, done.stderr, wrong, summary.skipped]).toEqual([0, "", [], 0]);
  });
});

describe("without bubblewrap", () => {
  it.each(TESTED)("the built-in %s is what it claims to be", async (name) => {
    const done = await room.sbx(["test", "--json", "-p", name, ...argumentsOf(name, room)], {
      env: { SBX_BWRAP: "/no/such/bwrap" },
    });
    const { summary } = parsed(done.stdout);
    expect([done.code, summary.fails, summary.defect, summary.broken, summary.holds === 0]).toEqual([
      0,
      0,
      0,
      0,
      false,
    ]);
  });
});
