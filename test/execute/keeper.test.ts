import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { childrenOf, statOf } from "../../src/execute/processes.ts";
import { runners } from "../support/bwraps.ts";
import { createHarness, type Harness, jobOf, processesWith } from "./harness.ts";

let harness: Harness;
beforeAll(() => {
  harness = createHarness();
});
afterAll(() => harness.remove());

let marks = 0;
const freshMark = () => `kept-${process.pid}-${marks++}`;
const marked: string[] = [];
afterEach(() => {
  for (const pid of marked.splice(0).flatMap(processesWith)) process.kill(pid, "SIGKILL");
});
const until = async (what: () => boolean) => {
  while (!what()) await sleep(2);
};
const hasEnded = (pid: number | undefined) => ["Z", undefined].includes(statOf(pid ?? 0)?.state);
const isKeeper = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("sbx-keeper");

describe.each(runners())("SIGKILL of sbx, with $bwrap, as $user", ({ bwrap, user }) => {
  it("ends everything in the sandbox, and the keeper with it", async () => {
    const mark = freshMark();
    marked.push(mark);
    const sleeper = `sh -c 'trap "" TERM HUP; sleep 1000; : ${mark}'`;
    const job = harness.start(
      user,
      jobOf(bwrap, ["sh", "-c", `setsid ${sleeper} & ${sleeper} & echo ready; wait`, mark]),
    );
    job.finished.catch(() => {});
    await job.said("ready");
    const keeper = childrenOf(job.child.pid ?? 0).find(isKeeper);
    expect(keeper).toBeDefined();
    job.child.kill("SIGKILL");
    await until(() => processesWith(mark).length === 0);
    await until(() => hasEnded(keeper));
  });

  it("during the set-up ends bwrap and its child, and the command never runs", async () => {
    const mark = freshMark();
    marked.push(mark);
    const room = harness.room(user);
    const fifo = join(room, "fifo");
    execFileSync("mkfifo", [fifo]);
    const ends = openSync(fifo, "r+");
    const [reached, ran] = [join(room, "reached"), join(room, "ran")];
    // The child waits for data that it has to put into a file, long before it asks to die with its parent.
    const args = ["--bind", room, room, "--dir", reached, "--file", "7", "/dev/shm/late"];
    const command = ["sh", "-c", `: >${ran}`, mark];
    const job = harness.start(user, jobOf(bwrap, command, { args, process: { passFds: [7] } }), {
      descriptors: { 7: ends },
    });
    job.finished.catch(() => {});
    await until(() => existsSync(reached));
    job.child.kill("SIGKILL");
    await until(() => processesWith(mark).length === 0);
    closeSync(ends);
    expect(existsSync(ran)).toBe(false);
  });
});

describe("a keeper", () => {
  const { bwrap = "", user = "ordinary" } = runners()[0] ?? {};

  it("ends quietly with an orderly run", async () => {
    const job = harness.start(user, jobOf(bwrap, ["sh", "-c", "echo ready; sleep 0.05"]));
    await job.said("ready");
    const keeper = childrenOf(job.child.pid ?? 0).find(isKeeper);
    expect(keeper).toBeDefined();
    await job.finished;
    await until(() => hasEnded(keeper));
  });

  it("is not there for a sandbox that is to outlive sbx", async () => {
    const job = harness.start(
      user,
      jobOf(bwrap, ["sh", "-c", "echo ready; sleep 0.05"], { process: { dieWithParent: false } }),
    );
    await job.said("ready");
    expect(childrenOf(job.child.pid ?? 0).filter(isKeeper)).toEqual([]);
    await job.finished;
  });

  it("starts what undoes the rest", async () => {
    const room = harness.room(user);
    const done = join(room, "done");
    const job = harness.start(user, jobOf(bwrap, ["sh", "-c", "echo ready; sleep 1000"]), {
      cleaner: ["/bin/sh", "-c", `echo "$XDG_RUNTIME_DIR" >${done}`],
    });
    job.finished.catch(() => {});
    await job.said("ready");
    job.child.kill("SIGKILL");
    await until(() => existsSync(done) && readFileSync(done, "utf8").endsWith("\n"));
    expect(readFileSync(done, "utf8")).toMatch(/^\/.*room-/);
  });
});
