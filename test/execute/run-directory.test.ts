import { chmodSync, chownSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { execute } from "../../src/execute/index.ts";
import { type RunHost, runBase } from "../../src/execute/run-directory.ts";
import { runners } from "../support/bwraps.ts";
import { createHarness, type Harness, jobOf, privateDirectory } from "./harness.ts";

describe("the base of run directories", () => {
  const host = (uid: number, runtime: string | undefined, found?: ReturnType<RunHost["lstat"]>): RunHost => ({
    uid,
    env: { XDG_RUNTIME_DIR: runtime },
    lstat: (path) => (path === "/run/user/7" ? found : undefined),
  });
  const own = { type: "directory", mode: 0o700, uid: 7 } as const;

  it.each([
    ["the user's own runtime directory", host(7, "/run/user/7/", own), "/run/user/7/sbx"],
    ["none is named", host(7, undefined), "/tmp/sbx-7"],
    ["none is named, as root", host(0, undefined), "/run/sbx"],
    ["it is missing", host(7, "/run/user/7"), "/tmp/sbx-7"],
    ["it is another user's", host(0, "/run/user/7", own), "/run/sbx"],
    ["others can get in", host(7, "/run/user/7", { ...own, mode: 0o750 }), "/tmp/sbx-7"],
    ["it is a link", host(7, "/run/user/7", { ...own, type: "link" }), "/tmp/sbx-7"],
    ["it is not absolute", host(7, "run/user/7", own), "/tmp/sbx-7"],
  ])("%s", (_, machine, expected) => {
    expect(runBase(machine)).toBe(expected);
  });
});

describe("a run directory", () => {
  const { bwrap = "" } = runners()[0] ?? {};
  const origin = { file: "/p", line: 1, column: 1, route: [], chain: [] };
  let harness: Harness;
  beforeAll(() => {
    harness = createHarness();
  });
  afterAll(() => harness.remove());

  const runIn = (runtime: string) =>
    execute(
      jobOf(bwrap, ["test", "-d", "/mnt"], {
        prepare: [{ kind: "scratch", path: "{run}/one", origin }],
        args: ["--bind", "{run}/one", "/mnt"],
      }),
      { environment: { XDG_RUNTIME_DIR: runtime } },
    );

  it("is made in a base that is the caller's alone", async () => {
    const runtime = privateDirectory(harness.directory, "fine");
    expect(await runIn(runtime)).toMatchObject({ ended: "exit", exitCode: 0, cleanup: [] });
    expect(readdirSync(runtime, { recursive: true })).toEqual(["sbx"]);
  });

  it("is not made through a link", async () => {
    const runtime = privateDirectory(harness.directory, "with-link");
    const victim = privateDirectory(harness.directory, "victim");
    symlinkSync(victim, join(runtime, "sbx"));
    const done = await runIn(runtime);
    expect(done).toMatchObject({ ended: "never-ran", problems: [{ rule: "execute/run-directory" }] });
    expect(done.problems[0]?.message).toContain("is a symbolic link");
    expect(readdirSync(victim)).toEqual([]);
  });

  it("is not made where others can look in", async () => {
    const runtime = privateDirectory(harness.directory, "open");
    mkdirSync(join(runtime, "sbx"));
    chmodSync(join(runtime, "sbx"), 0o755);
    const done = await runIn(runtime);
    expect(done.problems.map(({ message }) => message)).toEqual([expect.stringContaining("its mode is 755, not 700")]);
    expect(readdirSync(join(runtime, "sbx"))).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)("is not made in what another user has put there", async () => {
    const runtime = privateDirectory(harness.directory, "foreign");
    chownSync(privateDirectory(runtime, "sbx"), 4242, 4242);
    const done = await runIn(runtime);
    expect(done.problems.map(({ message }) => message)).toEqual([expect.stringContaining("it belongs to user 4242")]);
  });
});
