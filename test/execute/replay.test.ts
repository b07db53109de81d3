import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Replayed } from "../../src/execute/replay.ts";
import type { Step } from "../../src/model/plan.gen.ts";
import { runners } from "../support/bwraps.ts";
import { createJournalHarness, type JournalHarness, objects, type RunPlace, USERS } from "./journal-harness.ts";
import type { JournalTask } from "./journal-job.ts";

let harness: JournalHarness;
beforeAll(() => {
  harness = createJournalHarness();
});
afterAll(() => harness.remove());

const { bwrap = "" } = runners()[0] ?? {};
const origin = { file: "/p/.sandbox.yml", line: 7, column: 3, route: [], chain: [] };
const mountPoint = (path: string, type: "directory" | "file"): Step => ({
  kind: "mount-point",
  path,
  type,
  origin,
});
const scratch = (name: string, below?: string): Step => ({
  kind: "scratch",
  path: `{run}/${name}`,
  ...(below === undefined ? {} : { below }),
  origin,
});

/** One of everything that a run makes. */
const everything = ({ room }: RunPlace): Partial<JournalTask> => ({
  steps: [
    mountPoint(join(room, "a/b"), "directory"),
    scratch("one"),
    mountPoint(join(room, "a/b/c"), "file"),
    scratch("two", join(room, "old")),
    mountPoint(join(room, "empty"), "directory"),
    mountPoint(join(room, "blank"), "file"),
  ],
  fifos: ["out"],
  strays: ["also", "this"],
});

/** The journal of the only run there is. */
function journalIn({ base }: RunPlace): {
  readonly directory: string;
  readonly file: string;
  readonly lines: string[];
} {
  const [name = ""] = existsSync(base) ? readdirSync(base) : [];
  const directory = join(base, name);
  const file = join(directory, "journal");
  return { directory, file, lines: existsSync(file) ? readFileSync(file, "utf8").split("\n") : [] };
}

/** Rewrites the journal of the only run there is, line by line. */
function edit(place: RunPlace, change: (line: string, index: number) => string): void {
  const { file, lines } = journalIn(place);
  writeFileSync(file, lines.map(change).join("\n"));
}

const rulesOf = (replayed: readonly Replayed[]) => replayed.flatMap(({ problems }) => problems.map(({ rule }) => rule));
const statesOf = (replayed: readonly Replayed[]) => replayed.map(({ state }) => state);

/** As many at a time as there is room for. */
async function each<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await action(item);
  };
  await Promise.all([worker(), worker(), worker()]);
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe.each(USERS)("what a killed run of %s left", (user) => {
  it("is nothing to see when it ends by itself", async () => {
    const place = harness.place(user);
    const before = objects(place.room);
    expect(await place.run({ action: "make-and-undo", ...everything(place) })).toMatchObject({ result: [] });
    expect([objects(place.room), objects(place.base)]).toEqual([before, []]);
  });

  it("is all there when it is killed with everything made", async () => {
    const place = harness.place(user);
    expect(await place.run({ action: "make", ...everything(place) })).toMatchObject({ signal: "SIGKILL" });
    const { directory } = journalIn(place);
    expect(readdirSync(directory).sort()).toEqual(["also", "journal", "one", "out", "this"]);
    const made = readdirSync(join(place.room, "old")).filter((name) => name !== "kept");
    expect(made).toEqual([expect.stringMatching(/^sbx-\w{6}-1$/)]);
    expect(existsSync(join(place.room, "a/b/c"))).toBe(true);
    expect(lstatSync(join(directory, "journal")).mode & 0o7777).toBe(0o600);
  });

  it.each([
    ["before a change", false],
    ["in the middle of a write", true],
  ])("is undone, whenever it was killed: %s", async (_, torn) => {
    const trial = harness.place(user);
    const { changes = 0 } = await trial.run({ action: "make-and-undo", ...everything(trial) });
    expect(changes).toBeGreaterThan(30);
    await each(upTo(changes), async (dieAt) => {
      const place = harness.place(user);
      const before = objects(place.room);
      const died = await place.run({ action: "make-and-undo", ...everything(place), dieAt, torn });
      expect(died.signal).toBe("SIGKILL");
      const replayed = await place.replay();
      const left = existsSync(place.base) ? objects(place.base) : [];
      expect({ dieAt, room: objects(place.room), left, problems: rulesOf(replayed) }).toEqual({
        dieAt,
        room: before,
        left: [],
        problems: [],
      });
    });
  });

  it.each([
    ["before a change", false],
    ["in the middle of a write", true],
  ])("is undone, whenever the replay was killed, too: %s", async (_, torn) => {
    const trial = harness.place(user);
    await trial.run({ action: "make", ...everything(trial) });
    const { changes = 0 } = await trial.run({ action: "replay" });
    expect(changes).toBeGreaterThan(15);
    await each(upTo(changes), async (dieAt) => {
      const place = harness.place(user);
      const before = objects(place.room);
      await place.run({ action: "make", ...everything(place) });
      if (torn) appendFileSync(journalIn(place).file, '{"made":');
      expect((await place.run({ action: "replay", dieAt, torn })).signal).toBe("SIGKILL");
      const replayed = await place.replay();
      expect({ dieAt, room: objects(place.room), left: objects(place.base), problems: rulesOf(replayed) }).toEqual({
        dieAt,
        room: before,
        left: [],
        problems: [],
      });
    });
  });

  it("is told as it is undone, and as it would be", async () => {
    const place = harness.place(user);
    await place.run({ action: "make", ...everything(place) });
    const { directory } = journalIn(place);
    const before = [objects(place.room), objects(place.base)];
    const [twoName = ""] = readdirSync(join(place.room, "old")).filter((name) => name.startsWith("sbx-"));
    const actions = [
      { kind: "remove-empty", path: join(directory, "out") },
      { kind: "remove-tree", path: join(place.room, "old", twoName) },
      { kind: "remove-empty", path: join(place.room, "a/b/c") },
      { kind: "remove-tree", path: join(directory, "one") },
      { kind: "remove-empty", path: join(place.room, "a/b") },
      { kind: "remove-empty", path: join(place.room, "a") },
      { kind: "remove-tree", path: directory },
    ];
    const { changes, result } = await place.run({ action: "dry-run" });
    expect(result).toEqual([{ directory, state: "would-undo", actions, problems: [] }]);
    expect([objects(place.room), objects(place.base), changes]).toEqual([...before, 0]);
    expect(await place.replay()).toEqual([{ directory, state: "undone", actions, problems: [] }]);
    expect(await place.replay()).toEqual([]);
  });

  it("is made though another run makes the directory of all runs at the same moment", async () => {
    const place = harness.place(user);
    const task: JournalTask = { action: "make-and-undo", ...everything(place), overtaken: "sbx" };
    expect(await place.run(task)).toMatchObject({ result: [] });
    expect(objects(place.base)).toEqual([]);
  });

  it("is undone by one alone of those who start at the same time", async () => {
    const place = harness.place(user);
    const before = objects(place.room);
    await each(upTo(6), async (number) => {
      const steps = [mountPoint(join(place.room, `m${number}`), "directory"), scratch("s", join(place.room, "old"))];
      await place.run({ action: "make", steps });
    });
    expect(readdirSync(place.base)).toHaveLength(6);
    const all = (await Promise.all(upTo(4).map(() => place.replay()))).flat();
    const undone = all.filter(({ state }) => state === "undone").map(({ directory }) => directory);
    expect(undone.sort()).toEqual([...new Set(undone)]);
    expect(undone).toHaveLength(6);
    expect(new Set(statesOf(all))).toEqual(new Set(all.length > 6 ? ["undone", "in-use"] : ["undone"]));
    expect(rulesOf(all)).toEqual([]);
    expect([objects(place.room), objects(place.base)]).toEqual([before, []]);
  });

  it("is told once, though another one comes by when the directory is already empty", async () => {
    const place = harness.place(user);
    await place.run({ action: "make", ...everything(place) });
    // What is left between the last two steps of a replay: the journal is gone, the directory is not.
    const { changes = 0 } = await place.run({ action: "replay" });
    const again = harness.place(user);
    await again.run({ action: "make", ...everything(again) });
    expect((await again.run({ action: "replay", dieAt: changes })).signal).toBe("SIGKILL");
    expect(readdirSync(again.base)).toHaveLength(1);
    expect(readdirSync(journalIn(again).directory)).toEqual([]);
    expect(await again.replay()).toEqual([]);
    expect(readdirSync(again.base)).toEqual([]);
  });

  it("is left alone while the run lives, and then again not needed", async () => {
    const place = harness.place(user);
    const before = objects(place.room);
    const child = place.start({ action: "hold", ...everything(place) });
    await once(child.stdout!, "data");
    const during = [objects(place.room), objects(place.base)];
    const { directory } = journalIn(place);
    expect(await place.replay()).toEqual([{ directory, state: "in-use", actions: [], problems: [] }]);
    expect((await place.run({ action: "dry-run" })).result).toMatchObject([{ state: "in-use" }]);
    expect([objects(place.room), objects(place.base)]).toEqual(during);
    child.stdin!.end("go on\n");
    await once(child, "close");
    expect([objects(place.room), objects(place.base)]).toEqual([before, []]);
  });

  it("is left alone where nobody can tell whether the run lives", async () => {
    const place = harness.place(user);
    await place.run({ action: "make", ...everything(place) });
    const before = [objects(place.room), objects(place.base)];
    edit(place, (line) => line.replace(/"pidns":"\d+"/, '"pidns":"1"'));
    const replayed = await place.replay();
    expect(replayed).toMatchObject([
      { state: "in-use", actions: [], problems: [{ rule: "journal/elsewhere", severity: "info" }] },
    ]);
    expect([objects(place.room), objects(place.base)]).toEqual(before);
  });

  it("is undone after a restart of the machine, whatever has that number now", async () => {
    const place = harness.place(user);
    const before = objects(place.room);
    await place.run({ action: "make", ...everything(place) });
    // Numbers of devices and namespaces may have changed, too.
    edit(place, (line, index) => {
      if (index > 0) return line.replaceAll(/"dev":"\d+"/g, '"dev":"7"');
      return JSON.stringify({ ...JSON.parse(line), pid: process.pid, boot: "another", pidns: "1" });
    });
    expect(await place.replay()).toMatchObject([{ state: "undone", problems: [] }]);
    expect([objects(place.room), objects(place.base)]).toEqual([before, []]);
  });

  it("is undone when another process has its number", async () => {
    const place = harness.place(user);
    await place.run({ action: "make", ...everything(place) });
    edit(place, (line, index) =>
      index > 0 ? line : JSON.stringify({ ...JSON.parse(line), pid: process.pid, start: "1" }),
    );
    expect(await place.replay()).toMatchObject([{ state: "undone", problems: [] }]);
  });

  describe("does not include", () => {
    const exchanged = [
      [
        "another directory",
        "a/b",
        (path: string) => {
          renameSync(path, `${path}-away`);
          mkdirSync(path);
        },
      ],
      [
        "a file in place of a directory",
        "a/b",
        (path: string) => {
          rmdirSync(path);
          writeFileSync(path, "");
        },
      ],
      [
        "a link",
        "a/b",
        (path: string) => {
          rmdirSync(path);
          symlinkSync("/", path);
        },
      ],
      [
        "another file",
        "f",
        (path: string) => {
          renameSync(path, `${path}-away`);
          writeFileSync(path, "");
        },
      ],
    ] as const;
    it.each(exchanged)("%s of the same name", async (_, name, exchange) => {
      const place = harness.place(user);
      const path = join(place.room, name);
      const steps = [
        mountPoint(join(place.room, "a/b"), "directory"),
        mountPoint(join(place.room, "f"), "file"),
        mountPoint(join(place.room, "last"), "file"),
      ];
      await place.run({ action: "make", steps });
      exchange(path);
      const before = objects(place.room).filter((line) => line.startsWith(`${name} `));
      const expected = [{ rule: "journal/not-the-same", severity: "warning", line: 7, data: { path } }];
      const { result } = await place.run({ action: "dry-run" });
      expect((result as Replayed[])[0]?.problems.slice(0, 1)).toMatchObject(expected);
      const replayed = await place.replay();
      // What is named after it is in the directory that was to go.
      expect(replayed[0]?.problems.filter(({ data }) => data.path === path)).toMatchObject(expected);
      expect(objects(place.room)).toEqual(expect.arrayContaining(before));
      expect(existsSync(join(place.room, "last"))).toBe(false);
      // It was told; nobody has to hear it again.
      expect(await place.replay()).toEqual([]);
    });

    it("a directory that got the number of the one that was removed", async () => {
      const place = harness.place(user);
      const path = join(place.room, "point");
      await place.run({ action: "make", steps: [mountPoint(path, "directory")] });
      const { ino } = lstatSync(path);
      const made = lstatSync(path, { bigint: true });
      edit(place, (line) => line.replace(`"born":"${made.birthtimeNs}"`, `"born":"${made.birthtimeNs - 5_000_000n}"`));
      expect(rulesOf(await place.replay())).toEqual(["journal/not-the-same"]);
      expect(lstatSync(path).ino).toBe(ino);
    });

    it.each([
      ["directory", (path: string) => writeFileSync(join(path, "x"), "mine")],
      [
        "file",
        (path: string) => {
          chmodSync(path, 0o644);
          writeFileSync(path, "mine");
        },
      ],
    ] as const)("a %s that is no longer empty", async (type, fill) => {
      const place = harness.place(user);
      const path = join(place.room, "point");
      await place.run({ action: "make", steps: [mountPoint(path, type)] });
      fill(path);
      const isDirectory = type === "directory";
      const problem = { rule: "journal/not-empty", data: { path, isDirectory } };
      expect((await place.run({ action: "dry-run" })).result).toMatchObject([{ problems: [problem] }]);
      const replayed = await place.replay();
      expect(replayed).toMatchObject([{ state: "undone", problems: [problem] }]);
      expect(replayed[0]?.problems[0]?.help).toContain(isDirectory ? "`rmdir " : "`rm ");
      expect(existsSync(path)).toBe(true);
      expect(readdirSync(place.base)).toEqual([]);
    });

    it("anything behind a link", async () => {
      const place = harness.place(user);
      const [a, victim] = [join(place.room, "a"), join(place.room, "victim")];
      await place.run({ action: "make", steps: [mountPoint(join(a, "b"), "directory")] });
      renameSync(a, victim);
      symlinkSync(victim, a);
      expect(rulesOf(await place.replay())).toEqual(["journal/link", "journal/not-the-same"]);
      expect(existsSync(join(victim, "b"))).toBe(true);
    });

    it("a word about what is in a directory that is gone", async () => {
      const place = harness.place(user);
      const a = join(place.room, "a");
      await place.run({ action: "make", steps: [mountPoint(join(a, "b"), "directory")] });
      renameSync(a, join(place.room, "away"));
      expect(await place.replay()).toMatchObject([{ state: "undone", problems: [] }]);
      await place.run({ action: "make", steps: [mountPoint(join(a, "b"), "directory")] });
      renameSync(a, join(place.room, "away too"));
      writeFileSync(a, "");
      expect((await place.replay())[0]?.problems).toMatchObject([{ rule: "journal/not-the-same", data: { path: a } }]);
    });

    it("what stands where the run was about to make something and may be somebody else's", async () => {
      const place = harness.place(user);
      const path = join(place.room, "point");
      // Killed instead of mkdir(2): the intent is on record, and nothing was made.
      const { changes = 0 } = await harness.place(user).run({ action: "make-and-undo", steps: [scratch("s")] });
      const dieAt = await deathBeforeMaking(place, path, changes);
      expect(dieAt).toBeDefined();
      mkdirSync(path);
      place.own(path);
      edit(place, (line) => line.replace(/"time":(\d+)/, (_, time) => `"time":${Number(time) - 3_600_000}`));
      expect(await place.replay()).toMatchObject([
        { state: "undone", problems: [{ rule: "journal/not-sure", data: { path, isDirectory: true } }] },
      ]);
      expect(existsSync(path)).toBe(true);
    });

    it("what stands in another directory than that in which the run was about to make it", async () => {
      const place = harness.place(user);
      const parent = join(place.room, "empty");
      const path = join(parent, "point");
      expect(await deathBeforeMaking(place, path, 20)).toBeDefined();
      renameSync(parent, `${parent}-away`);
      mkdirSync(path, { recursive: true });
      place.own(path);
      expect(rulesOf(await place.replay())).toEqual(["journal/not-sure"]);
    });

    it.runIf(user === "ordinary" && process.getuid?.() === 0)("what another user has made there", async () => {
      const place = harness.place(user);
      const path = join(place.room, "point");
      expect(await deathBeforeMaking(place, path, 20)).toBeDefined();
      mkdirSync(path);
      expect(rulesOf(await place.replay())).toEqual(["journal/not-sure"]);
      expect(existsSync(path)).toBe(true);
    });
  });

  it("includes what it was about to make under a name of its own, whatever the clock says", async () => {
    const place = harness.place(user);
    const old = join(place.room, "old");
    const { changes = 0 } = await harness.place(user).run({ action: "make-and-undo", steps: [scratch("s")] });
    for (const dieAt of upTo(changes)) {
      await place.run({ action: "make", steps: [scratch("s", old)], dieAt });
      const isNoted = journalIn(place).lines.some((line) => line.startsWith('{"made"'));
      if (!isNoted && readdirSync(old).length > 1) break;
      await place.replay();
    }
    expect(readdirSync(old)).toHaveLength(2);
    edit(place, (line) => line.replace(/"time":(\d+)/, (_, time) => `"time":${Number(time) - 3_600_000}`));
    expect(await place.replay()).toMatchObject([{ state: "undone", problems: [] }]);
    expect(readdirSync(old)).toEqual(["kept"]);
  });

  it("waits until nothing is mounted in the run directory", async () => {
    const place = harness.place(user);
    const before = objects(place.room);
    await place.run({ action: "make", ...everything(place) });
    const { directory } = journalIn(place);
    // Seen from another mount namespace, something is.
    const elsewhere = [bwrap, "--dev-bind", "/", "/", "--tmpfs", join(directory, "also"), "--"];
    const { result } = await place.run({ action: "replay" }, elsewhere);
    expect(result).toMatchObject([
      { state: "undone", problems: [{ rule: "journal/not-removed", data: { reason: "something is mounted there" } }] },
    ]);
    expect(readdirSync(directory)).toContain("journal");
    expect(await place.replay()).toMatchObject([{ state: "undone", problems: [] }]);
    expect([objects(place.room), objects(place.base)]).toEqual([before, []]);
  });

  it("waits for the sandbox's first process, which it ends", async () => {
    const place = harness.place(user);
    const sleeper = sleepAs(place);
    const stranger = sleepAs(place);
    await Promise.all([once(sleeper, "spawn"), once(stranger, "spawn")]);
    const { pid = 0 } = sleeper;
    const steps = [mountPoint(join(place.room, "point"), "directory")];
    await place.run({ action: "make", steps, processes: [pid, stranger.pid ?? 0] });
    // The other one's number was given to somebody else meanwhile.
    edit(place, (line) => line.replace(RegExp(`("process":${stranger.pid},"start":)"\\d+"`), '$1"1"'));
    expect((await place.run({ action: "dry-run" })).result).toMatchObject([
      { actions: [{ kind: "end-process", path: `/proc/${pid}` }, {}, {}] },
    ]);
    expect([sleeper.exitCode, sleeper.signalCode]).toEqual([null, null]);
    const ended = once(sleeper, "exit");
    const replayed = await place.replay();
    expect(replayed[0]?.actions[0]).toEqual({ kind: "end-process", path: `/proc/${pid}` });
    expect(await ended).toEqual([null, "SIGKILL"]);
    expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
    stranger.kill();
    await once(stranger, "exit");
  });

  it("stays on record while it can't be removed", async () => {
    const place = harness.place(user);
    const [path, rest] = [join(place.room, "old/p/q"), join(place.room, "rest")];
    await place.run({ action: "make", steps: [mountPoint(path, "directory"), mountPoint(rest, "file")] });
    const replayed = await place.replay({ locked: "q" });
    expect(rulesOf(replayed)).toEqual(["journal/not-removed", "journal/not-removed"]);
    expect(replayed[0]?.problems.map(({ data }) => data.path)).toEqual([path, dirname(path)]);
    expect([existsSync(path), existsSync(rest)]).toEqual([true, false]);
    expect(await place.replay()).toMatchObject([{ state: "undone", problems: [] }]);
    expect([existsSync(dirname(path)), readdirSync(place.base)]).toEqual([false, []]);
  });

  describe("is believed only as far as it can be right:", () => {
    const hostile: readonly (readonly [string, (place: RunPlace) => (line: string, index: number) => string])[] = [
      ["garbage", () => (line, index) => (index === 2 ? "garbage" : line)],
      ["a number in place of a record", () => (line, index) => (index === 1 ? "7" : line)],
      ["no owner", () => (line, index) => (index === 0 ? '{"version":1}' : line)],
      ["another version", () => (line) => line.replace('"version":1', '"version":2')],
      ["`..` in a path", (p) => (line) => line.replace(`${p.room}/point`, `${p.room}/point/../old`)],
      ["a relative path", (p) => (line) => line.replace(`${p.room}/point`, "point")],
      ["the root directory", (p) => (line) => line.replace(`${p.room}/point`, "/")],
      ["a whole tree that no run makes", () => (line) => line.replace("remove-empty", "remove-tree")],
      ["a tree of files", () => (line) => line.replace("remove-empty", "remove-tree").replace("directory", "file")],
      ["an unknown inverse", () => (line) => line.replace("remove-empty", "remove-all")],
      ["a device's number that is none", () => (line) => line.replace(/"dev":"\d+"/, '"dev":"-1"')],
      ["an intent twice", () => (line, index) => (index === 2 ? line.replace("made", "intent") : line)],
      ["a second owner", () => (line, index) => (index === 2 ? '{"version":1}' : line)],
      ["something made without an intent", () => (line) => line.replace('"made":1', '"made":2')],
      ["the first process of all", () => (line, index) => (index === 2 ? '{"process":1,"start":"1"}' : line)],
      ["every process", () => (line, index) => (index === 2 ? '{"process":-1,"start":"1"}' : line)],
    ];
    it.each(hostile)("%s", async (_, change) => {
      const place = harness.place(user);
      await place.run({ action: "make", steps: [mountPoint(join(place.room, "point"), "directory")] });
      edit(place, change(place));
      const before = [objects(place.room), objects(place.base)];
      for (const action of ["dry-run", "replay"] as const) {
        const { result } = await place.run({ action });
        expect(result).toMatchObject([
          { state: "unreadable", actions: [], problems: [{ rule: "journal/unreadable" }] },
        ]);
        expect([objects(place.room), objects(place.base)]).toEqual(before);
      }
    });

    it.each([
      [
        "a link",
        (file: string) => {
          renameSync(file, `${file}.away`);
          symlinkSync(`${file}.away`, file);
        },
      ],
      [
        "a directory",
        (file: string) => {
          unlinkSync(file);
          mkdirSync(file);
        },
      ],
      ["open to others", (file: string) => chmodSync(file, 0o666)],
    ])("a journal that is %s", async (_, change) => {
      const place = harness.place(user);
      await place.run({ action: "make", steps: [mountPoint(join(place.room, "point"), "directory")] });
      change(journalIn(place).file);
      expect(statesOf(await place.replay())).toEqual(["unreadable"]);
      expect(existsSync(join(place.room, "point"))).toBe(true);
    });

    it("a directory that is not one of its own", async () => {
      const place = harness.place(user);
      await place.run({ action: "make", steps: [mountPoint(join(place.room, "point"), "directory")] });
      // It says what it is, but not that it is empty.
      const { ino, dev, birthtimeNs } = lstatSync(join(place.room, "old"), { bigint: true });
      edit(place, (line) => {
        if (line.startsWith('{"intent":1')) return line.replace(`${place.room}/point`, `${place.room}/old`);
        return line.startsWith('{"made":1')
          ? JSON.stringify({ made: 1, dev: String(dev), ino: String(ino), born: String(birthtimeNs) })
          : line;
      });
      expect(rulesOf(await place.replay())).toEqual(["journal/not-empty"]);
      expect(existsSync(join(place.room, "old/kept"))).toBe(true);
    });
  });

  it("is told from what is no run directory of the user's", async () => {
    const place = harness.place(user);
    const before = objects(place.room);
    await place.run({ action: "make", ...everything(place) });
    const make = (name: string, mode: number) => {
      const path = join(place.base, name);
      mkdirSync(path);
      chmodSync(path, mode);
      return place.own(path);
    };
    writeFileSync(join(make("run-other", 0o700), "x"), "");
    make("run-open", 0o755);
    symlinkSync(place.room, join(place.base, "run-link"));
    writeFileSync(join(place.base, "run-file"), "");
    make("something", 0o700);
    const replayed = await place.replay();
    const states = Object.fromEntries(replayed.map(({ directory, state }) => [directory.slice(-10), state]));
    expect(Object.values(states).sort()).toEqual(["foreign", "foreign", "foreign", "foreign", "undone"]);
    expect(readdirSync(place.base).sort()).toEqual(["run-file", "run-link", "run-open", "run-other", "something"]);
    expect(objects(place.room)).toEqual(before);
  });

  it("is not looked for where others can write", async () => {
    const place = harness.place(user);
    await place.run({ action: "make", ...everything(place) });
    chmodSync(place.base, 0o777);
    const before = [objects(place.room), objects(place.base)];
    expect(await place.replay()).toMatchObject([
      { directory: place.base, state: "foreign", problems: [{ rule: "execute/run-directory" }] },
    ]);
    expect([objects(place.room), objects(place.base)]).toEqual(before);
  });

  it("can be an empty directory, or one whose journal has no first line yet", async () => {
    const place = harness.place(user);
    await place.run({ action: "make-and-undo", ...everything(place) });
    for (const name of ["run-aaaaaa", "run-bbbbbb"]) {
      mkdirSync(join(place.base, name), { mode: 0o700 });
      place.own(join(place.base, name));
    }
    writeFileSync(join(place.base, "run-bbbbbb/journal.new"), "{");
    expect((await place.run({ action: "dry-run" })).result).toMatchObject([{ state: "would-undo" }, {}]);
    expect(readdirSync(place.base)).toHaveLength(2);
    expect(statesOf(await place.replay())).toEqual(["undone", "undone"]);
    expect(readdirSync(place.base)).toEqual([]);
  });
});

describe.runIf(process.getuid?.() === 0)("as root", () => {
  it("leaves the run directories of other users alone", async () => {
    const [mine, theirs] = [harness.place("root"), harness.place("ordinary")];
    await theirs.run({ action: "make", ...everything(theirs) });
    const before = [objects(theirs.room), objects(theirs.base)];
    // As with sudo(8), which can keep the variable; or with one that was planted among root's own.
    expect((await mine.run({ action: "replay" })).result).toEqual([]);
    mkdirSync(mine.base, { mode: 0o700 });
    const { directory } = journalIn(theirs);
    const planted = join(mine.base, "run-planted");
    renameSync(directory, planted);
    expect(await mine.replay()).toMatchObject([{ directory: planted, state: "foreign" }]);
    renameSync(planted, directory);
    chownSync(directory, 0, 0);
    renameSync(directory, planted);
    expect(await mine.replay()).toMatchObject([{ directory: planted, state: "unreadable" }]);
    renameSync(planted, directory);
    chownSync(directory, theirs.uid, theirs.uid);
    expect([objects(theirs.room), objects(theirs.base)]).toEqual(before);
    expect(statesOf(await theirs.replay())).toEqual(["undone"]);
  });
});

/** Kills a run just before it makes a mount point; tells at which change that was. */
async function deathBeforeMaking(place: RunPlace, path: string, changes: number): Promise<number | undefined> {
  for (const dieAt of upTo(changes)) {
    await place.run({ action: "make", steps: [mountPoint(path, "directory")], dieAt });
    if (journalIn(place).lines.some((line) => line.startsWith('{"intent"')) && !existsSync(path)) return dieAt;
    await place.replay();
  }
  return undefined;
}

function sleepAs({ uid }: RunPlace): ChildProcess {
  return spawn("sleep", ["1000"], { stdio: "ignore", uid, gid: uid });
}
