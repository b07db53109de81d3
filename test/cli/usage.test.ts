import { afterAll, describe, expect, it } from "vitest";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();

const COMMANDS = [
  "run",
  "shell",
  "render",
  "plan",
  "show",
  "explain",
  "diff",
  "lint",
  "rules",
  "test",
  "profiles",
  "clean",
  "schema",
];

describe("`--help`", () => {
  it.each(COMMANDS)("of %s says what it does, its options, and examples that name it", async (command) => {
    const done = await room.sbx([command, "--help"]);
    expect(done).toMatchObject({ code: 0, stderr: "" });
    expect(done.stdout).toMatch(new RegExp(`^Usage: sbx ${command} \\[options\\]`));
    for (const option of [
      "-p, --profile",
      "-C, --directory",
      "--flag",
      "--no-flag",
      "--set",
      "--format",
      "-h, --help",
    ]) {
      expect(done.stdout).toContain(`  ${option}`);
    }
    const examples = done.stdout.split("\nExamples:\n")[1]?.trim().split("\n") ?? [];
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(example).toMatch(new RegExp(`^\\s*sbx ${command}\\b.*  \\S`));
  });

  it("of sbx lists every command, and each of them exists", async () => {
    const done = await room.sbx(["--help"]);
    expect(done).toMatchObject({ code: 0, stderr: "" });
    const listed = done.stdout.split("Commands:\n")[1]?.split("\n\n")[0]?.split("\n") ?? [];
    expect(listed.map((line) => line.trim().split(" ")[0])).toEqual(COMMANDS);
  });

  it("shows only examples that work", async () => {
    // What an example names: here, the profile that is found and the files.
    room.write(".sandbox.yml", "version: 1\nextends: [base]\n");
    room.write("ci.sandbox.yml", "version: 1\nextends: [base]\n");
    room.write("../data/file", "");
    const git = "git -c user.name=u -c user.email=u@example.org";
    const commit = `git init -q -b main && git add . && ${git} commit -qm all`;
    expect(await room.run(["/bin/sh", "-c", commit])).toMatchObject({ code: 0 });
    for (const command of COMMANDS) {
      const { stdout } = await room.sbx([command, "--help"]);
      const lines = stdout.split("\nExamples:\n")[1]?.trim().split("\n") ?? [];
      for (const line of lines) {
        // The command of the example itself is not the point.
        const typed =
          line
            .trim()
            .split(/ {2,}/)[0]
            ?.replace(/-- .*$/, "-- true") ?? "";
        const done = await room.run([
          "/bin/sh",
          "-c",
          typed.replace("~", room.home).replace("sbx ", `"$0" "$1" `),
          process.execPath,
          installed.file,
        ]);
        expect([typed, done.code, done.stderr]).toEqual([typed, 0, ""]);
      }
    }
  });
});

describe("a mistake on the command line", () => {
  it.each([
    [["rnu", "--", "true"], 2, "unknown command 'rnu'\n(Did you mean run?)"],
    [["frobnicate"], 2, "unknown command 'frobnicate'"],
    [["--verison"], 2, "(Did you mean --version?)"],
    [["run", "--profle", "base", "--", "true"], 125, "(Did you mean --profile?)"],
    [["plan", "--footprnt"], 2, "(Did you mean --footprint?)"],
    [["plan", "extra"], 2, "too many arguments"],
    [["plan", "-p"], 2, "argument missing"],
    [["plan", "--set", "x", "-p", "base"], 2, "Write NAME=VALUE"],
    [["plan", "--format", "yaml", "-p", "base"], 2, "Allowed choices are text, json"],
    [["plan", "-p", "bsae"], 2, "did you mean base?"],
    [["plan", "-p", "base", "--flag", "netwrok"], 2, "network"],
    [["run", "-p", "base", "--bind", "a:b:c", "--", "true"], 125, "a colon in a path is written \\:"],
    [["run", "-p", "base", "--env", "9X=1", "--", "true"], 125, "is no variable name"],
    [["schema", "plam"], 2, "one of: clean, "],
    [["constructor"], 2, "unknown command"],
    [["lint", "-C", "/no/such"], 2, "-C /no/such: there is no such directory"],
  ])("%j ends with %i and says what to type", async (args, code, words) => {
    const done = await room.sbx(args);
    expect(done.stderr).toContain(words);
    expect(done.stderr).not.toMatch(/^\s+at |defect/m);
    expect([done.code, done.stdout]).toEqual([code, ""]);
  });

  it("without any word shows the help, as an error", async () => {
    const done = await room.sbx([]);
    expect(done.code).toBe(2);
    expect(done.stderr).toMatch(/^Usage: sbx/);
    expect(done.stdout).toBe("");
  });
});

it("`--version` says the package's version", async () => {
  const done = await room.sbx(["--version"]);
  expect(done.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
