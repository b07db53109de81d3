import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { install } from "../support/sbx.ts";
import { sh, stage } from "./room.ts";

const installed = install();
afterAll(installed.remove);

describe.each(runners())("a working directory that the root lacks, with $bwrap, as $user", (runner) => {
  for (const access of ["ro", "rw"]) {
    for (const [where, marked] of [
      ["below nothing", {}],
      ["below a mark that the root has", { "/there": {} }],
      ["below a mark that the root lacks", { "/w": {} }],
      ["in a mark with another source", { "/w": { from: "./source" } }],
      ["as a mark", { "/w/o/rk": {} }],
    ] as const) {
      it(`${where} is made, entered and gone again: ${access}`, async () => {
        const root = stage(installed, runner);
        root.put({ there: "directory" });
        const source = root.room.directory("source");
        const before = root.picture();
        const cwd = where === "below a mark that the root has" ? "/there/w" : "/w/o/rk";
        // Who asks for it: the profile, or the command line.
        const isOption = (access === "ro") === (runner.user === "root");
        const profile = { root: { from: "./root", access }, marked, ...(isOption ? {} : { process: { cwd } }) };
        const words = isOption ? ["--chdir", cwd] : [];
        const done = await root.run(profile, sh("pwd; readlink /proc/self/cwd; ls -a"), { words });
        expect(done).toMatchObject({ code: 0, stdout: `${cwd}\n${cwd}\n.\n..\n`, stderr: "" });
        expect(root.picture()).toEqual(before);
        expect(existsSync(join(source, "o"))).toBe(false);
      });
    }
  }

  it("keeps what the command left in it, where it left it", async () => {
    const root = stage(installed, runner);
    root.room.directory("source");
    const process = { cwd: "/w/o/rk" };
    const marked = { "/w": { from: "./source" } };
    expect(await root.run({ marked, process }, ["touch", "kept"])).toMatchObject({ code: 0 });
    expect(existsSync(join(root.room.project, "source/o/rk/kept"))).toBe(true);
    expect(existsSync(join(root.path, "w"))).toBe(false);
    expect(await root.run({ root: { from: "./root", access: "rw" }, process }, ["touch", "kept"])).toMatchObject({
      code: 0,
    });
    expect(existsSync(join(root.path, "w/o/rk/kept"))).toBe(true);
  });

  it("is where the root has it, or the session's caller is when the root shows that", async () => {
    const root = stage(installed, runner);
    root.put({ "w/own": { text: "" } });
    const before = root.picture();
    for (const [cwd, seen] of [
      ["/w", "/w\nown\n"],
      ["/", "/\nbin\ndev\nproc\ntmp\nw\n"],
      ["caller", "/\nbin\ndev\nproc\ntmp\nw\n"],
    ]) {
      expect(await root.run({ process: { cwd } }, sh("pwd; ls"))).toMatchObject({ code: 0, stdout: seen, stderr: "" });
    }
    expect(root.picture()).toEqual(before);
  });

  it("is refused when it is relative, with its place, and when a file stands there", async () => {
    const root = stage(installed, runner);
    root.put({ file: { text: "" } });
    const before = root.picture();
    for (const cwd of ["work/dir", "."]) {
      root.room.write("r.yml", `version: 1\nroot: {from: ./root}\nprocess:\n  cwd: ${cwd}\n`);
      const done = await root.room.sbx(["run", "-p", "./r.yml", "--", "true"]);
      expect(done).toMatchObject({ code: 125, stdout: "" });
      expect(done.stderr).toMatch(/r\.yml:4:3: error\[.*\]: .*absolute/);
    }
    const given = await root.run({}, ["true"], { words: ["--chdir", "work"] });
    expect(given).toMatchObject({ code: 125, stdout: "" });
    expect(given.stderr).toMatch(/error\[.*\]: .*absolute/);
    for (const cwd of ["/file", "/file/below"]) {
      const done = await root.run({ process: { cwd } }, ["true"]);
      expect(done).toMatchObject({ code: 125, stdout: "" });
      expect(done.stderr).toContain("error[order/");
    }
    for (const entry of [
      { files: { "/w": { content: "" } } },
      { marked: { "/w": { from: "/dev/null" } } },
      { devices: { nodes: ["/dev/null"] }, process: { cwd: "/dev/null" } },
      { mounts: { "/w": { from: "./gone", missing: "skip" } } },
    ]) {
      const done = await root.run({ process: { cwd: "/w" }, ...entry }, ["true"]);
      expect(done).toMatchObject({ code: 125, stdout: "" });
      expect(done.stderr.match(/error\[.*/g)).toEqual([expect.stringContaining("the working directory /")]);
    }
    expect(root.picture()).toEqual(before);
  });
});
