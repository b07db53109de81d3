import { afterAll, describe, expect, it } from "vitest";
import { builtinNames } from "../../src/index.ts";
import { argumentsOf } from "../support/builtin-arguments.ts";
import { install } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();
room.write("clean.yml", "version: 1\nextends: [base]\n");
room.write("warned.yml", "version: 1\nextends: [base]\nmounts: {/no/such/place: {access: ro, missing: warn}}\n");
room.write("broken.yml", "version: 1\nextends: [bsae]\nmounts:\n  /usr: readonly\n");
const lint = (...args: readonly string[]) => room.sbx(["lint", ...args]);

describe("`sbx lint`", () => {
  it.each([
    [["clean.yml"], 0],
    [["--strict", "clean.yml"], 0],
    [["warned.yml"], 0],
    [["--strict", "warned.yml"], 1],
    [["broken.yml"], 2],
    [["clean.yml", "broken.yml"], 2],
    [["--strict", "warned.yml", "broken.yml"], 2],
    [["none.yml"], 2],
    [["--json", "clean.yml"], 0],
    [["--json", "--strict", "warned.yml"], 1],
    [["--json", "broken.yml"], 2],
    [["-p", "base"], 0],
  ])("%j ends with %i", async (args, code) => {
    const done = await lint(...args);
    expect([done.code, done.stderr]).toEqual([code, ""]);
  });

  it("says nothing when there is nothing to say", async () => {
    expect((await lint("clean.yml")).stdout).toBe("");
    expect((await lint("--json", "clean.yml")).stdout).toBe("[]\n");
  });

  it("shows each problem with its place, its line, a caret, and what to type", async () => {
    const { stdout } = await lint("broken.yml");
    const [place, line, caret] = stdout.split("\n");
    expect(place).toMatch(/^broken\.yml:4:9: error\[profile\/value\]: .*expected ro, rw/);
    expect([line, caret]).toEqual(["  4 |   /usr: readonly", `    |         ${"^".repeat("readonly".length)}`]);
    room.write("parent.yml", "version: 1\nextends: [bsae]\n");
    expect((await lint("parent.yml")).stdout).toMatch(/^parent\.yml:2:11: error(.|\n)*\n {2}help: did you mean base\?/);
  });

  it("gives every problem of several files, each under its own name", async () => {
    const { stdout } = await lint("--json", "broken.yml", "warned.yml", "none.yml");
    const problems: { file: string; rule: string }[] = JSON.parse(stdout);
    expect(misfits("problem", problems)).toEqual([]);
    const files = new Set(problems.map(({ file }) => file.replace(`${room.project}/`, "")));
    expect([...files]).toEqual(["broken.yml", "warned.yml", "command-line"]);
  });

  it("takes a bare word for a file, and the profile found here without any", async () => {
    room.write("here/.sandbox.yml", "version: 1\nextends: [base]\nmask: [1, 2, 1]\nunknown: x\n");
    const done = await room.sbx(["lint"], { cwd: room.directory("here/sub") });
    expect(done.code).toBe(2);
    expect(done.stdout).toContain("unknown");
    room.write("base", "version: 1\nextends: [base]\nunknown: x\n");
    expect((await lint("base")).stdout).toContain("unknown");
  });

  it.each(builtinNames().map(([name]) => name))("finds nothing in the built-in %s", async (name) => {
    expect(await lint("--strict", "-p", name, ...argumentsOf(name, room))).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });
});
