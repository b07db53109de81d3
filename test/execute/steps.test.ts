import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Step } from "../../src/model/plan.gen.ts";
import { type Runner, runners } from "../support/bwraps.ts";
import { createHarness, type Harness, jobOf, processesWith } from "./harness.ts";

let harness: Harness;
beforeAll(() => {
  harness = createHarness();
});
afterAll(() => harness.remove());

const origin = { file: "/p/.sandbox.yml", line: 7, column: 3, route: ["mounts", "/x"], chain: [] };
const { bwrap = "" } = runners()[0] ?? {};
const users = [...new Set(runners().map(({ user }) => user))];
const mode = (path: string) => (lstatSync(path).mode & 0o7777).toString(8);

const directoryStep = (path: string, bits = "0755"): Step => ({ kind: "make-directory", path, mode: bits, origin });
const fileStep = (path: string): Step => ({ kind: "make-file", path, origin });
const mountPoint = (path: string, type: "directory" | "file"): Step => ({ kind: "mount-point", path, type, origin });
const scratch = (name: string, below?: string): Step => ({
  kind: "scratch",
  path: `{run}/${name}`,
  ...(below ? { below } : {}),
  origin,
});

/** A directory that the user of the run can write, whoever that is. */
function makeOpen(path: string): void {
  mkdirSync(path);
  chmodSync(path, 0o777);
}

/** Everything below a directory, as `find` lists it. */
const found = (directory: string) => readdirSync(directory, { recursive: true }).map(String).sort();

describe.each(users)("as %s", (user) => {
  /** A writable project, run directories of their own, and a way to run a script in both. */
  function project(): Project {
    const [room, runtime] = [harness.room(user), harness.room(user)];
    const run: Project["run"] = (script, prepare, args = []) => {
      const job = jobOf(bwrap, ["sh", "-c", script], {
        args: ["--bind", room, room, "--chdir", room, ...args],
        prepare,
      });
      return harness.run(user, job, { env: { XDG_RUNTIME_DIR: runtime } });
    };
    return { room, runtime, base: join(runtime, "sbx"), run };
  }

  it("makes what was asked for, with its parents, and leaves it", async () => {
    const { room, base, run } = project();
    const prepare = [
      directoryStep(join(room, "a/b"), "0700"),
      fileStep(join(room, "c/d")),
      directoryStep(join(room, "t"), "1777"),
    ];
    const done = await run("test -d a/b && test -f c/d && echo x >c/d", prepare);
    expect(done.outcome).toMatchObject({ ended: "exit", exitCode: 0, cleanup: [] });
    expect([mode(join(room, "a")), mode(join(room, "a/b")), mode(join(room, "t"))]).toEqual(["755", "700", "1777"]);
    expect(readFileSync(join(room, "c/d"), "utf8")).toBe("x\n");
    // No step needed a run directory.
    expect(existsSync(base)).toBe(false);

    chmodSync(join(room, "a/b"), 0o750);
    expect((await run("true", prepare)).outcome.exitCode).toBe(0);
    expect(mode(join(room, "a/b"))).toBe("750");
  });

  it("makes mount points and takes them away again, parents too, but not what was there", async () => {
    const { room, run } = project();
    makeOpen(join(room, "old"));
    writeFileSync(join(room, "file"), "");
    const before = found(room);
    const prepare = [
      mountPoint(join(room, "new/deep/directory"), "directory"),
      mountPoint(join(room, "new/file"), "file"),
      mountPoint(join(room, "old"), "directory"),
      mountPoint(join(room, "file"), "file"),
    ];
    const done = await run("test -d new/deep/directory && test -f new/file && ! test -s new/file", prepare);
    expect(done.outcome).toMatchObject({ exitCode: 0, cleanup: [] });
    expect(found(room)).toEqual(before);
  });

  it.each([
    ["a directory that is no longer empty", "echo x >point/x", "directory", "it is no longer empty"],
    ["a file that is no longer empty", "chmod u+w point; echo x >point", "file", "it is no longer empty"],
    [
      "another directory of the same name",
      "mv point away; mkdir point",
      "directory",
      "something else stands there now",
    ],
    ["another file of the same name", "mv point away; : >point", "file", "something else stands there now"],
    ["a link of the same name", "rmdir point; ln -s / point", "directory", "something else stands there now"],
  ] as const)("leaves %s, says so, and undoes the rest", async (_, script, type, why) => {
    const { room, run } = project();
    const path = join(room, "point");
    const prepare = [
      mountPoint(join(room, "first"), "file"),
      mountPoint(path, type),
      mountPoint(join(room, "last"), "file"),
    ];
    const done = await run(`${script}; exit 7`, prepare);
    expect(done.outcome).toMatchObject({ ended: "exit", exitCode: 7, problems: [] });
    expect(done.outcome.cleanup).toMatchObject([
      { rule: "execute/left-behind", severity: "warning", line: 7, data: { path, why } },
    ]);
    expect(lstatSync(path)).toBeTruthy();
    expect([existsSync(join(room, "first")), existsSync(join(room, "last"))]).toEqual([false, false]);
  });

  it("says nothing of a mount point that the command removed itself", async () => {
    const { room, run } = project();
    const done = await run("rm -r a", [mountPoint(join(room, "a/b"), "directory")]);
    expect(done.outcome.cleanup).toEqual([]);
    expect(found(room)).toEqual([]);
  });

  it("removes nothing through a link that the command put in the way", async () => {
    const { room, run } = project();
    const victim = harness.room(user);
    mkdirSync(join(victim, "point"));
    const done = await run(`mv a b; ln -s ${victim} a`, [mountPoint(join(room, "a/point"), "directory")]);
    expect(done.outcome.exitCode).toBe(0);
    expect(found(victim)).toEqual(["point"]);
    // `a` itself was made for the run too, and is another object now.
    expect(done.outcome.cleanup).toMatchObject([
      { rule: "execute/link", data: { link: join(room, "a") } },
      { rule: "execute/left-behind", data: { path: join(room, "a") } },
    ]);
  });

  it.each([
    ["make-directory", (path: string) => directoryStep(`${path}/x/y`)],
    ["make-file", (path: string) => fileStep(`${path}/x`)],
    ["mount-point", (path: string) => mountPoint(`${path}/x/y`, "file")],
    ["scratch", (path: string) => scratch("s", path)],
    ["make-directory at the link itself", (path: string) => directoryStep(path)],
    ["make-file at the link itself", (path: string) => fileStep(path)],
  ])("makes nothing through a planted link: %s", async (_, step) => {
    const { room, run } = project();
    const victim = harness.room(user);
    writeFileSync(join(victim, "sentinel"), "as it was");
    symlinkSync(victim, join(room, "link"));
    const done = await run("true", [step(join(room, "link"))]);
    expect(done.outcome).toMatchObject({
      ended: "never-ran",
      problems: [{ rule: "execute/link", line: 7, data: { link: join(room, "link") } }],
      cleanup: [],
    });
    expect(done.code).toBe(125);
    expect(found(victim)).toEqual(["sentinel"]);
    expect(readFileSync(join(victim, "sentinel"), "utf8")).toBe("as it was");
    // The same step at a directory is fine.
    makeOpen(join(room, "directory"));
    expect(
      (
        await run(
          "true",
          [step(join(room, "directory", "new"))].filter(({ kind }) => kind !== "scratch"),
        )
      ).outcome.ended,
    ).toBe("exit");
  });

  it("gives scratch directories that are gone afterwards, whatever was put in", async () => {
    const { room, runtime, base, run } = project();
    const victim = harness.room(user);
    writeFileSync(join(victim, "sentinel"), "as it was");
    const nasty = [
      `ln -s ${victim} /mnt/link`,
      "mkdir -p /mnt/a/in/side && touch /mnt/a/in/f && chmod 0 /mnt/a/in/side /mnt/a/in /mnt/a",
      `mkdir "/mnt/$(printf '\\377\\n')" && touch "/mnt/$(printf '\\377\\n')/$(printf '\\376')"`,
      "touch /mnt/.0 /mnt/.1 && mkdir /mnt/.2 && touch /mnt/.2/x",
      "mkfifo /mnt/fifo",
      "cd /mnt && for i in $(seq 1500); do mkdir d && cd d; done; touch end",
    ];
    const script = `${nasty.join("; ")}; cat >${room}/seen </proc/self/mountinfo; test -e /mnt/link && test -d /srv`;
    const args = ["--bind", "{run}/one", "/mnt", "--bind", "{run}/two", "/srv"];
    const done = await run(script, [scratch("one"), scratch("two", room)], args);
    expect(done.stderr).toBe("");
    expect(done.outcome).toMatchObject({ ended: "exit", exitCode: 0, cleanup: [] });
    const mounted = readFileSync(join(room, "seen"), "utf8");
    // mountinfo counts from the top of the file system: /tmp may be one of its own.
    const inside = (path: string) => path.slice(harness.directory.lastIndexOf("/"));
    expect(mounted).toMatch(new RegExp(`${inside(base)}/run-\\w+/one/scratch /mnt `));
    expect(mounted).toMatch(new RegExp(`${inside(room)}/sbx-\\w+-1/scratch /srv `));
    expect([found(room), found(runtime)]).toEqual([["seen"], ["sbx"]]);
    expect(mode(base)).toBe("700");
    expect(found(victim)).toEqual(["sentinel"]);
  });

  it("binds no run path in the command itself", async () => {
    const { run } = project();
    const done = await run(
      "echo {run}/one '{run}/one/x' -- {run}/one; test -d /mnt",
      [scratch("one")],
      ["--bind", "{run}/one", "/mnt"],
    );
    expect(done.stdout).toBe("{run}/one {run}/one/x -- {run}/one\n");
  });

  it("ends what outlives the command before it removes a scratch directory", async () => {
    const { room, runtime, run } = project();
    const script = "setsid sh -c 'while :; do mkdir -p /mnt/a/b; : >/mnt/a/f; done' >/dev/null 2>&1 & sleep 0.05";
    const done = await run(script, [scratch("one")], ["--bind", "{run}/one", "/mnt"]);
    expect(done.outcome).toMatchObject({ ended: "exit", exitCode: 0, cleanup: [] });
    expect(found(join(runtime, "sbx"))).toEqual([]);
    expect(found(room)).toEqual([]);
  });

  describe("undoes all", () => {
    const undone = async ({ room, base, run }: Project, failing: Parameters<Project["run"]>) => {
      makeOpen(join(room, "old"));
      const before = found(room);
      const done = await run(...failing);
      expect(found(room)).toEqual(before);
      if (existsSync(base)) expect(found(base)).toEqual([]);
      return done.outcome;
    };
    const good = (room: string) => [
      mountPoint(join(room, "a/b"), "directory"),
      scratch("one"),
      mountPoint(join(room, "a/b/c"), "file"),
      scratch("two", join(room, "old")),
    ];

    it.each([0, 1, 2, 3, 4])("when the step after %i others fails", async (position) => {
      const here = project();
      const steps = good(here.room);
      const path = "/dev/null/x/y";
      const outcome = await undone(here, [
        "true",
        [...steps.slice(0, position), directoryStep(path), ...steps.slice(position)],
      ]);
      expect(outcome).toMatchObject({
        ended: "never-ran",
        problems: [{ rule: "execute/not-made", line: 7, data: { path, at: "/dev/null", reason: "not a directory" } }],
        cleanup: [],
      });
      expect(outcome.problems[0]?.help).toContain("ls -ld /dev/null");
    });

    it.each([
      ["the set-up", "true", ["--bind", "/no-such-place", "/mnt"], { ended: "never-ran", cleanup: [] }],
      ["the start of the command", "true", ["--chdir", "/no-such-place"], { ended: "never-ran", cleanup: [] }],
      ["the command", "exit 3", [], { ended: "exit", exitCode: 3, cleanup: [] }],
      ["bwrap", "kill -9 -1; kill -9 $$", [], { ended: "exit", exitCode: 137, cleanup: [] }],
    ] as const)("when %s fails", async (_, script, args, expected) => {
      const here = project();
      expect(await undone(here, [script, good(here.room), args])).toMatchObject(expected);
    });

    it("when a signal comes", async () => {
      const { room, runtime, base } = project();
      const before = found(room);
      const args = ["--bind", room, room];
      makeOpen(join(room, "old"));
      const job = jobOf(bwrap, ["sh", "-c", "echo ready; sleep 1000"], { args, prepare: good(room) });
      const running = harness.start(user, job, { env: { XDG_RUNTIME_DIR: runtime } });
      await running.said("ready");
      expect(found(room).length).toBeGreaterThan(3);
      running.child.kill("SIGTERM");
      expect((await running.finished).outcome).toMatchObject({ ended: "signal", signal: "SIGTERM", cleanup: [] });
      expect([found(room), found(base)]).toEqual([[...before, "old"], []]);
    });
  });
});

describe.each(users)("when sbx is killed with SIGKILL, as %s,", (user) => {
  const place = () => {
    const [room, runtime] = [harness.room(user), harness.room(user)];
    makeOpen(join(room, "old"));
    const prepare = [
      mountPoint(join(room, "a/b"), "directory"),
      scratch("one"),
      mountPoint(join(room, "a/b/c"), "file"),
      scratch("two", join(room, "old")),
    ];
    const args = ["--bind", room, room, "--bind", "{run}/one", "/mnt", "--bind", "{run}/two", "/srv"];
    const start = (script: string, steps: readonly Step[]) => {
      const job = jobOf(bwrap, ["sh", "-c", script], { args: steps.length > 0 ? args : [], prepare: steps });
      return harness.start(user, job, { env: { XDG_RUNTIME_DIR: runtime } });
    };
    return { room, runtime, prepare, start };
  };
  const kill = async ({ child, finished }: ReturnType<Harness["start"]>) => {
    child.kill("SIGKILL");
    await expect(finished).rejects.toThrow("ended with null");
  };

  it("the next run undoes what the killed one had made, and nothing else", async () => {
    const { room, runtime, prepare, start } = place();
    const before = found(room);
    const words = `tick=${runtime}`;
    const busy = `setsid sh -c 'while : "${words}"; do mkdir -p /mnt/x/y; : >/srv/f; done' & echo ready; sleep 1000`;
    const running = start(busy, prepare);
    await running.said("ready");
    await kill(running);
    expect(existsSync(join(room, "a/b/c"))).toBe(true);
    expect(readdirSync(join(runtime, "sbx"))).toHaveLength(1);

    const next = await start("true", []).finished;
    expect(next.outcome).toMatchObject({ ended: "exit", exitCode: 0, cleanup: [] });
    expect([found(room), found(join(runtime, "sbx"))]).toEqual([before, []]);
    expect(processesWith(words)).toEqual([]);
  });

  it("and what was exchanged meanwhile stays, and is told by the next run", async () => {
    const { room, prepare, start } = place();
    const running = start("echo ready; sleep 1000", prepare);
    await running.said("ready");
    await kill(running);
    const point = join(room, "a/b/c");
    renameSync(point, `${point}-away`);
    writeFileSync(point, "");
    const next = await start("true", []).finished;
    expect(next.outcome.cleanup).toMatchObject([
      { rule: "journal/not-the-same", line: 7, data: { path: point } },
      { rule: "journal/not-empty", data: { path: join(room, "a/b") } },
      { rule: "journal/not-empty", data: { path: join(room, "a") } },
    ]);
    expect(existsSync(point)).toBe(true);
    expect((await start("true", []).finished).outcome.cleanup).toEqual([]);
  });

  it.each([0, 10, 20, 30, 40, 50, 60, 80, 100])("%i ms after its start, too", async (ms) => {
    const { room, runtime, prepare, start } = place();
    const before = found(room);
    const running = start("sleep 1000", prepare);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await kill(running);
    const next = await start("true", []).finished;
    expect(next.outcome).toMatchObject({ exitCode: 0, cleanup: [] });
    const base = join(runtime, "sbx");
    expect([found(room), existsSync(base) ? found(base) : []]).toEqual([before, []]);
  });
});

interface Project {
  readonly room: string;
  readonly runtime: string;
  readonly base: string;
  run(script: string, prepare: readonly Step[], args?: readonly string[]): ReturnType<Harness["run"]>;
}

// Ensures that the loop above is not empty on a machine without root.
it("runs as somebody", () => {
  expect(users satisfies readonly Runner["user"][]).not.toEqual([]);
});
