import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { embedder } from "../support/embedder.ts";
import { type Done, install } from "../support/sbx.ts";
import { killForGood, NODES, runDirectories, type Staged, type StagedRoot, sh, stage } from "./room.ts";

const installed = install();
afterAll(installed.remove);
const { run } = embedder(installed);

const ROOTS: Readonly<Record<string, Readonly<Record<string, Staged>>>> = {
  "without tmp, dev and proc": {},
  "with empty ones": { tmp: "directory", dev: "directory", proc: "directory" },
  "with something in them": {
    "tmp/old": { text: "old" },
    "dev/sub/x": { text: "x" },
    "proc/x": { text: "x" },
    "dev/pts": { text: "no directory" },
  },
  "where tmp is a link": { "var/tmp/old": { text: "old" }, tmp: { to: "var/tmp" } },
  "where dev/shm is a link to nowhere": { "dev/shm": { to: "../run/nowhere" } },
  "with a staged dev/null": { "dev/null": { text: "" } },
  "with a staged dev/null that has text in it": { "dev/null": { text: "not null\n" } },
  "where dev is a link to a place in it": { mydev: "directory", dev: { to: "mydev" } },
};

/** Everything as tar keeps it, mtimes to the nanosecond. */
const tar = (directory: string): Buffer =>
  execFileSync(
    "tar",
    [
      "--sort=name",
      "--numeric-owner",
      "--format=posix",
      "--pax-option=delete=atime,delete=ctime",
      "-cf",
      "-",
      "-C",
      directory,
      ".",
    ],
    { maxBuffer: 1 << 28 },
  );

describe.each(runners())("a root that a command ran over, with $bwrap, as $user", (runner) => {
  const tried = { "host/dir/in-it": "", "host/file": "" };

  it.each(Object.entries(ROOTS))("is what it was: %s", async (_, entries) => {
    const root = stage(installed, runner);
    root.put(entries);
    for (const [path, text] of Object.entries(tried)) root.room.write(path, text);
    const before = [tar(root.path), root.picture()] as const;
    const same = () => {
      expect(root.picture()).toEqual(before[1]);
      expect(tar(root.path).equals(before[0])).toBe(true);
      expect(runDirectories(root)).toEqual([]);
    };
    const devices = `${[...NODES].sort().join(" ")}`;
    // Each way for one of the users with a writable root, for the other one with a read-only one.
    const turns = runner.user === "root" ? (["ro", "rw"] as const) : (["rw", "ro"] as const);
    const [one, other] = turns.map((access) => ({ root: { from: "./root", access } }));
    const built = await root.run(
      { ...one },
      sh(
        "cd /dev; for i in full null random urandom zero; do test -c $i && echo $i; done; test -e /tmp/old || : >/tmp/x",
      ),
    );
    expect(built).toMatchObject({ code: 0, stdout: `${devices.replaceAll(" ", "\n")}\n`, stderr: "" });
    same();
    // As a shell: a whole /dev, and host files in places that bwrap empties first.
    const shown = {
      "/dev/host/dir": { from: "./host/dir" },
      "/tmp/deep/host/file": { from: "./host/file" },
      "/opt/host": { from: "./host" },
    };
    const shell = await root.run(
      { ...other, devices: ["full"], marked: shown },
      sh("ls /dev/host/dir /opt/host; test -f /tmp/deep/host/file && test -c /dev/null && exit 3"),
    );
    expect(shell).toMatchObject({ code: 3, stdout: "/dev/host/dir:\nin-it\n\n/opt/host:\ndir\nfile\n", stderr: "" });
    same();
    const minimal = await root.run({ ...one, devices: ["minimal"], tmpfs: [] }, sh("test -c /dev/null; exit 42"));
    expect(minimal).toMatchObject({ code: 42, stderr: "" });
    same();
    const none = await root.run({ ...other, devices: "none", tmpfs: [], proc: false }, ["true"]);
    expect(none).toMatchObject({ code: 0, stderr: "" });
    same();
    const withShm = await root.run({ tmpfs: ["/tmp", "/dev/shm"] }, ["touch", "/dev/shm/x"]);
    expect(withShm).toMatchObject({ code: 0, stderr: "" });
    same();
  });

  it("keeps what the command made, where sbx made something too, and nothing else", async () => {
    const root = stage(installed, runner);
    const before = root.picture({ directoryTimes: false });
    const done = await root.run(
      { root: { from: "./root", access: "rw" } },
      sh("echo x >/dev/mine; mkdir /dev/empty; touch /made; rmdir /proc 2>/dev/null; exit 7"),
    );
    expect(done.code).toBe(7);
    const after = root.picture({ directoryTimes: false });
    expect(after.filter((line) => !before.includes(line)).map((line) => line.split(" ", 1)[0])).toEqual([
      '"."',
      '"./dev"',
      '"./dev/empty"',
      '"./dev/mine"',
      '"./made"',
    ]);
    expect(done.stderr.match(/(warning|error).*/g)).toEqual([
      `warning[execute/left-behind]: ${root.path}/dev was made for this run and stays: it is no longer empty`,
    ]);
  });

  it("is what it was when the set-up fails", async () => {
    const root = stage(installed, runner);
    root.room.write("p.yml", "");
    const before = root.picture();
    // Half of the mount points are made when one turns out to be impossible: its parent is the root's, and not writable.
    const failures: [object, readonly string[]][] = [[{ marked: { "/a": {}, "/bin/busybox/x": {} } }, ["true"]]];
    for (const [profile, command] of failures) {
      expect(await root.run(profile, command)).toMatchObject({ code: 125, stdout: "" });
      expect(root.picture()).toEqual(before);
    }
    // bwrap itself fails: it is told that a file is a directory when it is too late for the plan.
    const fake = root.room.write(
      "bin/bwrap",
      `#!/bin/sh\ncase "$*" in *--version*|*--help*) exec ${runner.bwrap} "$@";; esac\nexit 1\n`,
      0o755,
    );
    const failed = await root.run({}, ["true"], { env: { SBX_BWRAP: fake } });
    expect(failed.code).toBe(125);
    expect(root.picture()).toEqual(before);
    expect(await root.run({}, ["/bin/nothing"])).toMatchObject({ code: 127 });
    expect(root.picture()).toEqual(before);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const)("is what it was after %s", async (signal, code) => {
    const root = stage(installed, runner);
    const before = root.picture();
    const run = root.room.start(
      root.words(
        { process: { cwd: "/w/d", killAfter: "100ms" }, marked: { "/m": {} } },
        sh("trap '' TERM HUP INT; echo up; (sleep 1000 & wait) & while :; do sleep 1000; done"),
      ),
    );
    await run.said("up");
    expect(existsSync(join(root.path, "dev/null"))).toBe(true);
    run.child.kill(signal);
    expect(await run.done).toMatchObject({ code, stderr: "" });
    expect(root.picture()).toEqual(before);
    expect(runDirectories(root)).toEqual([]);
  });

  it("is what it was when SIGTERM comes while the sandbox is set up", async () => {
    const root = stage(installed, runner);
    const before = root.picture();
    const words = root.words({ process: { cwd: "/w/d" }, marked: { "/m": {}, "/n/o": {} } }, sh("sleep 1000"));
    // Before the first step, between steps, in bwrap's own set-up, behind it: whatever the machine makes of it.
    for (const delay of [30, 45, 60, 75, 90, 120]) {
      const run = root.room.start(words);
      await new Promise((later) => setTimeout(later, delay));
      run.child.kill("SIGTERM");
      const done = await run.done;
      expect([143, null], done.stderr).toContain(done.code);
      expect(root.picture()).toEqual(before);
      expect(runDirectories(root)).toEqual([]);
    }
  });

  describe("after SIGKILL is what it was, but for the times of directories, when what comes next is over:", () => {
    const profile = { process: { cwd: "/w/d" }, marked: { "/m": {} } };
    const session = `const box = await Sandbox.open({profile: "./p1.yml"});
if ((await box.run(["true"])).exitCode !== 0) process.exitCode = 9; await box.close();`;
    const followers: Readonly<Record<string, (root: StagedRoot) => Promise<Done>>> = {
      "the same run": ({ room, words }) => room.sbx(words(profile, ["true"])),
      "another run": ({ room, words }) => room.sbx(words({ root: { from: "./root", access: "rw" } }, ["true"])),
      "`sbx clean`": ({ room }) => room.sbx(["clean"]),
      "a session": ({ room }) => run(room, session),
    };
    it.each(Object.entries(followers))("%s", async (_, follow) => {
      const root = stage(installed, runner);
      const before = root.picture({ directoryTimes: false });
      const killed = root.room.start(root.words(profile, sh("echo up; while :; do sleep 1000; done")));
      await killed.said("up");
      await killForGood(killed);
      expect(existsSync(join(root.path, "dev/null"))).toBe(true);
      expect(await follow(root)).toMatchObject({ code: 0, stderr: "" });
      expect(root.picture({ directoryTimes: false })).toEqual(before);
      expect(runDirectories(root)).toEqual([]);
    });
  });
});
