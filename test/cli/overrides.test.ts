import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();
room.write("data/file", "data\n");
room.write("a:b/file", "colon\n");

const run = (...args: readonly string[]) => room.sbx(["run", ...args]);
const sh = (script: string) => ["--", "/bin/sh", "-c", script];

describe("`sbx run` takes", () => {
  it.each([
    ["a path, at its own place", ["--bind", "./data"], `${"$PWD_"}data`, true],
    ["a path, read-only", ["--ro-bind", "data"], `${"$PWD_"}data`, false],
    ["a path to another place", ["--bind", "data:/x"], "/x", true],
    ["a path to another place, read-only", ["--ro-bind", "data:/x"], "/x", false],
    ["a path below the home directory", ["--bind", "~/project/data:/x"], "/x", true],
    ["a path with a colon", ["--bind", "a\\:b:/x"], "/x", true],
    ["a place with a colon", ["--ro-bind", "data:/x\\:y"], "/x:y", false],
    ["a path with a colon, at its own place", ["--ro-bind", "a\\:b"], `${"$PWD_"}a:b`, false],
  ])("--bind and --ro-bind of %s", async (_, args, place, writable) => {
    const at = place.replace("$PWD_", `${room.project}/`);
    const done = await run(
      "-p",
      "base",
      ...args,
      ...sh(`cat "${at}/file"; (echo x >"${at}/written") 2>/dev/null && echo wrote`),
    );
    const text = args.join().includes("\\:b") ? "colon\n" : "data\n";
    expect(done.stdout).toBe(writable ? `${text}wrote\n` : text);
  });

  it("several binds and variables, but not two for the same place", async () => {
    const args = ["--ro-bind", "a\\:b:/y", "--bind", "data:/x"];
    const done = await run("-p", "base", ...args, ...sh("cat /y/file; echo x >/x/w && echo wrote"));
    expect(done).toMatchObject({ code: 0, stdout: "colon\nwrote\n" });
    expect(readFileSync(join(room.project, "data/w"), "utf8")).toBe("x\n");
    const twice = await run("-p", "base", ...args, "--ro-bind", "data:/x", "--", "true");
    expect(twice.stderr).toMatch(/^command-line:9:1: error\[(.|\n)*command-line:7:1: the first one/);
    const both = await run("-p", "base", "--env", "A=1", "--env", "A=2", "--", "true");
    expect(both.stderr).toMatch(/^command-line:7:1: error\[(.|\n)*command-line:5:1: the first one/);
    expect([twice.code, both.code]).toEqual([125, 125]);
  });

  it("a bind over an entry of the profile, of whatever kind", async () => {
    const done = await run("-p", "base", "--ro-bind", "data:/var/tmp", ...sh("cat /var/tmp/file"));
    expect(done).toMatchObject({ code: 0, stdout: "data\n" });
  });

  it("--env with a value, with an empty one, and with the host's", async () => {
    const args = ["-p", "base", "--env", "A=1=2", "--env", "EMPTY=", "--env", "FROM_HOST"];
    const done = await room.sbx(["run", ...args, "--", "env"], { env: { FROM_HOST: "h o s t", OTHER: "x" } });
    expect(done.stdout.split("\n")).toEqual(expect.arrayContaining(["A=1=2", "EMPTY=", "FROM_HOST=h o s t"]));
    expect(done.stdout).not.toContain("OTHER");
    const missing = await run(...args, "--", "env");
    expect(missing.code).toBe(125);
    expect(missing.stderr).toMatch(/command-line:9:1: error\[env\/required\].*FROM_HOST/);
  });

  it("--chdir", async () => {
    expect((await run("-p", "base", "--chdir", "/usr/bin", ...sh("pwd"))).stdout).toBe("/usr/bin\n");
    expect((await run("-p", "base", "--chdir", "/made/for/it", ...sh("pwd"))).stdout).toBe("/made/for/it\n");
    expect((await run("-p", "base", "--ro-bind", "data:/x", "--chdir", "/x", "--", "cat", "file")).stdout).toBe(
      "data\n",
    );
  });

  it("--timeout only when it can enforce it", async () => {
    const done = await run("-p", "base", "--timeout", "1s", "--", "true");
    if (done.code !== 0) expect(done.stderr).toContain("error[preflight/not-built]");
    const wrong = await run("-p", "base", "--timeout", "soon", "--", "true");
    expect(wrong.code).toBe(125);
    expect(wrong.stderr).toMatch(/soon/);
  });
});

describe("the working directory is", () => {
  it("the caller's, where it is shown, else the project, else /", async () => {
    room.write("here.yml", "version: 1\nextends: [base]\nmounts: {.: ro}\n");
    const pwd = (profile: string, cwd: string) => room.sbx(["run", "-p", profile, "--", "pwd"], { cwd });
    expect((await pwd("./here.yml", room.project)).stdout).toBe(`${room.project}\n`);
    expect((await pwd("../here.yml", join(room.project, "data"))).stdout).toBe(`${room.project}/data\n`);
    expect((await pwd(`${room.project}/here.yml`, "/usr/lib")).stdout).toBe("/usr/lib\n");
    expect((await pwd("base", room.project)).stdout).toBe("/\n");
  });
});

describe("parameters and flag sets", () => {
  room.write(
    "choices.yml",
    `version: 1
extends: [base]
params:
  place: /first
  many: {type: integer, default: 2}
  sure: {type: boolean, default: false}
  data: {type: path, default: ./data}
  must: {required: true, example: "yes"}
mounts: {"\${place}": {from: "\${data}", access: ro}}
env: {set: {MANY: "\${many}", SURE: "\${sure}", MUST: "\${must}"}}
flags:
  on: {env: {set: {ON: "1"}}}
  off: {env: {set: {OFF: "1"}}}
use: [on]
`,
  );
  const chosen = (...args: readonly string[]) =>
    run("-p", "./choices.yml", "--set", "must=x", ...args, ...sh('ls "$AT"; echo $MANY $SURE $MUST on=$ON off=$OFF'));

  it("have their defaults", async () => {
    const done = await chosen("--env", "AT=/first");
    expect(done.stdout).toMatch(/^file\n(w.*\n)*2 false x on=1 off=\n$/);
  });

  it("--set replaces, the last one counting", async () => {
    const args = [
      "--set",
      "place=/other place",
      "--set",
      "many=3",
      "--set",
      "many=4",
      "--set",
      "sure=true",
      "--set",
      "data=a:b",
    ];
    const done = await chosen(...args, "--env", "AT=/other place");
    expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^file\n(w.*\n)*4 true x on=1 off=\n$/) });
  });

  it("a value with an equals sign, and an empty one", async () => {
    const done = await run("-p", "./choices.yml", "--set", "must=a=b=", ...sh('echo "$MUST"'));
    expect(done.stdout).toBe("a=b=\n");
    expect((await run("-p", "./choices.yml", "--set", "must=", ...sh('echo "[$MUST]"'))).stdout).toBe("[]\n");
  });

  it.each([
    [[], /must/],
    [["--set", "must=x", "--set", "many=lots"], /lots|integer/],
    [["--set", "must=x", "--set", "sure=maybe"], /maybe|boolean/],
    [["--set", "must=x", "--set", "plaec=/x"], /did you mean place|place/],
  ])("%j is refused, at the argument", async (args, words) => {
    const done = await room.sbx(["plan", "-p", "./choices.yml", ...args]);
    expect(done.code).toBe(2);
    expect(done.stderr).toMatch(words);
    if (args.length > 0) expect(done.stderr).toMatch(/^command-line:\d+:1: error/);
  });

  it("--flag and --no-flag combine with what is on by default", async () => {
    const flags = async (...args: readonly string[]) =>
      (await chosen("--env", "AT=/usr/games", ...args)).stdout.trim().split(" ").slice(-2).join(" ");
    expect(await flags()).toBe("on=1 off=");
    expect(await flags("--flag", "off")).toBe("on=1 off=1");
    expect(await flags("--no-flag", "on")).toBe("on= off=");
    expect(await flags("--no-flag", "on", "--flag", "off")).toBe("on= off=1");
    expect(await flags("--no-flag", "on", "--flag", "on")).toBe("on=1 off=");
  });
});
