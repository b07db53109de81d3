import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { execute } from "../../src/execute/index.ts";
import { runners } from "../support/bwraps.ts";
import { createHarness, type Harness, jobOf, processesWith } from "./harness.ts";

let harness: Harness;
beforeAll(() => {
  harness = createHarness();
});
afterAll(() => harness.remove());

/** A word that stands on the command line of everything in one sandbox, and nowhere else. */
let marks = 0;
const freshMark = () => `mark-${process.pid}-${marks++}`;
const marked: string[] = [];
afterEach(() => {
  for (const pid of marked.splice(0).flatMap(processesWith)) process.kill(pid, "SIGKILL");
});

/** A command with a child in the background and one in a session of its own; all of them carry the mark. */
function family(mark: string, main: string): string[] {
  marked.push(mark);
  const sleeper = `sh -c 'sleep 1000; : ${mark}'`;
  return ["sh", "-c", `${sleeper} & setsid ${sleeper} & ${main}`, mark];
}

const childrenOf = (pid: number | undefined): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);

describe.each(runners())("$bwrap, as $user", ({ bwrap, user }) => {
  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
    ["SIGQUIT", 131],
  ] as const)("%s ends everything in the sandbox", async (signal, code) => {
    const mark = freshMark();
    const job = harness.start(
      user,
      jobOf(bwrap, family(mark, "trap : TERM INT HUP QUIT; echo ready; wait; wait; sleep 1000")),
    );
    await job.said("ready");
    expect(processesWith(mark).length).toBeGreaterThanOrEqual(3);
    job.child.kill(signal);
    const done = await job.finished;
    expect(done.outcome).toMatchObject({ ended: "signal", signal, problems: [], cleanup: [] });
    expect(done.code).toBe(code);
    expect(done.leaked).toBe(0);
    expect(processesWith(mark)).toEqual([]);
  });

  it("gives the command time to end by itself", async () => {
    const mark = freshMark();
    const main = 'trap "echo bye; exit 44" TERM; echo ready; while :; do sleep 0.01; done';
    const job = harness.start(user, jobOf(bwrap, family(mark, main), { process: { killAfterMs: 600_000 } }));
    await job.said("ready");
    job.child.kill("SIGTERM");
    const done = await job.finished;
    expect(done.stdout).toBe("ready\nbye\n");
    expect(done.outcome).toMatchObject({ ended: "signal", signal: "SIGTERM", exitCode: 44 });
    expect(done.code).toBe(143);
  });

  it("kills a command that takes too long", async () => {
    const mark = freshMark();
    const main = 'trap "echo never" TERM; echo ready; while :; do sleep 0.01; done';
    const job = harness.start(user, jobOf(bwrap, family(mark, main), { process: { killAfterMs: 20 } }));
    await job.said("ready");
    job.child.kill("SIGTERM");
    const done = await job.finished;
    expect(done.outcome).toMatchObject({ ended: "signal", signal: "SIGTERM" });
    expect(processesWith(mark)).toEqual([]);
  });

  it("kills at the second request, and keeps the first signal", async () => {
    const mark = freshMark();
    const main = 'trap "echo heard" TERM INT; echo ready; while :; do sleep 0.01; done';
    const job = harness.start(user, jobOf(bwrap, family(mark, main), { process: { killAfterMs: 600_000 } }));
    await job.said("ready");
    job.child.kill("SIGTERM");
    await job.said("heard");
    job.child.kill("SIGINT");
    const done = await job.finished;
    expect(done.outcome).toMatchObject({ ended: "signal", signal: "SIGTERM" });
    expect(processesWith(mark)).toEqual([]);
  });

  it("leaves no survivor when somebody kills bwrap", async () => {
    const mark = freshMark();
    const job = harness.start(user, jobOf(bwrap, family(mark, "echo ready; sleep 1000")));
    await job.said("ready");
    for (const pid of childrenOf(job.child.pid)) process.kill(pid, "SIGKILL");
    const done = await job.finished;
    expect(done.outcome).toMatchObject({ ended: "killed", signal: "SIGKILL", cleanup: [] });
    expect(done.code).toBe(125);
    expect(processesWith(mark)).toEqual([]);
  });

  // A bwrap that waits for data while it sets the sandbox up: its child does not yet die with it.
  describe.each(["bwrap killed", "told to stop"] as const)("during the set-up, %s", (how) => {
    it("never runs the command", async () => {
      const mark = freshMark();
      marked.push(mark);
      const room = harness.room(user);
      const fifo = join(room, "fifo");
      execFileSync("mkfifo", [fifo]);
      const ends = openSync(fifo, "r+");
      const reached = join(room, "reached");
      const args = ["--bind", room, room, "--dir", reached, "--file", "7", "/dev/shm/late"];
      const command = ["sh", "-c", "echo ran", mark];
      const job = harness.start(user, jobOf(bwrap, command, { args, process: { passFds: [7] } }), {
        descriptors: { 7: ends },
      });
      while (!existsSync(reached)) await new Promise((resolve) => setImmediate(resolve));
      if (how === "told to stop") job.child.kill("SIGTERM");
      else for (const pid of childrenOf(job.child.pid)) process.kill(pid, "SIGKILL");
      const done = await job.finished;
      closeSync(ends);
      expect(done.outcome.ended).toBe(how === "told to stop" ? "signal" : "killed");
      expect(done.stdout).toBe("");
      expect(processesWith(mark)).toEqual([]);
    });
  });
});

// Programs that stand in for bwrap, to hold it at a point of its life. They get `--json-status-fd 3` first.
describe("a bwrap that", () => {
  const { user = "ordinary" } = runners()[0] ?? {};
  const standIn = (name: string, script: string) => {
    const file = join(harness.directory, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return file;
  };

  it("tells nothing of its child is ended too", async () => {
    const mark = freshMark();
    marked.push(mark);
    const file = standIn("silent", "echo ready; while :; do sleep 0.01; done");
    const job = harness.start(user, jobOf(file, [mark]));
    await job.said("ready");
    job.child.kill("SIGINT");
    const done = await job.finished;
    expect(done.outcome).toMatchObject({ ended: "signal", signal: "SIGINT" });
    expect(processesWith(mark)).toEqual([]);
  });

  it("has told of the command's end is not said to have been stopped", async () => {
    const file = standIn("lingering", "echo '{\"exit-code\": 5}' >&3; echo ready; while :; do sleep 0.01; done");
    const job = harness.start(user, jobOf(file, []));
    await job.said("ready");
    job.child.kill("SIGTERM");
    expect((await job.finished).outcome).toMatchObject({ ended: "exit", exitCode: 5 });
  });

  it("tells of its child after it was to stop loses the child, and ends by itself", async () => {
    const room = harness.room("root");
    const [up, go, orderly] = [join(room, "up"), join(room, "go"), join(room, "orderly")];
    const wait = `while ! test -e ${go}; do sleep 0.01; done`;
    const tell = 'echo "{\\"child-pid\\": $!}" >&3';
    const file = standIn("late", `exec 2>/dev/null; sleep 1000 & : >${up}; ${wait}; ${tell}; wait $!; : >${orderly}`);
    const controller = new AbortController();
    const running = execute(jobOf(file, []), { handleSignals: false, abort: controller.signal });
    while (!existsSync(up)) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    writeFileSync(go, "");
    expect(await running).toMatchObject({ ended: "aborted", signal: undefined });
    expect(existsSync(orderly)).toBe(true);
  });
});

describe("a caller's own abort", () => {
  const { bwrap = "" } = runners()[0] ?? {};
  const count = () => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);

  it("stops the run like SIGTERM, without a signal handler", async () => {
    const mark = freshMark();
    const before = count();
    const controller = new AbortController();
    const running = execute(jobOf(bwrap, family(mark, "sleep 1000")), {
      handleSignals: false,
      abort: controller.signal,
    });
    expect(count()).toBe(before);
    while (processesWith(mark).length < 4) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await running).toMatchObject({ ended: "aborted", signal: undefined, cleanup: [] });
    expect(processesWith(mark)).toEqual([]);
  });

  it("before the start starts nothing", async () => {
    const done = await execute(jobOf("/no/such/bwrap", []), { abort: AbortSignal.abort() });
    expect(done).toMatchObject({ ended: "aborted", signal: undefined, exitCode: undefined, problems: [] });
  });

  it("leaves no listeners, whatever happened", async () => {
    const before = count();
    await execute(jobOf(bwrap, ["true"]));
    await execute(jobOf("/no/such/bwrap", []));
    expect(count()).toBe(before);
  });
});
