import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { embedder } from "../support/embedder.ts";
import { install, quoted } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";
import { runDirectories, sh, stage } from "./room.ts";

const installed = install();
afterAll(installed.remove);
const { run } = embedder(installed);

const problems = (text: string) => text.match(/(warning|error)\[.*/g);

describe.each(runners())("what could not be cleaned up, with $bwrap, as $user", (runner) => {
  const leave = { root: { from: "./root", access: "rw" } };

  it.each([
    [0, "true"],
    [7, "exit 7"],
    [143, "kill -TERM $$"],
  ])("stands beside the exit code, in the report too, never in its place: %d", async (code, end) => {
    const root = stage(installed, runner);
    const done = await root.run(leave, sh(`touch /dev/mine; ${end}`), { words: ["--report", "r.json"] });
    expect(done).toMatchObject({ code, stdout: "" });
    const message = `${root.path}/dev was made for this run and stays: it is no longer empty`;
    expect(problems(done.stderr)).toEqual([`warning[execute/left-behind]: ${message}`]);
    const report = JSON.parse(readFileSync(join(root.room.project, "r.json"), "utf8"));
    expect(misfits("report", report)).toEqual([]);
    expect(report).toMatchObject({ exitCode: code, cleanup: [{ rule: "execute/left-behind", message }] });
  });

  it("stands in `cleanup` for who embeds the library", async () => {
    const root = stage(installed, runner);
    const [, , profile = ""] = root.words(leave, []);
    const script = `
const host = nodeHost();
const { plan } = await compile({ profile: ${JSON.stringify(profile)} });
const done = await runPlan(plan, ["sh", "-c", "touch /dev/mine; exit 7"], host);
tell([done.exitCode, done.cleanup.map(({ rule, data }) => [rule, data.path])]);`;
    const { told, stderr } = await run(root.room, script);
    expect(stderr).toBe("");
    expect(told).toEqual([[7, [["execute/left-behind", join(root.path, "dev")]]]]);
  });

  it("stands beside a failed set-up, too", async () => {
    const root = stage(installed, runner);
    const fake = `#!/bin/sh
case "$*" in *--version*|*--help*) exec ${runner.bwrap} "$@";; esac
echo "bwrap: no" >&2; echo x >${quoted(join(root.path, "dev/mine"))}; exit 1`;
    const bwrap = root.room.write("bin/bwrap", fake, 0o755);
    const done = await root.run(leave, ["true"], { env: { SBX_BWRAP: bwrap } });
    expect(done.code).toBe(125);
    expect(problems(done.stderr)).toEqual([expect.stringContaining("warning[execute/left-behind]")]);
    expect(done.stderr).toContain("bwrap could not set the sandbox up");
  });
});

/** Only root may mount something, and only what is mounted in sbx's own namespace keeps it from removing. */
const roots = runners().filter(({ user }) => user === "root");

describe.skipIf(roots.length === 0)("a mount point on which somebody mounts something", () => {
  it.each(roots)("is removed when that is over, or told, with $bwrap", async (runner) => {
    const root = stage(installed, runner);
    const before = root.picture();
    root.room.directory("sync");
    const profile = { marked: { "/sync": { from: "./sync" } } };
    const command = sh("touch /sync/up; until test -e /sync/go; do sleep 0.01; done; exit 7");
    const { line } = root.room.call(root.words(profile, command, ["--report", "r.json"]));
    // In a mount namespace of its own, so that whatever happens here is gone with it.
    const during = (meanwhile: string) =>
      root.room.run([
        ...["unshare", "--mount", "--propagation", "private", "sh", "-c"],
        `rm -f sync/*; ${line} & until test -e sync/up; do sleep 0.01; done
mount --bind bwrap.txt root/dev/null || exit 99
touch sync/go; ${meanwhile}; wait $!`,
      ]);
    root.room.write("bwrap.txt", "");
    expect(await during("sleep 0.3; umount root/dev/null")).toMatchObject({ code: 7, stderr: "" });
    expect(root.picture()).toEqual(before);
    expect(runDirectories(root)).toEqual([]);

    const kept = await during(":");
    expect(kept.code).toBe(7);
    const { path } = root;
    expect(problems(kept.stderr)).toEqual([
      `warning[execute/not-removed]: can't remove ${path}/dev/null, which was made for this run: something is mounted on it`,
      `warning[execute/not-removed]: can't remove ${path}/dev, which was made for this run: ${path}/dev/null is still in it`,
    ]);
    const report = JSON.parse(readFileSync(join(root.room.project, "r.json"), "utf8"));
    expect(report).toMatchObject({ exitCode: 7, commandExitCode: 7 });
    expect(report.cleanup.map(({ data }: { data: { path: string } }) => data.path)).toEqual([
      join(path, "dev/null"),
      join(path, "dev"),
    ]);
    // What failed stays on record: it is tried again when it can be done.
    expect(await root.run({}, ["true"])).toMatchObject({ code: 0, stderr: "" });
    expect(root.picture({ directoryTimes: false }).length).toBe(before.length);
    expect(runDirectories(root)).toEqual([]);
  });
});
