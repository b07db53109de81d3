import { spawn } from "node:child_process";
import { once } from "node:events";
import fs, {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createJournal, type Journal } from "../../src/execute/journal.ts";
import { type JournalRecord, journalLine, parseJournal } from "../../src/execute/journal-file.ts";
import { isSame } from "../../src/execute/made.ts";
import { judge, ownIdentity, startOf } from "../../src/execute/process-identity.ts";
import { replayJournals } from "../../src/execute/replay.ts";
import type { UndoKind } from "../../src/execute/undo.ts";

const spot = { file: "/p/.sandbox.yml", line: 7, column: 3 };
const seen = (path: string) => lstatSync(path, { bigint: true });

let directory: string;
let env: { readonly XDG_RUNTIME_DIR: string };
let room: string;
let base: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sbx-journal-"));
  const runtime = join(directory, "runtime");
  mkdirSync(runtime, { mode: 0o700 });
  env = { XDG_RUNTIME_DIR: runtime };
  base = join(runtime, "sbx");
  room = join(directory, "room");
  mkdirSync(room);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The path of a journal's run directory, which it has to have. */
function runDirectory(journal: Journal): string {
  const path = journal.runDirectory();
  if (typeof path !== "string") throw new Error(path.message);
  return path;
}

const textOf = (journal: Journal) => readFileSync(join(runDirectory(journal), "journal"), "utf8");

/** Makes a directory as a step would. */
function make(journal: Journal, path: string, kind: UndoKind = "remove-empty"): string {
  const intent = journal.intend({ kind, path, type: "directory", spot });
  mkdirSync(path);
  intent.made(seen(path));
  return path;
}

/** What another process than the owner of the journals finds here: these tests are in the owner's. */
async function replayAsAnother(): Promise<Awaited<ReturnType<typeof replayJournals>>> {
  for (const name of readdirSync(base)) {
    const file = join(base, name, "journal");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"start":"\d+"/, '"start":"1"'));
  }
  return replayJournals(env, { dryRun: false });
}

describe("a journal", () => {
  it("touches no file as long as nothing is made", async () => {
    const journal = createJournal(env);
    journal.holdSandbox(process.pid);
    expect(journal.isEmpty).toBe(true);
    expect(await journal.undo()).toEqual([]);
    expect(readdirSync(directory, { recursive: true }).sort()).toEqual(["room", "runtime"]);
  });

  it("has an intent on disk before anything is made, and the object afterwards", () => {
    const journal = createJournal(env);
    const path = join(room, "a");
    const intent = journal.intend({ kind: "remove-empty", path, type: "directory", spot });
    const parent = seen(room);
    const [owner = "", intended = ""] = textOf(journal).split("\n");
    expect(JSON.parse(owner)).toEqual({ version: 1, ...ownIdentity() });
    expect(JSON.parse(intended)).toEqual({
      intent: 1,
      kind: "remove-empty",
      path,
      type: "directory",
      time: expect.closeTo(Date.now(), -5),
      parent: { dev: String(parent.dev), ino: String(parent.ino), born: String(parent.birthtimeNs) },
      spot,
    });
    expect([existsSync(path), journal.isEmpty]).toEqual([false, false]);
    mkdirSync(path);
    const { dev, ino, birthtimeNs } = seen(path);
    intent.made(seen(path));
    const made = { made: 1, dev: String(dev), ino: String(ino), born: String(birthtimeNs) };
    expect(JSON.parse(textOf(journal).split("\n")[2] ?? "")).toEqual(made);
  });

  it("lies in a directory of the run's own, which nobody else can enter", () => {
    const path = runDirectory(createJournal(env));
    expect(path).toMatch(RegExp(`^${base}/run-\\w{6}$`));
    expect([lstatSync(path).mode & 0o7777, lstatSync(join(path, "journal")).mode & 0o7777]).toEqual([0o700, 0o600]);
    expect(readdirSync(path)).toEqual(["journal"]);
  });

  it("undoes everything in reverse, with what else is in the run directory, and is gone then", async () => {
    const journal = createJournal(env);
    const run = runDirectory(journal);
    make(journal, join(room, "a"));
    make(journal, join(room, "a/b"));
    const scratch = make(journal, join(room, journal.freshName()), "remove-tree");
    writeFileSync(join(scratch, "x"), "");
    writeFileSync(join(run, "of-somebody-else"), "");
    mkdirSync(join(run, "too/too"), { recursive: true });
    expect(await journal.undo()).toEqual([]);
    expect([readdirSync(room), readdirSync(base)]).toEqual([[], []]);
    expect([journal.isEmpty, await journal.undo()]).toEqual([true, []]);
  });

  it("forgets what was not made after all", async () => {
    const journal = createJournal(env);
    const path = join(room, "a");
    const intent = journal.intend({ kind: "remove-empty", path, type: "directory", spot });
    mkdirSync(path);
    intent.dropped();
    expect(await journal.undo()).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });

  it("undoes what nobody came to say was made, when it can only be that", async () => {
    const journal = createJournal(env);
    for (const [name, type] of [["a", "directory"] as const, ["b", "file"] as const]) {
      journal.intend({ kind: "remove-empty", path: join(room, name), type, spot });
    }
    mkdirSync(join(room, "a"));
    writeFileSync(join(room, "b"), "not empty");
    expect(await journal.undo()).toMatchObject([
      { rule: "execute/left-behind", data: { path: join(room, "b"), why: "it is no longer empty" } },
    ]);
    expect(readdirSync(room)).toEqual(["b"]);
  });

  it("removes what nobody came to say was made only when it is empty", async () => {
    const journal = createJournal(env);
    const path = join(room, journal.freshName());
    journal.intend({ kind: "remove-tree", path, type: "directory", spot });
    mkdirSync(join(path, "inner"), { recursive: true });
    expect(await journal.undo()).toMatchObject([{ data: { path, why: "it is no longer empty" } }]);
    expect(readdirSync(path)).toEqual(["inner"]);
  });

  it("leaves a directory alone that was put in place of the run directory", async () => {
    const journal = createJournal(env);
    const run = runDirectory(journal);
    fs.renameSync(run, `${run}-away`);
    mkdirSync(join(run, "x"), { recursive: true });
    expect(await journal.undo()).toMatchObject([{ rule: "execute/not-removed", data: { path: run } }]);
    expect(readdirSync(run)).toEqual(["x"]);
  });

  it("tells what is no longer the same, at the place that asked for it", async () => {
    const journal = createJournal(env);
    const path = make(journal, join(room, "a"));
    make(journal, join(room, "b"));
    fs.renameSync(path, join(room, "away"));
    mkdirSync(path);
    expect(await journal.undo()).toMatchObject([
      { rule: "execute/left-behind", ...spot, data: { path, why: "something else stands there now" } },
    ]);
    expect(readdirSync(room).sort()).toEqual(["a", "away"]);
    expect(readdirSync(base)).toEqual([]);
  });

  it("stays when something can't be removed for now, for this process and others to try again", async () => {
    const journal = createJournal(env);
    make(journal, join(room, "a"));
    make(journal, join(room, "a/b"));
    make(journal, join(room, "c"));
    fs.renameSync(make(journal, join(room, "d")), join(room, "away"));
    mkdirSync(join(room, "d"));
    const restore = refuse("rmdirSync", "/b", "EBUSY");
    try {
      expect(await journal.undo()).toMatchObject([
        { rule: "execute/left-behind", data: { path: join(room, "d") } },
        { rule: "execute/not-removed", data: { path: join(room, "a/b") } },
        { rule: "execute/not-removed", data: { path: join(room, "a"), reason: `${join(room, "a/b")} is still in it` } },
      ]);
      const inVain = { state: "undone", problems: ["a/b", "a"].map((name) => ({ data: { path: join(room, name) } })) };
      expect(await replayJournals(env, { dryRun: false })).toMatchObject([inVain]);
    } finally {
      restore();
    }
    expect(readdirSync(room, { recursive: true }).sort()).toEqual(["a", "a/b", "away", "d"]);
    // Two at a time in one process: one undoes, the other one sees it.
    const both = [1, 2].map(() => replayJournals(env, { dryRun: false }));
    expect((await Promise.all(both)).flat()).toMatchObject([
      { state: "undone", problems: [] },
      { state: "in-use", actions: [] },
    ]);
    expect([readdirSync(room).sort(), readdirSync(base)]).toEqual([["away", "d"], []]);
  });

  it("is made again when somebody takes its directory away before it is complete", () => {
    const journal = createJournal(env);
    let taken = 0;
    const { renameSync } = fs;
    fs.renameSync = (from, to) => {
      if (taken++ < 3) rmSync(join(base, readdirSync(base)[0] ?? ""), { recursive: true });
      renameSync(from, to);
    };
    syncBuiltinESMExports();
    try {
      expect(readdirSync(runDirectory(journal))).toEqual(["journal"]);
    } finally {
      fs.renameSync = renameSync;
      syncBuiltinESMExports();
    }
    expect([readdirSync(base).length, taken]).toEqual([1, 4]);
  });

  it("keeps anything from being made while it can't be written, and has no half record then", async () => {
    const journal = createJournal(env);
    make(journal, join(room, "a"));
    const before = textOf(journal);
    const { writeSync } = fs;
    // A full disk takes what it has room for, and then nothing.
    let space = 10;
    fs.writeSync = (fd: number, bytes: string | NodeJS.ArrayBufferView, offset?: number | null) => {
      if (space === 0 || typeof bytes === "string") {
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
      }
      const length = Math.min(space, bytes.byteLength - (offset ?? 0));
      space -= length;
      return writeSync(fd, bytes, offset ?? 0, length);
    };
    syncBuiltinESMExports();
    try {
      const path = join(room, "b");
      expect(() => journal.intend({ kind: "remove-empty", path, type: "directory", spot })).toThrow("ENOSPC");
    } finally {
      fs.writeSync = writeSync;
      syncBuiltinESMExports();
    }
    expect(textOf(journal)).toBe(before);
    make(journal, join(room, "c"));
    expect(await journal.undo()).toEqual([]);
    expect(readdirSync(room)).toEqual([]);
  });

  it("gives names that nobody has used", () => {
    const [one, other] = [createJournal(env), createJournal(env)];
    const names = [one.freshName(), one.freshName(), other.freshName()];
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^sbx-\w{6}-\d$/);
  });

  it.each([
    ["remove-tree", "elsewhere"],
    ["remove-tree", "sbx-other1-1"],
    ["remove-empty", "a/../b"],
  ] as const)("takes no order that a replay would not believe: %s of %s", (kind, name) => {
    const journal = createJournal(env);
    const path = `${room}/${name}`;
    expect(() => journal.intend({ kind, path, type: "directory", spot })).toThrow("not a thing that a run may undo");
    expect(textOf(journal).split("\n")).toHaveLength(2);
  });

  it("is a problem, not a mess, where the run base is not the user's alone", () => {
    mkdirSync(base);
    chmodSync(base, 0o755);
    const journal = createJournal(env);
    expect(journal.runDirectory()).toMatchObject({ rule: "execute/run-directory" });
    const path = join(room, "a");
    expect(() => journal.intend({ kind: "remove-empty", path, type: "directory", spot })).toThrow("its mode is 755");
    expect(journal.isEmpty).toBe(true);
  });

  it.each(["before", "after"])("notes the sandbox's processes %s it is on disk", async (when) => {
    const journal = createJournal(env);
    const sleeper = spawn("sleep", ["1000"], { stdio: "ignore" });
    await once(sleeper, "spawn");
    const { pid = 0 } = sleeper;
    if (when === "before") journal.holdSandbox(pid);
    make(journal, join(room, "a"));
    if (when === "after") journal.holdSandbox(pid);
    // One that is gone is not noted: its number may be anybody's soon.
    journal.holdSandbox(2 ** 22 + 1);
    expect(textOf(journal).match(/"process".*/g)).toEqual([`"process":${pid},"start":"${startOf(pid)}"}`]);
    const ended = once(sleeper, "exit");
    expect(await replayAsAnother()).toMatchObject([{ state: "undone", problems: [] }]);
    expect(await ended).toEqual([null, "SIGKILL"]);
    expect(startOf(pid)).toBeUndefined();
  });

  it("is nobody else's while this process lives", async () => {
    const journal = createJournal(env);
    make(journal, join(room, "a"));
    expect(await replayJournals(env, { dryRun: false })).toMatchObject([{ state: "in-use", problems: [] }]);
    expect(await journal.undo()).toEqual([]);
  });
});

describe("a journal's text", () => {
  const run = "/run/sbx/run-AbCdEf";
  const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const identity = fc
    .record({ dev: number, ino: number, born: fc.option(number, { nil: undefined }) })
    .map(({ born, ...rest }) => (born === undefined ? rest : { ...rest, born }));
  const name = fc.string({ unit: "binary", minLength: 1 }).map((text) => text.replace(/[/\0]|^\.+$/g, "_"));
  const undo = fc.record({
    kind: fc.constant("remove-empty" as const),
    path: fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join("/")}`),
    type: fc.constantFrom("directory" as const, "file" as const, "fifo" as const),
    spot: fc.record({ file: fc.string(), line: fc.nat(), column: fc.nat() }),
    parent: fc.option(identity, { nil: undefined }),
    time: fc.integer({ min: 1 }),
    made: fc.option(identity, { nil: undefined }),
  });
  const digits = fc.nat().map(String);
  const owner = fc.record({
    pid: fc.integer({ min: 2, max: 2 ** 22 }),
    start: digits,
    boot: fc.uuid(),
    pidns: digits,
    timens: digits,
  });

  it("says what was written, and nothing of what was dropped or settled", () => {
    fc.assert(
      fc.property(
        owner,
        fc.array(fc.tuple(undo, fc.constantFrom("open", "dropped", "settled"))),
        fc.array(fc.record({ pid: fc.integer({ min: 2 }), start: digits })),
        fc.boolean(),
        (who, undos, processes, ended) => {
          const records: JournalRecord[] = [{ is: "owner", owner: who }];
          undos.forEach(([{ made, ...rest }, fate], index) => {
            const number = index + 1;
            records.push({ is: "intent", number, undo: rest });
            if (made) records.push({ is: "made", number, made });
            if (fate === "dropped" || fate === "settled") records.push({ is: fate, number });
          });
          records.push(...processes.map((process) => ({ is: "process", ...process }) as const));
          if (ended) records.push({ is: "ended" });
          const bytes = Buffer.from(records.map(journalLine).join(""));
          const open = undos.flatMap(([each, fate], index) =>
            fate === "open" ? [{ number: index + 1, undo: each }] : [],
          );
          expect(parseJournal(bytes, run)).toEqual({ owner: who, ended, processes, open, length: bytes.length });
          return true;
        },
      ),
    );
  });

  const lines = [
    { is: "owner", owner: { pid: 7, start: "1", boot: "b", pidns: "1", timens: "" } },
    {
      is: "intent",
      number: 1,
      undo: { kind: "remove-empty", path: "/a", type: "file", spot, parent: undefined, time: 1 },
    },
    { is: "made", number: 1, made: { dev: 1n, ino: 2n } },
  ] as const satisfies readonly JournalRecord[];
  const whole = lines.map(journalLine).join("");

  it("can end anywhere in its last line", () => {
    const last = whole.lastIndexOf("\n", whole.length - 2) + 1;
    for (let end = last; end < whole.length; end++) {
      const content = parseJournal(Buffer.from(whole.slice(0, end)), run);
      expect(content).toMatchObject({ open: [{ number: 1, undo: { made: undefined } }], length: last });
    }
    expect(parseJournal(Buffer.from(whole), run)).toMatchObject({ open: [{ undo: { made: { ino: 2n } } }] });
  });

  it("is broken by anything else that is cut or changed", () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 2), fc.string({ unit: "binary" }), (at, text) => {
        const rest = whole.slice(at + 1);
        // A line that is complete has been tampered with, unless the change means the same.
        const content = parseJournal(Buffer.from(whole.slice(0, at) + text + rest), run);
        if ("broken" in content) return true;
        return content.open.every(({ undo: { kind, path, type } }) => {
          return kind === "remove-empty" && path.startsWith("/") && ["directory", "file", "fifo"].includes(type);
        });
      }),
    );
    for (const text of ["", "\n", "{}\n", `${whole}\n`, whole.slice(1), `\n${whole}`, whole.replace("}\n", "\n")]) {
      expect(parseJournal(Buffer.from(text), run)).toHaveProperty("broken");
    }
  });

  it("is read whatever anybody puts there", () => {
    fc.assert(
      fc.property(fc.array(fc.json()), (values) => {
        const content = parseJournal(
          Buffer.from(journalLine(lines[0]) + values.map((value) => `${value}\n`).join("")),
          run,
        );
        return values.length === 0 || "broken" in content;
      }),
    );
  });
});

describe("a process", () => {
  const self = ownIdentity();
  it.each([
    ["alive", self],
    ["dead", { ...self, start: "1" }],
    ["dead", { ...self, pid: 2 ** 22 + 1 }],
    ["before-boot", { ...self, boot: "another", pidns: "1" }],
    ["elsewhere", { ...self, pidns: "1" }],
    ["elsewhere", { ...self, timens: "1" }],
  ] as const)("is judged: %s", (verdict, noted) => {
    expect(judge(noted, self)).toBe(verdict);
  });

  it("is dead when only its number is left", async () => {
    const script = "sleep 1000 & echo $!; exec sleep 1000";
    const parent = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
    const [said] = await once(parent.stdout, "data");
    const pid = Number(String(said));
    const until = async (file: string, pattern: RegExp) => {
      while (!pattern.test(readFileSync(file, "utf8"))) await new Promise((resolve) => setTimeout(resolve, 2));
    };
    // What the shell becomes never asks for the child that the shell had.
    await until(`/proc/${parent.pid}/comm`, /sleep/);
    process.kill(pid, "SIGKILL");
    await until(`/proc/${pid}/stat`, /\) Z /);
    const start = /\) .*/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[0].split(" ")[20] ?? "";
    expect(judge({ ...self, pid, start }, self)).toBe("dead");
    parent.kill();
    await once(parent, "exit");
  });
});

describe("an object", () => {
  const one = { dev: 1n, ino: 2n, born: 3n };
  it.each([
    [true, "the same", one, true],
    [false, "another number", { ...one, ino: 9n }, true],
    [false, "the same number again", { ...one, born: 9n }, true],
    [false, "another device", { ...one, dev: 9n }, true],
    [true, "another device after a restart", { ...one, dev: 9n }, false],
    [false, "another device after a restart, its birth unknown", { dev: 9n, ino: 2n }, false],
    [true, "its birth unknown", { dev: 1n, ino: 2n }, true],
  ] as const)("is the same (%s): %s", (expected, _, other, sameBoot) => {
    expect(isSame(one, other, sameBoot)).toBe(expected);
  });
});

/** Parents below which this user can make control groups, of each version one. */
const cgroups = writableCgroups();
if (cgroups.length === 0) process.stderr.write("SKIPPED in journal.test.ts: no control group can be made here\n");

describe.each(cgroups)("a control group below %s", (parent, version) => {
  let journal: Journal;
  let group: string;
  beforeEach(() => {
    journal = createJournal(env);
    group = make(journal, join(parent, journal.freshName()), "remove-cgroup");
  });
  afterEach(() => {
    // Only there when a test has failed.
    for (const path of [join(group, "sandbox/deeper"), join(group, "sandbox"), group]) {
      if (existsSync(path)) rmdirSync(path);
    }
  });

  it("is removed with those in it", async () => {
    mkdirSync(join(group, "sandbox/deeper"), { recursive: true });
    expect(await journal.undo()).toEqual([]);
    expect(existsSync(group)).toBe(false);
  });

  it("is removed while the kernel still counts who was in it", async () => {
    mkdirSync(join(group, "sandbox"));
    const sleeper = spawn("sleep", ["1000"], { stdio: "ignore" });
    await once(sleeper, "spawn");
    writeFileSync(join(group, "sandbox/cgroup.procs"), String(sleeper.pid), { flag: "r+" });
    const ended = once(sleeper, "exit");
    // Version 2 ends it for us.
    if (version === 1) setTimeout(() => sleeper.kill("SIGKILL"), 50);
    expect(await journal.undo()).toEqual([]);
    expect(await ended).toEqual([null, "SIGKILL"]);
    expect(existsSync(group)).toBe(false);
  });

  it("is removed by a replay, and not after a restart", async () => {
    const path = runDirectory(journal);
    const text = textOf(journal);
    writeFileSync(join(path, "journal"), text.replace(/"boot":"[^"]*"/, '"boot":"another"'));
    expect(await replayJournals(env, { dryRun: false })).toMatchObject([
      { state: "undone", actions: [{ kind: "remove-tree", path }], problems: [] },
    ]);
    expect(existsSync(group)).toBe(true);
    mkdirSync(path, { mode: 0o700 });
    writeFileSync(join(path, "journal"), text.replace(/"start":"\d+"/, '"start":"1"'), { mode: 0o600 });
    expect(await replayJournals(env, { dryRun: false })).toMatchObject([
      { state: "undone", actions: [{ kind: "remove-cgroup", path: group }, {}], problems: [] },
    ]);
    expect(existsSync(group)).toBe(false);
  });
});

it("a directory that is no control group is not taken for one", async () => {
  const journal = createJournal(env);
  const path = make(journal, join(room, journal.freshName()), "remove-cgroup");
  mkdirSync(join(path, "inner"));
  expect(await journal.undo()).toMatchObject([{ data: { path, why: "something else stands there now" } }]);
  expect(readdirSync(path)).toEqual(["inner"]);
});

function writableCgroups(): [string, 1 | 2][] {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const found = mounts.flatMap((line): [string, 1 | 2][] => {
    const [, , , , point = ""] = line.split(" ");
    const type = / - (cgroup2?) /.exec(line)?.[1];
    if (type === undefined || !canMakeIn(point)) return [];
    return [[point, type === "cgroup2" ? 2 : 1]];
  });
  return ([1, 2] as const).flatMap((version) => found.filter(([, each]) => each === version).slice(0, 1));
}

function canMakeIn(parent: string): boolean {
  const path = join(parent, `sbx-test-${process.pid}`);
  try {
    mkdirSync(path);
    // Of a cpuset of version 1 nothing can be entered at once.
    const takesProcesses = existsSync(join(path, "cgroup.procs")) && !existsSync(join(path, "cpuset.cpus"));
    rmdirSync(path);
    return takesProcesses;
  } catch {
    return false;
  }
}

/** Makes a function of node:fs fail for a name; gives what puts it back. */
function refuse(name: "rmdirSync", end: string, code: string): () => void {
  const original = fs[name];
  fs[name] = (path, ...rest) => {
    if (String(path).endsWith(end)) throw Object.assign(new Error(`${code}: refused, rmdir`), { code, syscall: name });
    return original(path, ...rest);
  };
  syncBuiltinESMExports();
  return () => {
    fs[name] = original;
    syncBuiltinESMExports();
  };
}
