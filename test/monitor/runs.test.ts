import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { logMonitor, Sandbox, tapeMonitor } from "../../src/index.ts";

const directory = mkdtempSync(join(tmpdir(), "sbx-monitor-"));
let box: Sandbox;
beforeAll(async () => {
  vi.stubEnv("XDG_RUNTIME_DIR", directory);
  box = await Sandbox.open({ profile: "base", handleSignals: false });
});
afterAll(async () => {
  await box.close();
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

const sh = (script: string) => ["sh", "-c", script];

describe("a monitor of runs", () => {
  it("hears what they write as it is written, and how they end", async () => {
    const tape = tapeMonitor();
    const options = { list: ["x", { deep: 1 }] };
    const before = structuredClone(options);
    tape.begin({ title: "t", options });
    const script = "printf a; printf '\\342\\202'; sleep 0.1; printf '\\254\\n' >&2; exit 3";
    const done = await box.run(sh(script), { monitor: tape, stage: { name: "one", options } });
    await box.run(sh("true"), { monitor: tape, stage: { name: "two" } });
    await box.run(sh("echo no stage"), { monitor: tape, origin: "other" });
    tape.finish({ success: false });
    expect((["begin", "stage", "result", "finish"] as const).map((kind) => tape.count(kind))).toEqual([1, 2, 2, 1]);
    expect([tape.text("one"), tape.text("other")]).toEqual([done.output, "no stage\n"]);
    expect(done.output).toBe("a€\n");
    const result = tape.events.find(({ kind }) => kind === "result");
    expect(result).toMatchObject({ name: "one", ended: "exit", exitCode: 3, output: "a€\n" });
    expect(options).toEqual(before);
  });

  it("can't change the options of whoever runs them", async () => {
    const options = { list: ["x"] };
    const monitor = {
      log() {},
      stage: (stage: { readonly options?: unknown }) => {
        (stage.options as { list: string[] }).list.push("changed");
      },
    };
    await box.run(sh("true"), { monitor, stage: { name: "one", options } });
    expect(options).toEqual({ list: ["x"] });
  });

  it("logs each record whole when two write at the same time", async () => {
    const path = join(directory, "log");
    const fd = openSync(path, "w");
    const monitor = logMonitor({ fd });
    const script =
      'i=0; while [ $i -lt 1000 ]; do printf "{\\"n\\": $i,"; echo "\\"t\\": \\"€\\"}"; i=$((i + 1)); done';
    const run = (name: string) => box.run(sh(script), { monitor, stage: { name } });
    await Promise.all([run("one"), run("two")]);
    closeSync(fd);
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    // Before the second begins and when the first has ended, a record has no label: only one is under way.
    const records = lines
      .filter((line) => !line.startsWith("stage "))
      .map((line) => line.replace(/^(one|two) \| /, ""));
    const numbers = records.map((record) => (JSON.parse(record) as { n: number }).n);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 2000 }, (_, index) => Math.floor(index / 2)));
  });
});
