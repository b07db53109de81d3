import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();

/** What the profile sets the variable WHO to, as the command sees it. */
const who = async (args: readonly string[], cwd = room.project) => {
  const done = await room.sbx(["run", ...args, "--", "/bin/sh", "-c", 'echo "$WHO $PARENT"'], { cwd });
  return done.code === 0 ? done.stdout.trim() : done.stderr;
};
const profile = (name: string, more = "") => `version: 1\nextends: [base]\nenv: {set: {WHO: ${name}}}\n${more}`;
const VARIANTS = "profiles:\n  web: {env: {set: {WHO: web}}}\n  other: {env: {set: {WHO: other}}}\n";

room.write(".sandbox.yml", profile("found", VARIANTS));
room.write("named.yml", profile("named", VARIANTS));
room.write("sub/named.yml", profile("sub"));
room.write("default.yml", profile("top", `${VARIANTS}default: web\n`));
room.write("../at-home.yml", profile("home"));
room.directory("sub/deeper");

describe("`-p`", () => {
  it.each([
    ["nothing: the profile found here", [], "found"],
    ["a variant of the one found here", ["-p", "#web"], "web"],
    ["a path", ["-p", "./named.yml"], "named"],
    ["a path with a variant", ["-p", "./named.yml#other"], "other"],
    ["a path below", ["-p", "sub/named.yml"], "sub"],
    ["an absolute path", ["-p", join(room.project, "named.yml")], "named"],
    ["a path in the home directory", ["-p", "~/at-home.yml"], "home"],
    ["a file with a default variant", ["-p", "./default.yml"], "web"],
    ["another variant than the default", ["-p", "./default.yml#other"], "other"],
    ["--profile=", ["--profile=./named.yml"], "named"],
    ["-C and a path from there", ["-C", "sub", "-p", "./named.yml"], "sub"],
    ["-C into a directory below the profile", ["-C", "sub/deeper"], "found"],
  ])("takes %s", async (_, args, name) => {
    expect(await who(args)).toBe(name);
  });

  it("finds the profile from a directory further down, too", async () => {
    expect(await who([], join(room.project, "sub/deeper"))).toBe("found");
  });

  it("takes a bare word for a built-in only, and says how a file is written", async () => {
    expect(await who(["-p", "named"])).toMatch(/there is no built-in profile "named"(.|\n)*written \.\/named/);
  });

  it.each([
    ["#nothing", /web/],
    ["./named.yml#nothing", /web/],
    ["./none.yml", /there is no file/],
    ["./sub", /is a directory/],
    ["", /error/],
    ["base#web", /error/],
  ])("refuses %j and says why", async (argument, words) => {
    const done = await room.sbx(["plan", "-p", argument]);
    expect(done.stderr).toMatch(words);
    expect(done.stderr).not.toMatch(/defect|^\s+at /m);
    expect([done.code, done.stdout]).toEqual([2, ""]);
  });

  it("refuses a link", async () => {
    symlinkSync("named.yml", join(room.project, "link.yml"));
    expect(await who(["-p", "./link.yml"])).toMatch(/link\.yml is a link to named\.yml/);
  });
});

describe("`-p REF:PATH`", () => {
  const git = async (...args: readonly string[]) => {
    const identity = ["-c", "user.name=T", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"];
    const done = await room.run(["git", ...identity, ...args]);
    if (done.code !== 0) throw new Error(done.stderr);
    return done.stdout.trim();
  };
  beforeAll(async () => {
    await git("init", "-q", "-b", "main");
    room.write("ci/parent.yml", "version: 1\nenv: {set: {PARENT: committed}}\n");
    room.write(
      "ci/profile.yml",
      "version: 1\nextends: [base, ./parent.yml]\nmounts: {..: ro}\nenv: {set: {WHO: committed}}\nprofiles: {web: {env: {set: {WHO: web}}}}\n",
    );
    room.write("ci/orphan.yml", "version: 1\nextends: [./gone.yml]\n");
    room.write("ci/gone.yml", "version: 1\n");
    await git("add", "ci/parent.yml", "ci/profile.yml", "ci/orphan.yml");
    await git("commit", "-qm", "profiles");
    await git("tag", "v1");
    room.write("ci/parent.yml", "version: 1\nenv: {set: {PARENT: changed}}\n");
    room.write("ci/profile.yml", "version: 1\nextends: [base, ./parent.yml]\nenv: {set: {WHO: changed}}\n");
  });

  it("reads the file and its relative parents from the revision, not from the working tree", async () => {
    expect(await who(["-p", "./ci/profile.yml"])).toBe("changed changed");
    expect(await who(["-p", "HEAD:ci/profile.yml"])).toBe("committed committed");
    expect(await who(["-p", "v1:ci/profile.yml#web"])).toBe("web committed");
    expect(await who(["-p", `${await git("rev-parse", "HEAD")}:ci/profile.yml`])).toBe("committed committed");
  });

  it("does so from a directory further down", async () => {
    expect(await who(["-p", "HEAD:ci/profile.yml"], join(room.project, "sub"))).toBe("committed committed");
  });

  it("takes a parent that the revision lacks for missing, although the working tree has it", async () => {
    const done = await room.sbx(["plan", "-p", "HEAD:ci/orphan.yml"]);
    expect(done.code).toBe(2);
    expect(done.stderr).toMatch(/git can't show ci\/gone\.yml at HEAD/);
  });

  it.each([
    ["HEAD:none.yml", /git can't show none\.yml at HEAD/],
    ["nothing:ci/profile.yml", /git can't show ci\/profile\.yml at nothing/],
    ["--output=x:ci/profile.yml", /git|error/],
    ["HEAD:../outside.yml", /error/],
  ])("says why %s can't be read", async (argument, words) => {
    const done = await room.sbx(["plan", `--profile=${argument}`]);
    expect(done.stderr).toMatch(words);
    expect(done.stderr).not.toMatch(/defect/);
    expect([done.code, done.stdout]).toEqual([2, ""]);
  });

  it("runs nothing that the repository configures", async () => {
    const sentinel = join(room.project, "ran");
    const run = `sh -c 'echo ran >${sentinel}'`;
    await git("config", "core.fsmonitor", run);
    await git("config", "diff.x.textconv", run);
    await git("config", "core.pager", run);
    await git("config", "alias.cat-file", `!${run}`);
    await git("config", "core.sshCommand", run);
    room.write(".gitattributes", "*.yml diff=x filter=x\n");
    await git("config", "filter.x.smudge", run);
    expect(await who(["-p", "HEAD:ci/profile.yml"])).toBe("committed committed");
    expect(existsSync(sentinel)).toBe(false);
    await git("status");
    expect(existsSync(sentinel)).toBe(true);
  });
});
