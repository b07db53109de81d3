import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { familyOf, statOf } from "../../src/execute/processes.ts";
import { runners } from "../support/bwraps.ts";
import { createHarness, type Harness, jobOf, processesWith } from "./harness.ts";

let harness: Harness;
beforeAll(() => {
  harness = createHarness();
});
afterAll(() => harness.remove());

let marks = 0;
const freshMark = () => `suspended-${process.pid}-${marks++}`;
const states = (mark: string) => processesWith(mark).map((pid) => statOf(pid)?.state);
const until = async (what: () => boolean) => {
  while (!what()) await sleep(2);
};
const counted = (file: string) => (existsSync(file) ? readFileSync(file).length : 0);

/** Three processes that write a byte again and again: the command, a child, and one in a session of its own. */
function counting(room: string, mark: string): string[] {
  const loop = (name: string) => `while :; do printf x >>${join(room, name)}; sleep 0.01; done`;
  return ["bash", "-c", `bash -c '${loop("a")}' ${mark} & setsid bash -c '${loop("b")}' ${mark} & ${loop("c")}`, mark];
}

describe.each(runners())("with $bwrap, as $user, SIGTSTP to sbx", ({ bwrap, user }) => {
  it("makes everything in the sandbox and sbx stand still, and SIGCONT lets it go on", async () => {
    const mark = freshMark();
    const room = harness.room(user);
    const files = ["a", "b", "c"].map((name) => join(room, name));
    const job = harness.start(user, jobOf(bwrap, counting(room, mark), { args: ["--bind", room, room] }));
    await until(() => files.every((file) => counted(file) > 2));
    job.child.kill("SIGTSTP");
    await until(() => statOf(job.child.pid ?? 0)?.state === "T");
    expect(states(mark).length).toBeGreaterThanOrEqual(3);
    expect(states(mark).filter((state) => state !== "T")).toEqual([]);
    const before = files.map(counted);
    await sleep(100);
    expect(files.map(counted)).toEqual(before);

    job.child.kill("SIGCONT");
    await until(() => files.every((file, index) => counted(file) > (before[index] ?? 0) + 2));
    job.child.kill("SIGTERM");
    expect((await job.finished).code).toBe(143);
    expect(processesWith(mark)).toEqual([]);
  });

  it("loses no SIGCONT that follows at once", async () => {
    const mark = freshMark();
    const room = harness.room(user);
    const job = harness.start(user, jobOf(bwrap, counting(room, mark), { args: ["--bind", room, room] }));
    const file = join(room, "c");
    await until(() => counted(file) > 2);
    for (let round = 0; round < 20; round++) {
      job.child.kill("SIGTSTP");
      job.child.kill("SIGCONT");
      const before = counted(file);
      await until(() => counted(file) > before + 1);
    }
    job.child.kill("SIGTERM");
    expect((await job.finished).code).toBe(143);
  });

  it("leaves stopped what the command itself had stopped", async () => {
    const mark = freshMark();
    // Only the child has the whole mark on its command line.
    const script = `sh -c 'kill -STOP $$; sleep 1000' ${mark.slice(0, 5)}"${mark.slice(5)}" & echo ready; while :; do sleep 0.01; done`;
    const job = harness.start(user, jobOf(bwrap, ["sh", "-c", script]));
    await job.said("ready");
    await until(() => states(mark)[0] === "T");
    job.child.kill("SIGTSTP");
    await until(() => statOf(job.child.pid ?? 0)?.state === "T");
    job.child.kill("SIGCONT");
    const running = () => familyOf(job.child.pid ?? 0).filter((pid) => statOf(pid)?.state !== "T").length;
    // sbx, its keeper, bwrap twice, the shell; the sleep of the moment comes and goes.
    await until(() => running() >= 5);
    expect(states(mark)).toContain("T");
    job.child.kill("SIGTERM");
    await job.finished;
  });

  it("ends the run all the same when SIGTERM came meanwhile", async () => {
    const mark = freshMark();
    const job = harness.start(user, jobOf(bwrap, ["sh", "-c", "echo ready; while :; do sleep 0.01; done", mark]));
    await job.said("ready");
    job.child.kill("SIGTSTP");
    await until(() => statOf(job.child.pid ?? 0)?.state === "T");
    job.child.kill("SIGTERM");
    job.child.kill("SIGCONT");
    expect((await job.finished).outcome).toMatchObject({ ended: "signal", signal: "SIGTERM" });
    expect(processesWith(mark)).toEqual([]);
  });

  it("stops the clock of the time limit", async () => {
    const spot = { file: "default", line: 0, column: 0 };
    const job = harness.start(user, {
      ...jobOf(bwrap, ["sh", "-c", "echo ready; sleep 0.4; exit 7"]),
      timeout: { ms: 2500, spot },
    });
    await job.said("ready");
    job.child.kill("SIGTSTP");
    await until(() => statOf(job.child.pid ?? 0)?.state === "T");
    await sleep(2600);
    job.child.kill("SIGCONT");
    expect((await job.finished).outcome).toMatchObject({ ended: "exit", exitCode: 7 });
  });
});
