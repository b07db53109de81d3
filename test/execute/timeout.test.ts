import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { createHarness, type Harness, jobOf, processesWith } from "./harness.ts";

let harness: Harness;
beforeAll(() => {
  harness = createHarness();
});
afterAll(() => harness.remove());

const spot = { file: "/p/.sandbox.yml", line: 3, column: 10 };
const AT_ONCE = { ms: 300, spot };
const LATE = { ms: 600_000, spot };

describe.each(runners())("a time limit with $bwrap, as $user", ({ bwrap, user }) => {
  it.each([
    ["is silent", "sleep 1000"],
    ["is chatty", "while :; do echo on; sleep 0.01; done"],
    ["has closed its output", "exec >&- 2>&-; sleep 1000"],
    ["ignores every signal", "trap '' TERM INT HUP QUIT; while :; do sleep 0.01; done"],
    ["has children in sessions of their own", "setsid sh -c 'trap \"\" TERM; sleep 1000' & sleep 1000"],
  ])("ends a command that %s, with everything in the sandbox", async (_, script) => {
    const mark = `timed-${process.pid}-${script.length}`;
    const job = { ...jobOf(bwrap, ["sh", "-c", script, mark]), timeout: AT_ONCE };
    const done = await harness.run(user, job);
    expect(done.outcome).toMatchObject({ ended: "timeout", limitsHit: ["time"] });
    expect(done.outcome.problems).toMatchObject([{ rule: "limit/time", file: spot.file, line: 3 }]);
    expect(done.outcome.problems[0]?.message).toContain("300ms");
    expect(done.code).toBe(124);
    expect(processesWith(mark)).toEqual([]);
  });

  it("does nothing to a command that is in time", async () => {
    const script = "exec >&- 2>&-; sleep 0.1; exit 7";
    const done = await harness.run(user, { ...jobOf(bwrap, ["sh", "-c", script]), timeout: LATE });
    expect(done.outcome).toMatchObject({ ended: "exit", exitCode: 7, limitsHit: [] });
    expect(done.code).toBe(7);
  });

  it("keeps what was written until then", async () => {
    const done = await harness.run(user, { ...jobOf(bwrap, ["sh", "-c", "echo said; sleep 1000"]), timeout: AT_ONCE });
    expect(done.stdout).toBe("said\n");
  });
});
