import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installed, install } from "../support/sbx.ts";
import { picture } from "./picture.ts";
import { processesOf, tracesOf } from "./traces.ts";
import { type Way, wayRoom, ways } from "./ways.ts";

const here = ways().filter(({ lacks }) => lacks === undefined);
const fuse = here.filter(({ by }) => by === "fuse-overlayfs");
const mounted = here.filter(({ by }) => by !== "bwrap");
/** Renames the directory of a masked file to and fro, and is killed while it waits for the answer, many times. */
const INTERRUPTED = `
import os, signal, time
for round in range(300):
    child = os.fork()
    if child == 0:
        while True:
            for a, b in (("deep", "gone"), ("gone", "deep")):
                try: os.rename("/src/" + a, "/src/" + b)
                except OSError: pass
    time.sleep(0.0005 * (round % 5))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    for name in ("deep", "gone"):
        try: found = open(f"/src/{name}/er/key").read()
        except OSError: continue
        if found: break
    else: continue
    break
else: found = ""
print(repr(found))
`;
const PROFILE = "version: 1\nextends: [base]\nmounts:\n  /src: {from: ./src, access: cow}\n";

describe("what makes a view outside of bwrap", () => {
  let installed: Installed;
  beforeAll(() => {
    installed = install();
  });
  afterAll(() => installed.remove());

  const roomFor = (way: Way, fake?: string) => {
    const file = fake === undefined ? undefined : join(installed.directory, `fake-${fake.length}`);
    if (file !== undefined) {
      writeFileSync(file, `#!/bin/sh\n${fake}\n`);
      chmodSync(file, 0o755);
    }
    const made = wayRoom(installed, way, file === undefined ? {} : { fuse: file });
    made.room.write("src/file", "text");
    made.room.write(".sandbox.yml", PROFILE);
    return made;
  };

  if (mounted.length === 0) {
    process.stderr.write(
      "SKIPPED in helper.test.ts: neither fuse-overlayfs nor the kernel makes a view for this user\n",
    );
    it.skip("can't be had here", () => {});
  }

  // Only where root can put another program in its place for a moment.
  describe.each(process.getuid?.() === 0 ? fuse : [])("by $name", (way) => {
    it.each([
      ["is killed at its start", "kill -KILL $$", "SIGKILL"],
      ["ends without having done anything", "exit 0", "exit code 0"],
      ["complains", "echo 'no such thing' >&2; exit 1", "no such thing"],
    ])("is an error at once when it %s", async (_, fake, said) => {
      const { sbx, room } = roomFor(way, fake);
      const done = await sbx(["run", "--", "true"]);
      expect(done.code).toBe(125);
      expect(done.stderr).toContain("overlay/not-mounted");
      expect(done.stderr).toContain(said);
      expect(tracesOf(room)).toEqual([]);
    });

    it("is broken off with the run when it does nothing", async () => {
      const { start, room } = roomFor(way, "exec sleep 1000");
      const run = start(["run", "--", "true"]);
      await until(() => logs(room.home).length > 0);
      run.child.kill("SIGTERM");
      expect((await run.done).code).toBe(143);
      expect(tracesOf(room)).toEqual([]);
    });

    it("keeps what is masked hidden from a command that has its renames interrupted", async () => {
      const { sbx, room } = roomFor(way);
      room.write("src/deep/er/key", "secret");
      room.write(".sandbox.yml", `${PROFILE}mask: [src/deep/er/key]\n`);
      const done = await sbx(["run", "--", "python3", "-c", INTERRUPTED]);
      expect(done).toMatchObject({ code: 0, stdout: "''\n" });
    });

    it("is told of when it dies while the command runs, which goes on without the view", async () => {
      const { start, room } = roomFor(way);
      const script =
        "cat /src/file; echo there; while cat /src/file >/dev/null 2>&1 && ls /src/* >/dev/null 2>&1 && touch /src/x 2>/dev/null; do :; done; echo gone";
      const run = start(["run", "--", "sh", "-c", script]);
      await run.said("there");
      const [helper = ""] = processesOf(dirname(room.home));
      process.kill(Number(helper.split(" ")[0]), "SIGKILL");
      const done = await run.done;
      expect(done).toMatchObject({ code: 0, stdout: "textthere\ngone\n" });
      expect(done.stderr).toContain("overlay/died");
      expect(tracesOf(room)).toEqual([]);
    });
  });

  describe.each(mounted)("by $name", (way) => {
    it("is taken down by the one who put it there where umount(8) is not for everybody", async () => {
      const busybox = ["/usr/bin/busybox", "/bin/busybox"].find((file) => existsSync(file));
      // Only root can put another program in its place for a moment.
      if (process.getuid?.() !== 0 || way.user === "root" || busybox === undefined) return;
      // fusermount3(1) looks there for whose a mount is.
      if (!existsSync("/etc/mtab")) return process.stderr.write("SKIPPED: there is no /etc/mtab for fusermount3\n");
      const made = wayRoom(installed, way, { setUp: `mount --bind ${busybox} $(readlink -f /usr/bin/umount)` });
      made.room.write("src/file", "text");
      made.room.write(".sandbox.yml", PROFILE);
      const script = '"$@" run -- cat /src/file; grep -c /cow-src /proc/self/mountinfo';
      const done = await made.run(["sh", "-c", script, "sh", ...made.room.call([]).argv]);
      expect(done).toMatchObject({ stdout: "text0\n", stderr: "" });
      expect(tracesOf(made.room)).toEqual([]);
    });

    it.each([
      ["a run that was killed", 'kill -KILL "$sbx"', ""],
      [
        "a run that was killed with all that looks after it",
        'kill -STOP "$sbx"; kill -KILL $(children) "$sbx"',
        "still there\n",
      ],
    ])("is gone after %s, with the helper, when somebody has cleaned up", async (_, kill, then) => {
      const { room, run } = roomFor(way);
      const before = picture(`${room.project}/src`);
      const { argv } = room.call([]);
      // In one mount namespace: what is mounted there is there for whoever cleans up.
      const script = `
        mkfifo told
        "$@" run -- sh -c 'echo mine >/src/mine; echo there; exec sleep 1000' >told & sbx=$!
        read word <told
        children() { cat /proc/$sbx/task/*/children; }
        mounts() { grep -c /cow-src /proc/self/mountinfo; }
        ${kill}
        wait $sbx
        ${then === "" ? "" : '[ "$(mounts)" = 0 ] || echo still there'}
        "$@" clean >/dev/null
        for _ in $(seq 400); do [ "$(mounts)" = 0 ] && break; sleep 0.05; done
        [ "$(mounts)" = 0 ] && echo cleaned`;
      const done = await run(["sh", "-c", script, "sh", ...argv]);
      expect(done.stdout).toBe(`${then}cleaned\n`);
      await until(() => tracesOf(room).length === 0);
      expect(picture(`${room.project}/src`)).toEqual(before);
    });
  });
});

/** Where the helper of a room says what it has to say. */
const logs = (home: string): string[] =>
  readdirSync(`${dirname(home)}/runtime`, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith("%log"),
  );

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
