import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { install } from "../support/sbx.ts";
import { NODES, sh, stage } from "./room.ts";

const installed = install();
afterAll(installed.remove);

describe.each(runners())("marked directories with $bwrap, as $user", (runner) => {
  it("are writable under a read-only root, whether the root has them or not", async () => {
    const root = stage(installed, runner);
    root.put({ here: "directory", "here/old": { text: "old\n" } });
    const done = await root.run(
      { marked: { "/here": {}, "/missing/deep": {} } },
      sh("cat /here/old; echo new >/here/new; touch /missing/deep/made; for i in /x /missing/x; do touch $i; done"),
    );
    expect(done).toMatchObject({ code: 1, stdout: "old\n" });
    expect(done.stderr).toContain("touch: /x: Read-only file system\ntouch: /missing/x: Read-only file system\n");
    // What the command made stays where it made it, with the directories that lead there. One word is enough.
    expect(readFileSync(join(root.path, "here/new"), "utf8")).toBe("new\n");
    expect(existsSync(join(root.path, "missing/deep/made"))).toBe(true);
    expect(done.stderr.match(/(warning|error).*/g)).toEqual([
      `warning[execute/left-behind]: ${root.path}/missing/deep was made for this run and stays: it is no longer empty`,
    ]);
  });

  it("under a writable root, too; what is made beside them stays", async () => {
    const root = stage(installed, runner);
    const done = await root.run(
      { root: { from: "./root", access: "rw" }, marked: { "/m": {} } },
      sh("touch /x; mkdir -p /y/z; : >/m/w; rm /m/w"),
    );
    expect(done).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect(root.picture().map((line) => line.split(" ", 1)[0])).toEqual([
      '"."',
      ...root.picture().flatMap((line) => /^"\.\/bin[/"][^ ]*/.exec(line) ?? []),
      '"./x"',
      '"./y"',
      '"./y/z"',
    ]);
  });

  it("lie in each other, in whatever order they are written", async () => {
    const root = stage(installed, runner);
    root.put({ "a/b/own": { text: "staged" } });
    root.room.write("outer/from-outer", "");
    root.room.directory("outer/b");
    root.room.write("inner/from-inner", "");
    const before = root.picture();
    const outer = { from: "./outer" };
    const inner = { from: "./inner" };
    for (const marked of [
      { "/a": outer, "/a/b": inner },
      { "/a/b": inner, "/a": outer },
    ]) {
      const done = await root.run({ marked }, sh("ls /a /a/b && touch /a/w /a/b/w && rm /a/w /a/b/w"));
      expect(done).toMatchObject({ code: 0, stdout: "/a:\nb\nfrom-outer\n\n/a/b:\nfrom-inner\n", stderr: "" });
    }
    expect(root.picture()).toEqual(before);
  });

  it("take what they show from files, directories, devices and sockets elsewhere, and leave nothing", async () => {
    const root = stage(installed, runner);
    root.put({ "etc/conf": { text: "staged\n" } });
    root.room.write("conf", "override\n");
    root.room.write("dir/in-it", "");
    const socket = join(root.room.home, "socket");
    const server = createServer().listen(socket);
    await new Promise((listening) => server.once("listening", listening));
    try {
      const before = root.picture();
      const marked = {
        "/etc/conf": { from: "./conf" },
        "/share/p/q.txt": { from: "./conf" },
        "/share/d": { from: "./dir" },
        "/share/full": { from: "/dev/full" },
        "/run/socket": { from: socket },
      };
      const done = await root.run(
        { marked },
        sh(
          "cat /etc/conf /share/p/q.txt; ls /share/d; test -c /share/full && test -S /run/socket; echo x >/share/full",
        ),
      );
      expect(done.stdout).toBe("override\noverride\nin-it\n");
      // The device works: it says that it is full.
      expect(done).toMatchObject({ code: 1, stderr: "sh: write error: No space left on device\n" });
      expect(root.picture()).toEqual(before);
    } finally {
      await new Promise((closed) => server.close(closed));
    }
  });

  it("may have the names of the places where bwrap builds a sandbox", async () => {
    const root = stage(installed, runner);
    root.room.write("dir/in-it", "");
    const before = root.picture();
    const marked = { "/newroot": { from: "./dir" }, "/oldroot/deep": { from: "./dir" } };
    const done = await root.run({ marked }, sh("ls /newroot /oldroot/deep"));
    expect(done).toMatchObject({ code: 0, stdout: "/newroot:\nin-it\n\n/oldroot/deep:\nin-it\n", stderr: "" });
    expect(root.picture()).toEqual(before);
  });

  it("replace a device node, as the later operation", async () => {
    const root = stage(installed, runner);
    root.room.write("zero", "no zeros\n");
    const before = root.picture();
    const done = await root.run({ marked: { "/dev/zero": { from: "./zero" } } }, sh("cat /dev/zero; ls /dev"));
    expect(done).toMatchObject({ code: 0, stdout: `no zeros\n${[...NODES].sort().join("\n")}\n`, stderr: "" });
    expect(root.picture()).toEqual(before);
  });

  it("are refused when two end up at one place, with both places shown", async () => {
    const root = stage(installed, runner);
    root.put({ m: "directory", link: { to: "m" } });
    root.room.write("p.yml", 'version: 1\nroot: {from: ./root}\nmarked:\n  /m: {}\n  /link: {from: "./sentinel"}\n');
    root.room.write("q.yml", "version: 1\nroot: {from: ./root}\nmarked:\n  /m: {}\n  /m/: {}\n");
    root.room.write("r.yml", "version: 1\nroot: {from: ./root}\nmarked: {/m: {}}\nmounts: {/m: {from: ./sentinel}}\n");
    const before = root.picture();
    for (const [file, lines] of [
      ["p.yml", [5, 4]],
      ["q.yml", [5, 4]],
      ["r.yml", [3, 4]],
    ] as const) {
      const done = await root.room.sbx(["run", "-p", `./${file}`, "--", "true"]);
      expect(done).toMatchObject({ code: 125, stdout: "" });
      expect(done.stderr.match(/error\[/g)).toHaveLength(1);
      for (const line of lines) expect(done.stderr).toContain(`${file}:${line}:`);
      expect(done.stderr).toContain("/m");
    }
    expect(root.picture()).toEqual(before);
  });

  it("are refused where nothing can be made, or the source is missing, and the root stays as it was", async () => {
    const root = stage(installed, runner);
    root.put({ file: { text: "" } });
    const before = root.picture();
    for (const [marked, rule] of [
      [{ "/file/below": {} }, "order/no-mount-point"],
      [{ "/file": { from: "./sentinel" } }, "order/type-clash"],
      [{ "/new": { from: "./nothing" } }, "mount/missing-source"],
    ] as const) {
      const done = await root.run({ marked }, ["true"]);
      expect(done).toMatchObject({ code: 125, stdout: "" });
      expect(done.stderr).toContain(`error[${rule}]`);
      expect(done.stderr.match(/error\[/g)).toHaveLength(1);
    }
    expect(root.picture()).toEqual(before);
  });
});

describe.each(runners())("/dev/shm of a build with $bwrap, as $user", (runner) => {
  it("is there on request, fresh for each run, and not without", async () => {
    const root = stage(installed, runner);
    const before = root.picture();
    const look = sh(
      "ls -d /dev/shm; grep -q '^tmpfs /dev/shm ' /proc/mounts && touch /dev/shm/x && stat -c %a /dev/shm && ls /dev/shm",
    );
    const tmpfs = ["/tmp", "/dev/shm"];
    for (let run = 0; run < 2; run++) {
      expect(await root.run({ tmpfs }, look)).toMatchObject({ code: 0, stdout: "/dev/shm\n1777\nx\n", stderr: "" });
    }
    expect(await root.run({}, look)).toMatchObject({ code: 1, stdout: "" });
    expect(root.picture()).toEqual(before);
  });
});
