import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { install } from "../../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

const RED = "\u001b[31m";
const TITLE = "\u001b]0;owned\u0007";
const RIGHT_TO_LEFT = "\u202e";
const NEW_LINE = "\n";
const BACK = "\r";
const C1 = "\u009b";
const HOSTILE = `a${RED}b${TITLE}c${RIGHT_TO_LEFT}d${C1}e${BACK}f`;

/** What a terminal would act on: control characters but line feed, and what changes the direction of text. */
const ACTED_ON = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;
const clean = (text: string) => expect(JSON.stringify(text.match(ACTED_ON))).toBe("null");

const room = installed.room();
const hostile = room.directory(`x${HOSTILE}`);

describe("what sbx prints is escaped:", () => {
  it.each([
    ["an unknown key", `"${JSON.stringify(HOSTILE).slice(1, -1)}": 1`],
    ["a value", `git: "${JSON.stringify(HOSTILE).slice(1, -1)}"`],
    ["a raw value in the line that is shown", `git: a${RIGHT_TO_LEFT}b`],
    ["a path", `mounts: {"/no/${JSON.stringify(HOSTILE).slice(1, -1)}": ro}`],
    ["a parent", `extends: ["./${JSON.stringify(HOSTILE).slice(1, -1)}.yml"]`],
    ["a built-in's name", `extends: ["${JSON.stringify(HOSTILE).slice(1, -1)}"]`],
    ["a variable", `env: {set: {A: "\${${JSON.stringify(HOSTILE).slice(1, -1)}}"}}`],
    ["a message of the author's", `env: {set: {A: "\${nothing:?${JSON.stringify(HOSTILE).slice(1, -1)}}"}}`],
    ["what a removal names", `remove: {mask: ["/${JSON.stringify(HOSTILE).slice(1, -1)}"]}`],
    ["a package", `extends: ["npm:${JSON.stringify(HOSTILE).slice(1, -1)}/x.yml"]`],
    ["a flag set", `use: ["${JSON.stringify(HOSTILE).slice(1, -1)}"]`],
    ["a control character in the file", `description: "a${RED}b"`],
  ])("%s", async (_, fields) => {
    room.write("hostile.yml", `version: 1\n${fields}\n`);
    for (const command of [["plan"], ["lint"], ["show"], ["run", "--", "true"], ["plan", "--json"]]) {
      const [name = "", ...rest] = command;
      const args = name === "lint" ? ["lint", "hostile.yml"] : [name, "-p", "./hostile.yml", ...rest];
      const done = await room.sbx(args);
      expect(done.code).toBeGreaterThan(0);
      clean(done.stdout + done.stderr);
    }
  });

  it("the directory that a profile lies in, in every command", async () => {
    const file = `${hostile}/.sandbox.yml`;
    room.write(
      `${hostile}/.sandbox.yml`,
      "version: 1\nextends: [base]\nmounts: {.: rw, ~/out: rw}\nenv: {set: {A: b}}\n",
    );
    room.directory("../out");
    for (const args of [
      ["plan"],
      ["plan", "--footprint"],
      ["show", "--origins"],
      ["lint"],
      ["profiles"],
      ["run", "--", "true"],
      ["lint", file],
      ["run", "-p", `${hostile}/none.yml`, "--", "true"],
    ]) {
      const done = await room.sbx(args, { cwd: hostile });
      expect(done.stdout + done.stderr).not.toMatch(/defect/);
      clean(done.stdout + done.stderr);
    }
  });

  it("data and commands, which still mean the same", async () => {
    // A profile may not write a path with control characters, but a directory may have one.
    const directory = room.directory(`d${RIGHT_TO_LEFT}r`);
    for (const place of [directory, hostile]) {
      room.write(`${place}/profile.yml`, "version: 1\nextends: [base]\nmounts: {.: ro}\nenv: {set: {AT: '${DIR}'}}\n");
      const profile = ["-p", "./profile.yml"];
      const options = { cwd: place };
      const plan = await room.sbx(["plan", ...profile, "--json"], options);
      clean(plan.stdout);
      expect(JSON.parse(plan.stdout).env.AT.value).toBe(place);
      for (const format of ["text", "json"]) {
        const shown = await room.sbx(["show", ...profile, "--format", format], options);
        clean(shown.stdout);
        room.write("../shown.yml", shown.stdout);
        const again = await room.sbx(["plan", "-p", "~/shown.yml", "--json"], options);
        if (place === directory) expect(JSON.parse(again.stdout).env.AT.value).toBe(place);
        else expect(again.stderr).toContain("path/refused");
      }
      const rendered = await room.sbx(["render", ...profile, "--", "printenv", "AT"], options);
      clean(rendered.stdout);
      for (const shell of ["/bin/sh", "/bin/bash"]) {
        expect((await room.run([shell, "-c", rendered.stdout], options)).stdout).toBe(`${place}\n`);
      }
      const json = await room.sbx(["render", ...profile, "--json", "--", HOSTILE], options);
      clean(json.stdout);
      expect(JSON.parse(json.stdout).args.at(-1)).toBe(HOSTILE);
    }
  });

  it("variants, flag sets and parameters that are listed", async () => {
    const name = JSON.stringify(HOSTILE).slice(1, -1);
    room.write(
      "lists/.sandbox.yml",
      `version: 1\nextends: [base]\nprofiles: {"${name}": {}}\nflags: {"${name}": {}}\n`,
    );
    const done = await room.sbx(["profiles"], { cwd: join(room.project, "lists") });
    clean(done.stdout + done.stderr);
  });

  it.each([
    [["plan", "-p", HOSTILE]],
    [["plan", "-p", `./${HOSTILE}`]],
    [["plan", "-p", `#${HOSTILE}`]],
    [["plan", "-p", `HEAD:${HOSTILE}`]],
    [["plan", "-C", HOSTILE]],
    [["plan", "-p", "base", "--flag", HOSTILE]],
    [["plan", "-p", "base", "--set", `${HOSTILE}=x`]],
    [["plan", "-p", "base", "--format", HOSTILE]],
    [[HOSTILE]],
    [["plan", HOSTILE]],
    [["plan", `--${HOSTILE}`]],
    [["schema", HOSTILE]],
    [["render", "-p", "base", "--target", HOSTILE, "--", "true"]],
    [["run", "-p", "base", "--", HOSTILE]],
    [["run", "-p", "base", "--", `/${HOSTILE}`]],
    [["run", "-p", "base", "--env", HOSTILE, "--", "true"]],
    [["run", "-p", "base", "--bind", `/${HOSTILE}`, "--", "true"]],
    [["run", "-p", "base", "--bind", `/${HOSTILE}:a:b`, "--", "true"]],
    [["run", "-p", "base", "--timeout", HOSTILE, "--", "true"]],
  ])("the words of a command line: %j", async (args) => {
    const done = await room.sbx(args);
    expect(done.code).toBeGreaterThan(0);
    expect(done.stderr).not.toBe("");
    clean(done.stdout + done.stderr);
  });

  it("one message stays one message", async () => {
    const name = `x${NEW_LINE}/etc/passwd:1:1: error[fake/problem]: forged`;
    const done = await room.sbx(["plan", "-p", `./${name}`]);
    expect(done.stderr.split("\n").filter((line) => line.startsWith("/etc/passwd"))).toEqual([]);
  });

  it("names of files on the host that a profile shows", async () => {
    const names = room.directory("names");
    room.write(`names/x${HOSTILE}.env`, "");
    expect(readdirSync(names).length).toBe(1);
    room.write("names.yml", 'version: 1\nextends: [base]\nmounts: {./names: rw}\nmask: ["names/**/*.env"]\n');
    const done = await room.sbx(["plan", "-p", "./names.yml"]);
    expect(done.stdout).toMatch(/masked/);
    clean(done.stdout + done.stderr);
  });
});
