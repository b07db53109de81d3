import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { createHarness, type Harness, jobOf } from "./harness.ts";

let harness: Harness;
beforeAll(() => {
  harness = createHarness();
});
afterAll(() => harness.remove());

describe.each(runners())("with $bwrap, as $user", ({ bwrap, user }) => {
  it.each(["USR1", "USR2", "WINCH"] as const)("SIG%s reaches the command and ends nothing", async (name) => {
    const script = `trap 'echo heard; exit 5' ${name}; echo ready; while :; do sleep 0.01; done`;
    const job = harness.start(user, jobOf(bwrap, ["sh", "-c", script]));
    await job.said("ready");
    job.child.kill(`SIG${name}`);
    const done = await job.finished;
    expect(done.stdout).toBe("ready\nheard\n");
    expect(done.outcome).toMatchObject({ ended: "exit", exitCode: 5 });
  });

  it("a signal for which the command has no handler does what it always does", async () => {
    const job = harness.start(user, jobOf(bwrap, ["sh", "-c", "echo ready; while :; do sleep 0.01; done"]));
    await job.said("ready");
    job.child.kill("SIGUSR2");
    // 128 + 12 on x86 and ARM.
    expect((await job.finished).outcome).toMatchObject({ ended: "exit", exitCode: 140 });
  });

  // A foreground child, as `make` has: ^C ends it, `kill PID` ends only its parent.
  const child = "trap 'echo child; exit' INT TERM; echo ready; while :; do sleep 0.01; done";
  const script = `trap 'echo parent; exit' INT TERM; sh -c "${child}"; sleep 1000`;
  const patient = { process: { killAfterMs: 600_000 }, args: ["--new-session"] };

  it("SIGINT goes to the command's process group, as from a terminal", async () => {
    const job = harness.start(user, jobOf(bwrap, ["bash", "-c", script], patient));
    await job.said("ready");
    job.child.kill("SIGINT");
    const done = await job.finished;
    expect(done.stdout).toBe("ready\nchild\nparent\n");
    expect(done.outcome).toMatchObject({ ended: "signal", signal: "SIGINT" });
  });

  it("SIGINT goes to the command alone where its process group is bwrap's", async () => {
    const main = "trap 'echo heard; exit 5' INT; echo ready; while :; do sleep 0.01; done";
    const job = harness.start(user, jobOf(bwrap, ["sh", "-c", main], { process: { killAfterMs: 600_000 } }));
    await job.said("ready");
    job.child.kill("SIGINT");
    expect((await job.finished).outcome).toMatchObject({ ended: "signal", signal: "SIGINT", exitCode: 5 });
  });

  it("SIGTERM goes to the command alone", async () => {
    const job = harness.start(user, jobOf(bwrap, ["sh", "-c", `sh -c "${child}" & wait`], patient));
    await job.said("ready");
    job.child.kill("SIGTERM");
    const done = await job.finished;
    expect(done.stdout).toBe("ready\n");
    expect(done.outcome).toMatchObject({ ended: "signal", signal: "SIGTERM" });
  });
});
