import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startOf } from "../../src/execute/process-identity.ts";
import { send } from "../../src/execute/processes.ts";
import { GUARD } from "../../src/execute/servers/guarded.ts";
import type { StartApiStep } from "../../src/model/plan.gen.ts";
import { processesWith } from "./harness.ts";
import { createJournalHarness, type JournalHarness, type RunPlace, USERS } from "./journal-harness.ts";
import { ask, createServersHarness, membersOf, type ServersHarness } from "./servers/harness.ts";

let places: JournalHarness;
let harness: ServersHarness;
beforeAll(() => {
  places = createJournalHarness();
  harness = createServersHarness();
});
afterAll(() => {
  harness.remove();
  places.remove();
});

const PYTHON = "/usr/bin/python3";
const origin = { file: "/home/u/.config/sbx/p.yml", line: 7, column: 3, route: ["apis", "metrics"], chain: [] };
let names = 0;
const used: string[] = [];
afterEach(() => {
  // Only what a broken server, guard or launcher of a test of this file left: its name stands among its words.
  for (const pid of used.splice(0).flatMap(processesWith)) send(pid, "SIGKILL");
});
/** A name that no other process on this machine has among its words. */
const freshName = () => {
  const name = `served-${process.pid}-${names++}-`;
  used.push(name);
  return name;
};
const stepOf = (command: readonly string[], change: Partial<StartApiStep> = {}): StartApiStep => {
  const name = change.name ?? freshName();
  return { kind: "start-api", name, command, socket: `{run}/api-${name}`, ready: 3_600_000, origin, ...change };
};
const python = (...words: string[]) => stepOf([PYTHON, harness.python, "{socket}", ...words]);
const shell = (script: string) => stepOf(["/bin/sh", "-c", script, "sh", "{socket}"]);
const until = async (what: () => boolean) => {
  while (!what()) await sleep(2);
};
/** What runs of a server; its guard ends a moment later. */
const serversOf = ({ name }: StartApiStep) => {
  const guards = processesWith(`sbx-guard-${name}`);
  return processesWith(name).filter((pid) => !guards.includes(pid));
};
const runsOf = ({ base }: RunPlace) => (existsSync(base) ? readdirSync(base) : []);

/** Starts one server, with everything as it is to be. */
async function hold(
  place: RunPlace,
  step: StartApiStep,
  options: Partial<Parameters<ServersHarness["start"]>[1]> = {},
) {
  const job = harness.start({ action: "hold", steps: [step] }, { place, ...options });
  return { job, server: await job.next("started") };
}

/** Starts one server that is not to come to anything, and has everything undone. */
async function refused(place: RunPlace, step: StartApiStep) {
  const job = harness.start({ action: "hold", steps: [step] }, { place });
  const { problem } = await job.next("refused");
  // Nothing of it is left before anybody has asked for its end.
  expect(serversOf(step)).toEqual([]);
  job.tell("stop");
  expect(await job.next("undone")).toMatchObject({ problems: [] });
  expect(runsOf(place)).toEqual([]);
  return { problem, stderr: (await job.finished).stderr };
}

describe.each(USERS)("a server, as %s", (user) => {
  it.each(["node", "python"] as const)(
    "in %s answers where it was told to, and is gone when it is stopped",
    async (language) => {
      const place = places.place(user);
      const file = harness[language];
      const step = stepOf([language === "node" ? process.execPath : PYTHON, file, "{socket}"]);
      const { job, server } = await hold(place, step);
      expect(server.path).toMatch(/\/run-\w+\/api-served-[^/]*\/socket$/);
      expect(await ask(server.path)).toMatch(language === "node" ? `"pid":${server.pid},` : "hello\n");
      expect(statSync(join(server.path, "..")).mode & 0o777).toBe(0o700);
      job.tell("stop");
      expect(await job.next("stopped")).toMatchObject({ problems: [] });
      expect(await job.next("undone")).toMatchObject({ problems: [] });
      await job.finished;
      expect(membersOf(server.pid)).toEqual([]);
      expect(runsOf(place)).toEqual([]);
      await until(() => processesWith(step.name).length === 0);
      // Who was stopped has not died.
      expect(job.events.map(({ is }) => is)).toEqual(["started", "stopped", "undone"]);
    },
  );

  it("has the caller's variables, nothing else of the caller's, and says what it says on standard error", async () => {
    const place = places.place(user);
    const secret = openSync(join(place.room, "old/kept"), "r");
    const step = stepOf([process.execPath, harness.node, "{socket}"]);
    // Node closes what it inherited when it starts another program, but looks no further than a gap behind 15.
    const { job, server } = await hold(place, step, { descriptors: { 40: secret }, env: { OF_THE_CALLER: "a b" } });
    closeSync(secret);
    const self = JSON.parse(await ask(server.path));
    const kept = readlinkSync(`/proc/${job.child.pid}/fd/40`);
    expect(kept).toMatch(/\/old\/kept$/);
    expect(Object.values(self.descriptors)).not.toContain(kept);
    expect(self).toMatchObject({ pid: server.pid, session: server.pid, group: server.pid, terminal: 0, cwd: "/" });
    expect(self.descriptors["0"]).toBe("/dev/null");
    expect(self.env).toMatchObject({ OF_THE_CALLER: "a b", ...place.env });
    job.tell("stop");
    // Its words among the events would be no JSON.
    expect((await job.finished).stderr.split("\n").sort()).toEqual([
      "",
      "a word on standard error",
      "a word on standard output",
    ]);
  });

  it("may open its standard error by name, as scripts do", async () => {
    const place = places.place(user);
    const file = join(place.room, "said");
    writeFileSync(file, "");
    place.own(file);
    const said = openSync(file, "a");
    const step = shell(`echo by name >/dev/stderr; exec ${PYTHON} ${harness.python} "$1"`);
    // A file as sbx has it when its own standard error is redirected; a socket, which Node makes, could not be opened.
    const { job } = await hold(place, step, {
      prefix: ["/bin/sh", "-c", 'exec "$@" 2>&9 9>&-', "sh"],
      descriptors: { 9: said },
    });
    closeSync(said);
    job.tell("stop");
    await job.finished;
    expect(readFileSync(file, "utf8")).toBe("by name\n");
  });

  it.each([
    ["exits", "exit 3", { code: 3, signal: null }, "(exit code 3)", /try it: `\/bin\/sh -c /],
    ["is killed", "kill -KILL $$", { code: null, signal: "SIGKILL" }, "(SIGKILL)", /try it: /],
    ["becomes a daemon", "sleep 0.02 & exit 0", { code: 0, signal: null }, "(exit code 0)", /stay in the foreground/],
  ])("that %s before it listens is told at once", async (_, script, end, words, help) => {
    const { problem, stderr } = await refused(places.place(user), shell(`echo I am leaving; ${script}`));
    expect(problem).toMatchObject({ rule: "api/ended-early", line: 7, data: end });
    expect(problem.message).toContain(words);
    expect(problem.help).toMatch(help);
    expect(stderr).toBe("I am leaving\n");
  });

  it.each([
    ["is not there", () => "/nowhere/serve", "does not exist"],
    ["is not executable", () => harness.python, "is not executable"],
    ["is a directory", () => "/usr", "is no regular file"],
    ["has no absolute path", () => "python3", "is no absolute path"],
  ])("whose program %s is not started", async (_, file, why) => {
    const { problem } = await refused(places.place(user), stepOf([file(), "{socket}"]));
    expect(problem).toMatchObject({ rule: "api/program", line: 7, data: { file: file(), why } });
  });

  it("whose program has no interpreter has ended early, with words of the shell", async () => {
    const place = places.place(user);
    const file = join(place.room, "serve");
    writeFileSync(file, "#!/nowhere/interpreter\n", { mode: 0o755 });
    const { problem, stderr } = await refused(place, stepOf([place.own(file), "{socket}"]));
    expect(problem).toMatchObject({ rule: "api/ended-early", data: { code: 127 } });
    expect(stderr).toContain("not found");
  });

  it.each([
    ["makes no socket", () => shell("sleep 1000; :"), "it made no socket "],
    ["makes a file instead", () => shell(': >"$1"; sleep 1000; :'), "nobody accepts connections at "],
    ["never listens", () => python("mute"), "nobody accepts connections at "],
    ["ends only when it must", () => python("mute", "deaf", "parent"), "nobody accepts connections at "],
    ["wants datagrams", () => python("datagram"), " is a socket of another type than SOCK_STREAM"],
  ])("that %s in time is ended and told", async (_, step, why) => {
    const { problem } = await refused(places.place(user), { ...step(), ready: 400 });
    expect(problem).toMatchObject({ rule: "api/not-ready", line: 7, data: { ms: 400 } });
    expect(problem.message).toContain(" within 400ms: ");
    expect(problem.message).toContain(why);
    expect(problem.help).toContain("`ready: 1200ms`");
  });

  it("that was not told of its socket is told so", async () => {
    const name = freshName();
    const step = stepOf(["/bin/sh", "-c", `sleep 1000; : ${name}`], { name, ready: 0 });
    expect((await refused(places.place(user), step)).problem).toMatchObject({
      rule: "api/not-ready",
      help: expect.stringContaining("lacks the word `{socket}`"),
    });
  });

  it("is ready when it listens, however long its socket has been there", async () => {
    const place = places.place(user);
    const go = join(place.room, "go");
    const job = harness.start({ action: "hold", steps: [python(`after=${go}`)] }, { place });
    const socketIn = (run: string) =>
      readdirSync(join(place.base, run), { recursive: true }).some((name) => String(name).endsWith("/socket"));
    await until(() => runsOf(place).some(socketIn));
    await sleep(100);
    expect(job.events).toEqual([]);
    writeFileSync(go, "");
    const { path } = await job.next("started");
    expect(existsSync(`${go}.seen`)).toBe(true);
    expect(await ask(path)).toBe("hello\n");
    job.tell("stop");
    await job.finished;
  });

  it("is not waited for when the run is to end", async () => {
    const place = places.place(user);
    const step = python("mute");
    const job = harness.start({ action: "hold", steps: [step] }, { place });
    await until(() =>
      processesWith(step.name).some((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith(PYTHON)),
    );
    job.tell("hurry");
    expect((await job.next("refused")).problem).toMatchObject({ rule: "api/broken-off", line: 7 });
    expect(serversOf(step)).toEqual([]);
    job.tell("stop");
    await job.finished;
    expect(runsOf(place)).toEqual([]);
  });

  it("is not even begun when the run is to end already", async () => {
    const place = places.place(user);
    const step = shell(`: >${join(place.room, "begun")}; sleep 1000`);
    const job = harness.start({ action: "hold", steps: [step], isHurried: true }, { place });
    expect((await job.next("refused")).problem.rule).toBe("api/broken-off");
    expect([runsOf(place), existsSync(join(place.room, "begun"))]).toEqual([[], false]);
    job.child.kill();
    await job.finished;
  });

  it("has an address of 107 bytes, and is not started with one of 108", async () => {
    const place = places.place(user);
    const mark = freshName();
    const bytes = Buffer.byteLength(`${place.base}/run-123456/api-/socket`);
    const nameOf = (length: number) => mark + "n".repeat(length - bytes - mark.length);
    const begun = join(place.room, "begun");
    const script = `: >>${begun}; exec ${PYTHON} ${harness.python} "$1"`;
    const step = (length: number) => stepOf(["/bin/sh", "-c", script, "sh", "{socket}"], { name: nameOf(length) });
    expect((await refused(place, step(108))).problem).toMatchObject({
      rule: "api/address",
      line: 7,
      data: { bytes: 108, most: 107 },
    });
    expect(existsSync(begun)).toBe(false);
    const { job, server } = await hold(place, step(107));
    expect(await ask(server.path)).toBe("hello\n");
    job.tell("stop");
    await job.finished;
  });

  it.each([
    ["exits", ["leave=5"], { code: 5, signal: null }, "(exit code 5)"],
    ["is killed", [], { code: null, signal: "SIGKILL" }, "(SIGKILL)"],
  ])("that %s later is told, with who asked for it", async (_, words, end, told) => {
    const { job, server } = await hold(places.place(user), python(...words));
    if (end.signal) process.kill(server.pid, "SIGKILL");
    else await ask(server.path);
    const { problem } = await job.next("died");
    expect(problem).toMatchObject({ rule: "api/died", line: 7, data: end });
    expect(problem.message).toContain(told);
    job.tell("stop");
    expect(await job.next("stopped")).toMatchObject({ problems: [] });
    expect(await job.next("undone")).toMatchObject({ problems: [] });
  });

  it("that has just ended when it is stopped has died", async () => {
    const { job } = await hold(places.place(user), python());
    job.tell("kill and stop");
    expect((await job.next("died")).problem).toMatchObject({ rule: "api/died", data: { signal: "SIGKILL" } });
    expect(await job.next("stopped")).toMatchObject({ problems: [] });
  });

  it.each([
    ["has a child", ["parent"]],
    ["is deaf, as is its child", ["deaf", "parent"]],
  ])("that %s is gone when it is stopped, and so is all of its group", async (_, words) => {
    const place = places.place(user);
    const { job, server } = await hold(place, python(...words));
    expect(membersOf(server.pid)).toHaveLength(words.includes("parent") ? 2 : 1);
    job.tell("stop");
    expect(await job.next("stopped")).toMatchObject({ problems: [] });
    expect(membersOf(server.pid)).toEqual([]);
    await job.finished;
    expect(runsOf(place)).toEqual([]);
  });

  it("has the time it needs for an orderly end, its children too", async () => {
    const { job, server } = await hold(places.place(user), python("group"));
    job.tell("stop");
    await job.next("stopped");
    expect(membersOf(server.pid)).toEqual([]);
    expect((await job.finished).stderr).toContain("tidied\n");
  });

  it("that has died leaves no child behind when it is stopped", async () => {
    const { job, server } = await hold(places.place(user), python("deaf", "parent", "leave=0"));
    await ask(server.path);
    await job.next("died");
    expect(membersOf(server.pid)).toHaveLength(1);
    job.tell("stop");
    await job.next("stopped");
    expect(membersOf(server.pid)).toEqual([]);
  });

  it("gives every descriptor back, fifty times", async () => {
    const task = { action: "cycles", steps: [python()], cycles: 50 } as const;
    const job = harness.start(task, { place: places.place(user) });
    expect(await job.next("leaked")).toEqual({ is: "leaked", descriptors: 0 });
  });

  it("is started or told, and never left, however few descriptors there are", async () => {
    const place = places.place(user);
    const step = python();
    const job = harness.start({ action: "squeeze", steps: [step] }, { place, prefix: ["prlimit", "--nofile=80:80"] });
    const { outcomes } = await job.next("squeezed");
    expect(outcomes[0]).toBe("started");
    expect(new Set(outcomes)).toEqual(new Set(["started", "api/not-started", "execute/not-made"]));
    await job.finished;
    expect([runsOf(place), serversOf(step)]).toEqual([[], []]);
  });
});

describe.each(USERS)("SIGKILL of sbx, as %s", (user) => {
  async function leavesNothing(place: RunPlace, step: StartApiStep) {
    await until(() => processesWith(step.name).length === 0);
    await place.replay();
    expect(runsOf(place)).toEqual([]);
  }

  it("at any moment leaves no process, no socket and no directory", async () => {
    const whole = harness.start({ action: "start-and-stop", steps: [python()] }, { place: places.place(user) });
    await whole.finished;
    const counted = whole.events.at(-1);
    const count = counted?.is === "moments" ? counted.count : 0;
    expect(count).toBeGreaterThan(20);
    const dying = async (dieAt: number) => {
      const place = places.place(user);
      const step = python();
      const job = harness.start({ action: "start-and-stop", steps: [step], dieAt }, { place });
      expect([dieAt, (await job.finished).signal]).toEqual([dieAt, "SIGKILL"]);
      await leavesNothing(place, step);
    };
    for (let dieAt = 1; dieAt <= count; dieAt += 3) {
      await Promise.all([dieAt, dieAt + 1, dieAt + 2].filter((each) => each <= count).map(dying));
    }
  });

  it("ends a server that is deaf, and its child", async () => {
    const place = places.place(user);
    const step = python("deaf", "parent");
    const { job, server } = await hold(place, step);
    job.child.kill("SIGKILL");
    await until(() => membersOf(server.pid).length === 0);
    await leavesNothing(place, step);
  });

  it("ends a child whose parent has died", async () => {
    const place = places.place(user);
    const step = python("deaf", "parent", "leave=0");
    const { job, server } = await hold(place, step);
    await ask(server.path);
    await job.next("died");
    expect(membersOf(server.pid)).toHaveLength(1);
    job.child.kill("SIGKILL");
    await until(() => membersOf(server.pid).length === 0);
    await leavesNothing(place, step);
  });

  it("ends a server whose guard was killed too, at the next run", async () => {
    const place = places.place(user);
    const step = python("deaf");
    const { job, server } = await hold(place, step);
    const [guard = 0] = processesWith(`sbx-guard-${step.name}`);
    process.kill(guard, "SIGKILL");
    job.child.kill("SIGKILL");
    // The server keeps standard error open.
    await once(job.child, "exit");
    expect(membersOf(server.pid)).toEqual([server.pid]);
    await place.replay();
    expect([membersOf(server.pid), runsOf(place)]).toEqual([[], []]);
  });
});

const SHELLS = [["dash"], ["bash", "--posix"], ["busybox", "sh"]];

describe.each(SHELLS)("the guard in %s", (...words) => {
  const [file = "", ...options] = words.filter((word) => typeof word === "string");
  const isHere = (process.env.PATH ?? "").split(":").some((directory) => existsSync(join(directory, file)));
  if (!isHere) console.warn(`SKIPPED: the guard in ${file}, which is not installed`);

  it.runIf(isHere).each([
    ["ends the group whose number it was told", 0, "", []],
    ["leaves a group alone whose first process is another one", 1, "", ["lives"]],
    ["leaves all alone when it is told that all is done", 0, "done\n", ["lives"]],
  ])("%s", async (_, later, order, left) => {
    const group = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
    const pid = group.pid ?? 0;
    const guard = spawn(file, [...options, "-c", GUARD, "guard"], { stdio: ["pipe", "ignore", "inherit"] });
    const start = Number(startOf(pid)) + later;
    guard.stdin?.write(`${pid} ${start}\n`);
    guard.stdin?.end(order);
    await once(guard, "exit");
    expect(membersOf(pid).map(() => "lives")).toEqual(left);
    group.kill("SIGKILL");
  });
});
