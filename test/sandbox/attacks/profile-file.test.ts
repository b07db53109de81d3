import { chmodSync, chownSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../../support/bwraps.ts";
import { install, type Room } from "../../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write("SKIPPED in profile-file.test.ts: files of other owners need root to be made\n");

const PROFILE = "version: 1\nextends: [base]\nmounts: {.: rw}\n";
const WIDE = 'version: 1\nextends: [base]\nnetwork: host\nmounts: {.: rw, /etc: ro, "${HOME}": ro}\n';

describe.each(runners())("from inside, with $bwrap, as $user,", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  room.write(".sandbox.yml", "version: 1\nextends: [./ci/deep/parent.yml]\nmounts: {.: rw}\n");
  room.write("ci/deep/parent.yml", "version: 1\nextends: [base]\n");
  room.write("ci/other", "other\n");
  room.write("wide", WIDE);
  const texts = () =>
    [".sandbox.yml", "ci/deep/parent.yml"].map((name) => readFileSync(join(room.project, name), "utf8"));

  it("neither the profile nor its parents can be changed, renamed or replaced", async () => {
    const were = texts();
    const attempts = [
      "cp wide .sandbox.yml",
      "echo >>.sandbox.yml",
      "rm -f .sandbox.yml",
      "mv .sandbox.yml moved",
      "mv -f wide .sandbox.yml",
      "ln -sf wide .sandbox.yml",
      "chmod 777 .sandbox.yml",
      "touch .sandbox.yml",
      "truncate -s 0 .sandbox.yml",
      "ln .sandbox.yml hard && cp wide hard",
      "cp wide ci/deep/parent.yml",
      "mv ci/deep/parent.yml ci/deep/x",
      "mv ci/deep ci/moved",
      "mv ci moved-ci",
      "rm -rf ci/deep",
      "mount -o remount,rw .sandbox.yml",
      "umount .sandbox.yml",
      `mv ${room.project} ${room.home}/moved-project`,
    ];
    const script = attempts.map((attempt, index) => `(${attempt}) 2>/dev/null && echo "${index}: done"`).join("\n");
    const done = await room.sbx(["run", "--", "/bin/sh", "-c", `${script}\nls .sandbox.yml ci/deep`]);
    expect(done.stdout).toBe(".sandbox.yml\n\nci/deep:\nparent.yml\n");
    expect(texts()).toEqual(were);
    // Everything else in those directories can be changed as the profile says.
    const allowed = await room.sbx([
      "run",
      "--",
      "/bin/sh",
      "-c",
      "echo x >ci/other && mv ci/other ci/renamed && echo x >ci/deep/new && echo allowed",
    ]);
    expect(allowed.stdout).toBe("allowed\n");
  });

  it("no profile further in governs what is run there later", async () => {
    const planted = `mkdir -p inner && cp wide inner/.sandbox.yml && cp wide inner/.sandbox.yaml 2>/dev/null; rm -f inner/.sandbox.yaml; echo planted`;
    expect((await room.sbx(["run", "--", "/bin/sh", "-c", planted])).stdout).toBe("planted\n");
    const inner = join(room.project, "inner");
    const run = await room.sbx(["run", "--", "/bin/sh", "-c", "cat /etc/shadow /etc/hostname 2>/dev/null; echo end"], {
      cwd: inner,
    });
    expect(run.stdout).toBe("end\n");
    const plan = await room.sbx(["plan"], { cwd: inner });
    expect(plan.stderr).toMatch(/inner\/\.sandbox\.yml|^\.sandbox\.yml/);
    expect(JSON.parse((await room.sbx(["plan", "--json"], { cwd: inner })).stdout).project).toBe(room.project);
    // Named, it is trusted; so it says whom one trusts.
    const named = await room.sbx(["plan", "-p", "./.sandbox.yml", "--json"], { cwd: inner });
    expect(JSON.parse(named.stdout).network.value).toBe("host");
  });

  it("a second profile beside the first stops the next run", async () => {
    const own = installed.room(user, bwrap);
    own.write(".sandbox.yml", PROFILE);
    own.write("wide", WIDE);
    expect((await own.sbx(["run", "--", "cp", "wide", ".sandbox.yaml"])).code).toBe(0);
    const done = await own.sbx(["run", "--", "echo", "ran"]);
    expect([done.code, done.stdout]).toEqual([125, ""]);
    expect(done.stderr).toMatch(/\.sandbox\.yaml/);
  });

  it("a profile that is named is protected, too", async () => {
    const own = installed.room(user, bwrap);
    own.write("sub/named.yml", "version: 1\nextends: [base]\nmounts: {..: rw}\n");
    const script = "echo x >>sub/named.yml; mv sub moved; rm sub/named.yml; cat sub/named.yml";
    const done = await own.sbx(["run", "-p", "./sub/named.yml", "--", "/bin/sh", "-c", script]);
    expect(done.stdout).toBe("version: 1\nextends: [base]\nmounts: {..: rw}\n");
    expect(done.stderr).toMatch(/Read-only file system(.|\n)*busy/);
  });
});

describe("discovery refuses a profile", () => {
  const refused = async (room: Room, words: RegExp, cwd = room.project) => {
    for (const command of [["run", "--", "echo", "ran"], ["plan"], ["show"], ["lint"]]) {
      const done = await room.sbx(command, { cwd });
      expect(done.stdout + done.stderr).toMatch(words);
      expect(done.stdout).not.toMatch(/^ran$/m);
      expect(done.code).toBe(command[0] === "run" ? 125 : 2);
    }
  };
  const fresh = () => {
    const room = installed.room();
    room.write(".sandbox.yml", PROFILE);
    return room;
  };

  it("that is a link, wherever it leads", async () => {
    const room = fresh();
    renameSync(join(room.project, ".sandbox.yml"), join(room.project, "real.yml"));
    symlinkSync("real.yml", join(room.project, ".sandbox.yml"));
    await refused(room, /\.sandbox\.yml.*link/);
    const dangling = installed.room();
    symlinkSync("/no/where", join(dangling.project, ".sandbox.yml"));
    await refused(dangling, /link/);
  });

  it("whose parent is a link", async () => {
    const room = installed.room();
    room.write("real.yml", "version: 1\nextends: [base]\n");
    symlinkSync("real.yml", join(room.project, "parent.yml"));
    room.write(".sandbox.yml", "version: 1\nextends: [./parent.yml]\n");
    await refused(room, /parent\.yml is a link/);
  });

  it("that is no regular file", async () => {
    const room = installed.room();
    room.directory(".sandbox.yml");
    await refused(room, /\.sandbox\.yml/);
    const fifo = installed.room();
    await fifo.run(["/usr/bin/mkfifo", ".sandbox.yml"]);
    await refused(fifo, /fifo|file/i);
  });

  it("of more than 1 MiB", async () => {
    const room = installed.room();
    room.write(".sandbox.yml", `${PROFILE}#${"x".repeat(1024 * 1024)}\n`);
    await refused(room, /limit is 1048576/);
  });

  it("that others can write", async () => {
    const room = fresh();
    chmodSync(join(room.project, ".sandbox.yml"), 0o666);
    const done = await room.sbx(["run", "--", "echo", "ran"]);
    expect([done.code, done.stdout]).toEqual([125, ""]);
  });

  it("in a directory that others can write", async () => {
    const room = fresh();
    chmodSync(room.project, 0o777);
    const done = await room.sbx(["run", "--", "echo", "ran"]);
    expect([done.code, done.stdout]).toEqual([125, ""]);
    expect(done.stderr).toMatch(/others|everybody|written/);
  });

  it("in the home directory itself, or above a directory that others can write", async () => {
    const room = installed.room();
    room.write("../.sandbox.yml", PROFILE);
    await refused(room, /no profile|none|\.sandbox\.yml/);
    const open = fresh();
    const sub = open.directory("open/sub");
    chmodSync(join(open.project, "open"), 0o777);
    const done = await open.sbx(["run", "--", "echo", "ran"], { cwd: sub });
    expect([done.code, done.stdout]).toEqual([125, ""]);
  });

  it.runIf(isRoot)("of another owner, or in another's directory", async () => {
    const room = installed.room("ordinary");
    const file = room.write(".sandbox.yml", PROFILE);
    expect((await room.sbx(["run", "--", "echo", "ran"])).stdout).toBe("ran\n");
    chownSync(file, 12345, 12345);
    await refused(room, /12345|belongs|owner/);
    chownSync(file, 0, 0);
    // Root's files are trusted, like the system's.
    expect((await room.sbx(["run", "--", "echo", "ran"])).stdout).toBe("ran\n");
    chownSync(file, room.uid, room.uid);
    chownSync(room.project, 12345, 12345);
    const done = await room.sbx(["run", "--", "echo", "ran"]);
    expect([done.code, done.stdout]).toEqual([125, ""]);
  });

  it.runIf(isRoot)("of an ordinary user when root runs sbx there", async () => {
    const theirs = installed.room("ordinary");
    theirs.write(".sandbox.yml", "version: 1\nextends: [base]\n");
    const root = installed.room("root");
    const done = await root.sbx(["run", "--", "echo", "ran"], { cwd: theirs.project });
    expect([done.code, done.stdout]).toEqual([125, ""]);
  });
});
