import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

describe.each(runners())("the exit code of `sbx run` with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  const run = (...command: readonly string[]) => room.sbx(["run", "-p", "base", "--", ...command]);
  room.write("files.yml", "version: 1\nextends: [base]\nmounts: {.: ro}\n");
  room.write("plain", "just text\n");
  room.write("no-interpreter", "#!/no/such/interpreter\n", 0o755);
  room.write("no-line", "exit 7\n", 0o755);
  room.directory("directory");
  const runHere = (...command: readonly string[]) => room.sbx(["run", "-p", "./files.yml", "--", ...command]);

  it.each([
    ["exit 0", 0],
    ["exit 42", 42],
    ["exit 125", 125],
    ["exit 127", 127],
    ["kill -9 $$", 137],
    ["kill -TERM $$", 143],
    ["kill -SEGV $$", 139],
    ["no-such-command", 127],
  ])("of sh -c %j is the command's own: %i", async (script, code) => {
    const done = await run("sh", "-c", script);
    expect(done.code).toBe(code);
    expect(done.stderr).not.toMatch(/sbx|error\[/);
  });

  it("is the command's own for a program, without a word of sbx", async () => {
    expect(await run("true")).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    expect(await run("false")).toEqual({ code: 1, signal: null, stdout: "", stderr: "" });
  });

  it.each([
    ["is not executable", "./plain", /plain can't be executed: it has no execute permission/],
    ["is a directory", "./directory", /directory can't be executed: it is a directory/],
    ["is a script without its interpreter", "./no-interpreter", /script for \/no\/such\/interpreter/],
  ])("is 126 for what %s", async (_, command, message) => {
    const done = await runHere(command);
    expect(done.stderr).toMatch(message);
    expect(done.stderr).toContain("error[command/not-executable]");
    expect(done.code).toBe(126);
  });

  it.each([["no-such-command"], ["./no-such-file"], ["/no/such/file"], [""]])("is 127 for %j", async (command) => {
    const done = await runHere(command);
    expect(done.stderr).toContain("error[command/not-found]");
    expect(done.code).toBe(127);
  });

  it("starts a script without a first line as execvp(3) does", async () => {
    expect((await runHere("./no-line")).code).toBe(7);
  });

  it("is 125 when bwrap can't set the sandbox up, and bwrap's own words are there", async () => {
    // A name that is too long exists nowhere, and sbx can't know what a file system allows.
    const name = "x".repeat(300);
    room.write("long.yml", `version: 1\nextends: [base]\ndirs: [/tmp/${name}]\n`);
    const done = await room.sbx(["run", "-p", "./long.yml", "--", "echo", "ran"]);
    expect(done.stderr).toContain("bwrap: ");
    expect([done.code, done.stdout]).toEqual([125, ""]);
  });

  it("takes a command that begins with a dash", async () => {
    room.write("-dash", '#!/bin/sh\necho "$0 $1"\n', 0o755);
    const env = ["--env", `PATH=${room.project}`];
    const done = await room.sbx(["run", "-p", "./files.yml", ...env, "--", "-dash", "--help"]);
    expect(done).toMatchObject({ code: 0, stdout: `${room.project}/-dash --help\n` });
  });

  it("hands arguments on as they are", async () => {
    const words = ["two words", "", "'single'", '"double"', "$HOME `id` \\", "line\nbreak", "*", "--", "-p", "é€😀"];
    const done = await run("/usr/bin/printf", "%s\\0", ...words);
    expect(done.stdout.split("\0").slice(0, -1)).toEqual(words);
  });

  it("ends the options of sbx with the first word that is none", async () => {
    const done = await room.sbx(["run", "-p", "base", "echo", "-p", "host-ro", "--help"]);
    expect(done.stdout).toBe("-p host-ro --help\n");
  });
});

describe("the exit code of `sbx run` for what sbx itself says", () => {
  const room = installed.room();

  it.each([
    ["a missing mount source", "version: 1\nmounts: {/no/such/directory: ro}\n", "error[mount/missing-source]"],
    ["bad YAML", "version: 1\nmounts: [\n", "error[yaml/"],
    ["an unknown key", "version: 1\nmount: {}\n", "did you mean"],
    ["an unknown parent", "version: 1\nextends: [bas]\n", "did you mean base?"],
    [
      "a machine that this one is not",
      "version: 1\nextends: [base]\nprocess: {arch: riscv64}\n",
      "error[preflight/arch-foreign]",
    ],
  ])("is 125 for a profile with %s", async (_, text, words) => {
    room.write("broken.yml", text);
    const done = await room.sbx(["run", "-p", "./broken.yml", "--", "echo", "ran"]);
    expect(done.stderr).toContain(words);
    expect(done.stderr).toMatch(/^broken\.yml:\d+:\d+: error\[/);
    expect(done.stderr).not.toMatch(/^\s+at /m);
    expect([done.code, done.stdout]).toEqual([125, ""]);
  });

  it.each([
    ["no command", ["run", "-p", "base"]],
    ["an option that is none", ["run", "-p", "base", "--frobnicate", "--", "true"]],
    ["a profile that is not there", ["run", "-p", "bas", "--", "true"]],
    ["a file that is not there", ["run", "-p", "./none.yml", "--", "true"]],
    ["a directory that is not there", ["run", "-C", "/no/such/directory", "--", "true"]],
    ["a format that is none", ["run", "-p", "base", "--format", "sarif", "--", "true"]],
    ["a parameter that is none", ["run", "-p", "base", "--set", "x=y", "--", "true"]],
    ["a flag set that is none", ["run", "-p", "base", "--flag", "netwrok", "--", "true"]],
  ])("is 125 for %s", async (_, args) => {
    const done = await room.sbx(args);
    expect(done.stderr).toMatch(/error/);
    expect([done.code, done.stdout]).toEqual([125, ""]);
  });

  it("is 125 for a bwrap that is none", async () => {
    const env = { SBX_BWRAP: "/bin/true" };
    const done = await room.sbx(["run", "-p", "base", "--", "echo", "ran"], { env });
    expect(done.stderr).toContain("error[host/bwrap-broken]");
    expect([done.code, done.stdout]).toEqual([125, ""]);
  });
});
