import { existsSync, lstatSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { install } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";

const installed = install();
afterAll(installed.remove);

const read = (file: string) => JSON.parse(readFileSync(file, "utf8"));

describe("`sbx run --report FILE`", () => {
  const PROFILE = "version: 1\nextends: [base]\nmounts: {.: rw}\nprocess: {killAfter: 0s}\n";

  it("says how a run ended", async () => {
    const room = installed.room();
    const profile = room.write("p.yml", PROFILE);
    const done = await room.sbx(["run", "-p", "./p.yml", "--report", "r.json", "--", "sh", "-c", "exit 7"]);
    expect(done.code).toBe(7);
    const report = read(join(room.project, "r.json"));
    expect(misfits("report", report)).toEqual([]);
    expect(report).toMatchObject({
      command: ["sh", "-c", "exit 7"],
      profile: { file: profile, variant: null },
      exitCode: 7,
      ended: "exit",
      commandExitCode: 7,
      signal: null,
      limitsHit: [],
      cleanup: [],
    });
    expect(Date.now() - Date.parse(report.started)).toBeGreaterThanOrEqual(report.durationMs);
  });

  it("has the hash of the plan that `sbx plan --json` prints", async () => {
    const room = installed.room();
    room.write("p.yml", PROFILE);
    await room.sbx(["run", "-p", "./p.yml", "--report", "r.json", "--", "true"]);
    const { stdout } = await room.run([
      "sh",
      "-c",
      `${room.call(["plan", "-p", "./p.yml", "--json"]).line} | sha256sum`,
    ]);
    expect(read(join(room.project, "r.json")).plan).toBe(`sha256:${stdout.split(" ")[0]}`);
  });

  it("says which limit was reached, and what a signal did", async () => {
    const room = installed.room();
    room.write("p.yml", PROFILE);
    await room.sbx(["run", "-p", "./p.yml", "--timeout", "200ms", "--report", "r.json", "--", "sleep", "1000"]);
    const timed = read(join(room.project, "r.json"));
    expect(timed).toMatchObject({ ended: "timeout", exitCode: 124, limitsHit: ["time"] });
    expect(timed.problems).toMatchObject([{ rule: "limit/time" }]);

    const run = room.start(["run", "-p", "./p.yml", "--report", "s.json", "--", "sh", "-c", "echo ready; sleep 1000"]);
    await run.said("ready");
    run.child.kill("SIGTERM");
    await run.done;
    expect(read(join(room.project, "s.json"))).toMatchObject({ ended: "signal", signal: "SIGTERM", exitCode: 143 });
  });

  it.each([
    ["a broken profile", ["-p", "./none.yml"], 125, null],
    ["a command that is not there", ["-p", "base"], 127, expect.stringMatching(/^sha256:/)],
  ])("is written for %s, too", async (_, profile, code, plan) => {
    const room = installed.room();
    const done = await room.sbx(["run", ...profile, "--report", "r.json", "--", "no-such-command"]);
    expect(done.code).toBe(code);
    const report = read(join(room.project, "r.json"));
    expect(misfits("report", report)).toEqual([]);
    expect(report).toMatchObject({ ended: "refused", exitCode: code, plan });
    expect(report.problems.length).toBeGreaterThan(0);
  });

  it("replaces an older report, and a link only where it led before the run", async () => {
    const room = installed.room();
    room.write("p.yml", PROFILE);
    const old = room.write("r.json", "old");
    const other = room.write("other.json", "mine");
    // The command puts a link to another file in the report's place.
    const script = `rm r.json; ln -s ${other} r.json`;
    await room.sbx(["run", "-p", "./p.yml", "--report", "r.json", "--", "sh", "-c", script]);
    expect(lstatSync(old).isFile()).toBe(true);
    expect(read(old)).toMatchObject({ ended: "exit", exitCode: 0 });
    expect(readFileSync(other, "utf8")).toBe("mine");

    const target = room.write("target.json", "old");
    symlinkSync(target, join(room.project, "link.json"));
    await room.sbx(["run", "-p", "./p.yml", "--report", "link.json", "--", "true"]);
    expect(lstatSync(join(room.project, "link.json")).isSymbolicLink()).toBe(true);
    expect(read(target)).toMatchObject({ ended: "exit" });
  });

  it("is not written, and sbx says so, when the command exchanges its directory", async () => {
    const room = installed.room();
    room.write("p.yml", PROFILE);
    room.directory("reports");
    room.directory("elsewhere");
    const script = "mv reports moved; ln -s elsewhere reports";
    const done = await room.sbx(["run", "-p", "./p.yml", "--report", "reports/r.json", "--", "sh", "-c", script]);
    expect(done.code).toBe(125);
    expect(done.stderr).toContain("was exchanged while the command ran");
    expect(existsSync(join(room.project, "moved/r.json"))).toBe(false);
    expect(existsSync(join(room.project, "elsewhere/r.json"))).toBe(false);
  });

  it("may be a pipe, or /dev/stderr", async () => {
    const room = installed.room();
    const done = await room.sbx(["run", "-p", "base", "--report", "/dev/stderr", "--", "true"]);
    expect(JSON.parse(done.stderr)).toMatchObject({ ended: "exit" });
  });

  it("runs nothing when it can't be written", async () => {
    const room = installed.room();
    for (const file of ["no/such/directory/r.json", "."]) {
      const done = await room.sbx(["run", "-p", "base", "--report", file, "--", "echo", "ran"]);
      expect(done).toMatchObject({ code: 125, stdout: "" });
      expect(done.stderr).toContain(`--report ${file}`);
    }
  });
});
