import { describe, expect, it } from "vitest";
import { type Monitor, monitorNamed, nullMonitor, tapeMonitor } from "../../src/monitor/index.ts";

const ended = { ended: "exit", exitCode: 0, signal: undefined, durationMs: 1, limitsHit: [], cleanup: [] } as const;
const result = { ...ended, problems: [], output: "x\n", truncated: false };

/** A build of two stages. */
function build(monitor: Monitor, options: unknown = {}): void {
  monitor.begin?.({ title: "t", options });
  for (const name of ["a", "b"]) {
    monitor.stage?.({ name, options });
    monitor.log(`${name}1`, name);
    monitor.log(`${name}2\n`, name);
    monitor.result?.({ name, ...result });
  }
  monitor.finish?.({ success: true });
}

describe("the tape monitor", () => {
  it("records every event in order", () => {
    const tape = tapeMonitor();
    build(tape);
    const stage = ["stage", "log", "log", "result"];
    expect(tape.events.map(({ kind }) => kind)).toEqual(["begin", ...stage, ...stage, "finish"]);
    const counts = (["begin", "stage", "result", "finish"] as const).map((kind) => tape.count(kind));
    expect(counts).toEqual([1, 2, 2, 1]);
    expect(tape.text()).toBe("a1a2\nb1b2\n");
    expect(tape.text("b")).toBe("b1b2\n");
    expect(tape.events[4]).toEqual({ kind: "result", name: "a", ...result });
  });

  it("keeps what it was told, whatever becomes of the objects", () => {
    const options = { list: ["before"] };
    const tape = tapeMonitor();
    build(tape, options);
    options.list.push("after");
    expect(tape.events[0]).toEqual({ kind: "begin", title: "t", options: { list: ["before"] } });
    expect(tape.events[1]).toEqual({ kind: "stage", name: "a", options: { list: ["before"] } });
  });
});

describe("the null monitor", () => {
  it("ignores all", () => {
    expect(() => build(nullMonitor())).not.toThrow();
  });
});

describe("a monitor by its name", () => {
  it.each(["log", "null", "tape"])("%s", (name) => {
    const { value, problems } = monitorNamed(name);
    expect(value?.log).toBeTypeOf("function");
    expect(problems).toEqual([]);
  });

  it("is the one that was asked for", () => {
    const tape = monitorNamed("tape").value;
    expect(tape && "events" in tape).toBe(true);
  });

  it.each(["tap", "Log", "constructor", "__proto__", "monitorNamed", ""])("not %j", (name) => {
    const { value, problems } = monitorNamed(name);
    expect(value).toBeUndefined();
    expect(problems).toMatchObject([{ rule: "monitor/unknown", severity: "error" }]);
    expect(problems[0]?.message).toContain("monitors: log, null, tape");
  });

  it("offers the one that was probably meant, at the place where it was written", () => {
    const spot = { file: "command-line", line: 2, column: 1 };
    expect(monitorNamed("tpae", {}, spot).problems).toMatchObject([{ ...spot, help: "did you mean `tape`?" }]);
  });
});
