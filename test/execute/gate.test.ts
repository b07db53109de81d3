import { spawn } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ExpectedMount, lookAtMounts, SET_UP_FROM } from "../../src/execute/finished-mounts.ts";
import { runners } from "../support/bwraps.ts";
import { createHarness, type Harness, jobOf } from "./harness.ts";

let harness: Harness;
beforeAll(() => {
  harness = createHarness();
});
afterAll(() => harness.remove());

const identityOf = (path: string): string => {
  const { dev, ino } = lstatSync(path);
  return `${dev}:${ino}`;
};

describe.each(runners())("the look at the finished sandbox, with $bwrap, as $user", ({ bwrap, user }) => {
  /** A command that leaves a trace in a granted directory, over which a mask and another grant lie. */
  const attempt = async (change: (place: string) => readonly ExpectedMount[], ...options: readonly string[]) => {
    const room = harness.room(user);
    mkdirSync(join(room, "secret"), { mode: 0o755 });
    writeFileSync(join(room, "secret/key"), "KEY");
    const args = ["--bind", room, "/mnt", "--tmpfs", "/mnt/secret", "--ro-bind", "/usr/share", "/opt", ...options];
    const job = jobOf(bwrap, ["sh", "-c", "echo ran >/mnt/trace; exit 42"], { args });
    const done = await harness.run(user, { ...job, expected: change(room) });
    return { ...done, ran: existsSync(join(room, "trace")) };
  };
  const planned = (room: string): ExpectedMount[] => [
    { at: "/mnt", identity: identityOf(room), hidden: undefined },
    { at: "/mnt/secret", identity: undefined, hidden: identityOf(join(room, "secret")) },
    { at: "/opt", identity: identityOf("/usr/share"), hidden: undefined },
  ];

  it("lets the command start when everything is as planned", async () => {
    const done = await attempt(planned);
    expect(done).toMatchObject({ ran: true, code: 42, outcome: { ended: "exit", problems: [] } });
  });

  it("does so with a devpts of its own, for which bwrap makes a second user namespace", async () => {
    expect(await attempt(planned, "--dev", "/dev")).toMatchObject({ ran: true, code: 42 });
  });

  it("keeps it from starting when a source is another object", async () => {
    const done = await attempt((room) => [
      ...planned(room),
      { at: "/opt", identity: identityOf("/usr/lib"), hidden: undefined },
    ]);
    expect(done).toMatchObject({ ran: false, code: 125, outcome: { ended: "never-ran" } });
    expect(done.outcome.problems).toMatchObject([{ rule: "execute/exchanged", data: { at: "/opt" } }]);
  });

  it("keeps it from starting when what a mask hides still shows", async () => {
    const done = await attempt((room) => [{ at: "/mnt", identity: undefined, hidden: identityOf(room) }]);
    expect(done).toMatchObject({ ran: false, code: 125, outcome: { ended: "never-ran" } });
    expect(done.outcome.problems).toMatchObject([{ rule: "execute/exchanged", data: { at: "/mnt" } }]);
  });

  it("does not wait for a sandbox that can't be set up", async () => {
    const done = await attempt(planned, "--bind", "/no-such-place", "/srv");
    expect(done).toMatchObject({ ran: false, code: 125, outcome: { ended: "never-ran", problems: [] } });
    expect(done.stderr).toContain("bwrap: ");
  });
});

it("does not take the host's own mounts for the sandbox's, before bwrap's child has changed them", async () => {
  const expected: ExpectedMount[] = [{ at: "/proc", identity: identityOf("/proc"), hidden: undefined }];
  const states = [SET_UP_FROM, "/"].map((cwd) => {
    const child = spawn("sleep", ["1000"], { cwd, stdio: "ignore" });
    const { state } = lookAtMounts(child.pid ?? 0, expected);
    child.kill("SIGKILL");
    return state;
  });
  expect(states).toEqual(["under-way", "as-planned"]);
});
