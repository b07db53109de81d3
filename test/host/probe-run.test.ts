import { readFileSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bwraps, type Runner, runners } from "../support/bwraps.ts";
import { install, type Room, SYSTEM_PATH } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

const users: readonly Runner["user"][] = [...new Set(runners().map(({ user }) => user))];
const [bwrap = "bwrap"] = bwraps();

/** A directory on PATH, outside of the project, with a bwrap of that script in it; what stands behind it is real. */
function fake(room: Room, body: string | undefined, rest = SYSTEM_PATH): { PATH: string; SBX_BWRAP: undefined } {
  const directory = room.directory("../fake");
  if (body !== undefined) room.write("../fake/bwrap", `#!/bin/sh\n${body}\n`, 0o755);
  return { PATH: rest === "" ? directory : `${directory}:${rest}`, SBX_BWRAP: undefined };
}
const says = (version: string) => `case $1 in --version) echo "bubblewrap ${version}";; *) exec ${bwrap} "$@";; esac`;

describe.each(users)("the bwrap that `sbx run` finds on PATH, as %s", (user) => {
  const room = installed.room(user);
  const run = (env: Readonly<Record<string, string | undefined>>) =>
    room.sbx(["run", "-p", "base", "--", "echo", "ran"], { env });

  it.each<[what: string, body: string, message: RegExp]>([
    ["0.1.7", says("0.1.7"), /error\[host\/bwrap-old\]: .*\/fake\/bwrap is bubblewrap 0\.1\.7, and sbx needs 0\.8\.0/],
    ["0.3.1", says("0.3.1"), /error\[host\/bwrap-old\]: .*\/fake\/bwrap is bubblewrap 0\.3\.1, and sbx needs 0\.8\.0/],
    ["one that fails", "exit 1", /error\[host\/bwrap-broken\]: .*\/fake\/bwrap --version ended with exit code 1/],
    ["one that speaks otherwise", "echo 8.0", /error\[host\/bwrap-broken\]: .*did not answer as bubblewrap does/],
    ["one that crashes", "kill -SEGV $$", /error\[host\/bwrap-broken\]: .*was ended by SIGSEGV/],
  ])("is refused with the next thing to do: %s", async (_, body, message) => {
    const done = await run(fake(room, body));
    expect(done.stderr).toMatch(message);
    expect(done.stderr).toMatch(/help: .*SBX_BWRAP=/);
    expect([done.code, done.stdout]).toEqual([125, ""]);
    expect((await run(fake(room, says("0.8.0")))).stdout).toBe("ran\n");
    rmSync(join(room.home, "fake"), { recursive: true });
  });

  it("is looked for in all of PATH, and named with it when it is nowhere", async () => {
    const PATH = `${room.directory("../fake")}:${room.home}/nowhere`;
    const done = await run({ PATH, SBX_BWRAP: undefined });
    expect(done.stderr).toMatch(/error\[host\/program-missing\]: bwrap was not found/);
    for (const entry of PATH.split(":")) expect(done.stderr).toContain(entry);
    expect(done.stderr).toMatch(/help: install/);
    expect(done.code).toBe(125);
  });

  it.each([{ PATH: "" }, { PATH: undefined }])("is nowhere with %j", async (env) => {
    const done = await run({ ...env, SBX_BWRAP: undefined });
    expect(done.stderr).toContain("bwrap was not found: PATH is empty");
    expect(done.code).toBe(125);
  });

  it("is one that needs setarch found, where the profile asks for another machine", async () => {
    room.write("arch.yml", "version: 1\nextends: [base]\nprocess: {arch: i686}\n");
    const done = await room.sbx(["run", "-p", "./arch.yml", "--", "true"], { env: fake(room, says("0.8.0"), "") });
    if (process.arch === "x64") {
      expect(done.stderr).toMatch(/error\[host\/program-missing\]: setarch was not found/);
    } else expect(done.stderr).toMatch(/error\[preflight\/arch-foreign\]/);
    expect(done.code).toBe(125);
  });
});

describe.each(users)("where no user namespace can be had, as %s", (user) => {
  const room = installed.room(user);
  /** As bwrap ends where the kernel forbids it. */
  const forbidden = `for word do case $word in --unshare-user*) echo "bwrap: No permissions to create new namespace" >&2
    exit 1;; --) break;; esac; done; exec ${bwrap} "$@"`;
  const run = async (profile: string, body = forbidden) => {
    room.write("p.yml", `version: 1\nextends: [base]\n${profile}`);
    return room.sbx(["run", "-p", "./p.yml", "--", "id", "-u"], { env: fake(room, body) });
  };
  const tried = "namespaces: {user: try, nested: true}\n";

  it("`user: try` goes on without, as the caller", async () => {
    const done = await run(tried);
    expect(done).toMatchObject({ code: 0, stdout: `${room.uid}\n`, stderr: "" });
  });

  it("ids that are the caller's are no reason to stop, and others are", async () => {
    expect(await run(`${tried}process: {uid: ${room.uid}}\n`)).toMatchObject({ code: 0, stdout: `${room.uid}\n` });
    const done = await run(`${tried}process: {uid: 800}\n`);
    expect(done.stderr).toMatch(/^p\.yml:4:11: error\[preflight\/user-namespace\]: process\.uid: 800 needs a user/);
    expect([done.code, done.stdout]).toEqual([125, ""]);
    expect(await run(`${tried}process: {uid: 800}\n`, `exec ${bwrap} "$@"`)).toMatchObject({ stdout: "800\n" });
  });

  it("a sandbox that must have one says so", async () => {
    const done = await run("");
    expect(done.stderr).toMatch(/No permissions to create new namespace/);
    expect(done.stderr).toMatch(/error\[preflight\/user-namespace\]: namespaces\.user: true needs a user namespace/);
    expect(done.code).toBe(125);
    const ids = await run("process: {uid: 800}\n");
    expect(ids.stderr).toMatch(/p\.yml:3:11: error\[preflight\/user-namespace\]: process\.uid: 800/);
  });
});

describe("the machine that a command is told it runs on", () => {
  const rooms = users.map((user) => installed.room(user));
  const here = realpathSync("/proc/self/exe") && process.arch;
  const other = here === "x64" ? "i686" : here === "arm64" ? "armv7l" : undefined;
  if (other === undefined) console.warn(`SKIPPED: process.arch for real: ${here} passes for no other machine`);

  it.skipIf(other === undefined).each(rooms)("is another one, for all that runs there, as $user", async (room) => {
    room.write("arch.yml", `version: 1\nextends: [base]\nprocess: {arch: ${other}}\n`);
    const argv = ["-p", "./arch.yml", "--", "uname", "-m"];
    expect(await room.sbx(["run", ...argv])).toMatchObject({ code: 0, stdout: `${other}\n`, stderr: "" });
    expect((await room.sbx(["run", "-p", "base", "--", "uname", "-m"])).stdout).not.toBe(`${other}\n`);

    const shell = await room.sbx(["render", ...argv]);
    expect((await room.run(["sh", "-c", shell.stdout])).stdout).toBe(`${other}\n`);
    const json = JSON.parse((await room.sbx(["render", "--json", ...argv])).stdout) as { file: string; args: string[] };
    expect(json.file).toMatch(/\/setarch$/);
    expect(json.args.slice(0, 2)).toEqual([other, realpathSync(bwrap)]);
    expect(json).not.toHaveProperty("before");
    const named = await room.sbx(["render", "--target", "bwrap-0.8", ...argv]);
    expect(named.stdout).toMatch(new RegExp(`\\bsetarch ${other} bwrap `));
    room.write("nul.yml", `version: 1\nroot: host\nproc: false\nprocess: {arch: ${other}}\n`);
    const nul = await room.sbx(["render", "--format", "nul", "-p", "./nul.yml", "--", "true"]);
    if (nul.code === 0) expect(nul.stdout.split("\0").slice(1, 3)).toEqual([other, realpathSync(bwrap)]);
    else expect(nul.stderr).toContain("render/needs-sbx");
  });

  it.skipIf(other === undefined)("keeps sandboxes that sbx can end: setarch becomes bwrap", async () => {
    const [room] = rooms;
    if (room === undefined) throw new Error("no room");
    room.write("arch.yml", `version: 1\nextends: [base]\nprocess: {arch: ${other}}\n`);
    const started = room.start(["run", "-p", "./arch.yml", "--", "sh", "-c", "echo up; exec sleep 1000"]);
    await started.said("up");
    const children = readFileSync(`/proc/${started.child.pid}/task/${started.child.pid}/children`, "utf8");
    const programs = children
      .trim()
      .split(" ")
      .map((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim());
    expect(programs).toContain("bwrap");
    expect(programs).not.toContain("setarch");
    started.child.kill("SIGTERM");
    expect((await started.done).code).toBe(143);
  });

  it("is an error with its place when it can't be", async () => {
    const [room] = rooms;
    room?.write("arch.yml", "version: 1\nextends: [base]\nprocess: {arch: s390}\n");
    const done = await room?.sbx(["run", "-p", "./arch.yml", "--", "uname", "-m"]);
    expect(done?.stderr).toMatch(/^arch\.yml:3:11: error\[preflight\/arch-unknown\]/);
    expect([done?.code, done?.stdout]).toEqual([125, ""]);
  });
});
