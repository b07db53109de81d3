import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, type Executed, nodeHost, type RunOptions, runPlan } from "../../src/index.ts";

let runtime: string;
let before: string | undefined;
beforeAll(() => {
  runtime = mkdtempSync(join(tmpdir(), "sbx-library-"));
  before = process.env.XDG_RUNTIME_DIR;
  process.env.XDG_RUNTIME_DIR = runtime;
});
afterAll(() => {
  if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
  else process.env.XDG_RUNTIME_DIR = before;
  rmSync(runtime, { recursive: true, force: true });
});

/** Runs a shell script in the profile `base`, as an embedding program does. */
async function run(script: string, options: RunOptions = {}, timeout?: string): Promise<Executed> {
  const compiled = await compile({
    profile: "base",
    ...(timeout && { timeout: { text: timeout, argument: 0 } }),
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const done = await runPlan(compiled.plan, ["sh", "-c", script], nodeHost(), {
    handleSignals: false,
    capture: {},
    ...options,
  });
  if (!("ended" in done)) throw new Error(JSON.stringify(done.problems));
  return done;
}

describe("a run in a program", () => {
  it("gives the output as one stream, in order, and the exit code", async () => {
    const done = await run("echo a; echo b >&2; echo c; echo d > /dev/stderr; exit 3");
    expect(done).toMatchObject({ ended: "exit", exitCode: 3, cleanup: [], limitsHit: [] });
    expect(done.captured?.output).toBe("a\nb\nc\nd\n");
    expect(done.captured?.stdout).toBe(done.captured?.output);
  });

  it("hands the output over as it comes, while the command goes on", async () => {
    const controller = new AbortController();
    const heard: string[] = [];
    const onOutput = (text: string) => {
      heard.push(text);
      if (heard.join("").includes("first")) controller.abort();
    };
    const done = await run("echo first; sleep 1000", { capture: { onOutput }, abort: controller.signal });
    expect(done).toMatchObject({ ended: "aborted" });
    expect(heard.join("")).toBe("first\n");
  });

  it("keeps the streams apart when asked to", async () => {
    const done = await run("echo a; echo b >&2", { capture: { separate: true } });
    expect(done.captured).toMatchObject({ stdout: "a\n", stderr: "b\n" });
  });

  it("feeds the command", async () => {
    const done = await run("cat; cat /dev/stdin", { input: "text €\n" });
    expect(done.captured?.output).toBe("text €\ntext €\n");
  });

  it("returns what was said until the time was over", async () => {
    const done = await run("echo said; sleep 1000", {}, "400ms");
    expect(done).toMatchObject({ ended: "timeout", limitsHit: ["time"] });
    expect(done.captured?.output).toBe("said\n");
  });

  it("does not wait for a child that holds the output", async () => {
    const done = await run("sleep 1000 & echo over");
    expect(done).toMatchObject({ ended: "exit", exitCode: 0 });
    expect(done.captured?.output).toBe("over\n");
  });

  it("has bwrap's own complaints in the output", async () => {
    const compiled = await compile({
      profile: { directory: runtime, version: 1, extends: ["base"], dirs: [`/tmp/${"x".repeat(300)}`] },
    });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    const done = await runPlan(compiled.plan, ["true"], nodeHost(), { handleSignals: false, capture: {} });
    expect(done).toMatchObject({ ended: "never-ran" });
    expect("captured" in done && done.captured?.output).toContain("bwrap: ");
  });

  it("cleans up before an error of the callback goes on", async () => {
    const onOutput = () => {
      throw new Error("the caller's own");
    };
    await expect(run("echo a", { capture: { onOutput } })).rejects.toThrow("the caller's own");
    expect(readdirSync(join(runtime, "sbx"))).toEqual([]);
  });

  it("leaves no listener and no descriptor", async () => {
    const listeners = () => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
    await run("true");
    const count = [listeners(), readdirSync("/proc/self/fd").length];
    for (let round = 0; round < 5; round++) await run("true");
    expect([listeners(), readdirSync("/proc/self/fd").length]).toEqual(count);
  });
});
