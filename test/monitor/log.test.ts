import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { openPty } from "../../src/execute/terminal/open-pty.ts";
import { logMonitor, type StageResult } from "../../src/monitor/index.ts";
import { logInto } from "../../src/monitor/log.ts";
import { descriptorSink } from "../../src/monitor/sink.ts";

const directory = mkdtempSync(join(tmpdir(), "sbx-log-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const ESCAPE = "\u001b";

const result = (name: string, more: Partial<StageResult> = {}): StageResult => ({
  name,
  ended: "exit",
  exitCode: 0,
  signal: undefined,
  durationMs: 1234,
  limitsHit: [],
  problems: [],
  cleanup: [],
  output: "",
  truncated: false,
  ...more,
});

/** A stream that keeps what it gets. */
function paper() {
  let text = "";
  const stream = new Writable({
    decodeStrings: false,
    write(piece: string, _, next) {
      text += piece;
      next();
    },
  });
  return { stream, text: () => text };
}

/** One build of two stages, the second of which fails. */
async function build(monitor: ReturnType<typeof logMonitor>): Promise<void> {
  await monitor.begin({ title: "An image", options: { size: "1G" } });
  await monitor.stage({ name: "make", options: { packages: ["a", "b"] } });
  await monitor.log("10%\r", "make");
  await monitor.log("100%", "make");
  await monitor.result(result("make"));
  await monitor.stage({ name: "check" });
  await monitor.log("not \u001b[31mgood\u001b[0m\n", "check");
  await monitor.result(result("check", { exitCode: 3, durationMs: 125_000 }));
  await monitor.finish({ success: false, durationMs: 126_240 });
}

const LOG = `An image
{
  "size": "1G"
}
stage make
{
  "packages": [
    "a",
    "b"
  ]
}
10%\r100%
stage make: done (1.2 s)
stage check
not \u001b[31mgood\u001b[0m
stage check: failed with exit code 3 (2 min 5 s)
An image: failed (2 min 6 s)
`;

describe("the log monitor", () => {
  it("writes titles, options, the output as it came, and durations to a file, without any escape code of its own", async () => {
    const path = join(directory, "log");
    const fd = openSync(path, "w");
    await build(logMonitor({ fd }));
    expect(readFileSync(path, "utf8")).toBe(LOG);
    closeSync(fd);
    const { stream, text } = paper();
    await build(logMonitor({ stream }));
    expect(text()).toBe(LOG);
  });

  it.each([
    ["colours", {}, true],
    ["none with NO_COLOR", { NO_COLOR: "1" }, false],
    ["colours with an empty NO_COLOR", { NO_COLOR: "" }, true],
    ["none with TERM=dumb", { TERM: "dumb" }, false],
  ])("on a terminal: %s", async (_, env, hasColours) => {
    vi.stubEnv("NO_COLOR", undefined);
    vi.stubEnv("TERM", "xterm");
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const pty = await openPty();
    const seen = new Promise<string>((resolve) => {
      let text = "";
      pty.master.on("data", (bytes: Buffer) => {
        text += bytes.toString();
        if (text.includes("An image: failed")) resolve(text);
      });
      pty.master.resume();
    });
    await build(logMonitor({ fd: pty.slave }));
    const screen = await seen;
    expect(screen.includes(`${ESCAPE}[1;36mstage make: done (1.2 s)${ESCAPE}[0m`)).toBe(hasColours);
    expect(screen.includes(`${ESCAPE}[1;31mstage check: failed`)).toBe(hasColours);
    expect(screen.includes(ESCAPE)).toBe(hasColours);
    // The command's colours are not there in any case: on a terminal they are the mark of the monitor's own lines.
    expect(screen).toContain("not good\r\n");
    expect(screen).toContain("10%\r100%\r\n");
    pty.close();
  });

  it("can be told", async () => {
    const { stream, text } = paper();
    await build(logMonitor({ stream, colours: true }));
    expect(text()).toContain(`${ESCAPE}[1mAn image${ESCAPE}[0m\n`);
    expect(text()).not.toContain(`${ESCAPE}[31m`);
  });

  it("escapes names and options", async () => {
    const { stream, text } = paper();
    const monitor = logMonitor({ stream });
    await monitor.begin({ title: "a\u001b[2J\nb", options: { x: "\u202e" } });
    await monitor.stage({ name: "c\r\nd" });
    await monitor.result(result("c\r\nd"));
    expect(text()).not.toMatch(/[\u001b\r\u202e]/);
    expect(JSON.parse(/\{[^}]*\}/.exec(text())![0])).toEqual({ x: "\u202e" });
    expect(text()).toContain("stage c\\r\\nd: done");
  });

  it("shows problems", async () => {
    const { stream, text } = paper();
    const place = { file: "/p", line: 1, column: 2, endLine: 1, endColumn: 3, related: [], data: {} };
    const problem = { ...place, rule: "a/b", severity: "error", message: "left", help: "take it away" } as const;
    await logMonitor({ stream }).result(result("a", { ended: "timeout", exitCode: undefined, cleanup: [problem] }));
    expect(text()).toBe("stage a: ran out of time (1.2 s)\n/p:1:2: error[a/b]: left\n  help: take it away\n");
  });

  it.each([
    ["signal", { signal: "SIGTERM" }, "stopped by SIGTERM"],
    ["timeout", {}, "ran out of time"],
    ["aborted", {}, "aborted"],
    ["out-of-memory", { exitCode: 137 }, "ran out of memory"],
    ["never-ran", {}, "never ran"],
    ["killed", { signal: "SIGKILL" }, "killed from outside by SIGKILL"],
  ] as const)("says how a stage ended: %s", async (ended, more, words) => {
    const { stream, text } = paper();
    await logMonitor({ stream }).result(result("a", { ended, exitCode: undefined, ...more }));
    expect(text()).toBe(`stage a: ${words} (1.2 s)\n`);
  });
});

describe("the duration of the whole", () => {
  const took = async (monitor: ReturnType<typeof logMonitor>, text: () => string, runs: boolean) => {
    await monitor.begin({ title: "t" });
    if (runs) await monitor.log("x\n", "a");
    await monitor.finish({ success: true });
    return text().split("\n").at(-2);
  };

  it("is monotonic: the wall clock may jump", async () => {
    const { stream, text } = paper();
    vi.spyOn(Date, "now").mockImplementation(() => {
      throw new Error("the wall clock");
    });
    const clock = vi.spyOn(performance, "now").mockReturnValueOnce(5000).mockReturnValueOnce(7500);
    expect(await took(logMonitor({ stream }), text, true)).toBe("t: done (2.5 s)");
    expect(clock).toHaveBeenCalledTimes(2);
  });

  it("is left out when nothing ran", async () => {
    const { stream, text } = paper();
    expect(await took(logMonitor({ stream }), text, false)).toBe("t: done");
  });

  it("is left out when nothing ran since the latest beginning", async () => {
    const { stream, text } = paper();
    const monitor = logMonitor({ stream });
    await took(monitor, text, true);
    expect(await took(monitor, text, false)).toBe("t: done");
  });
});

describe("concurrent runs", () => {
  it("leave every record whole, through a descriptor that takes a few bytes a call", async () => {
    const taken: Buffer[] = [];
    const sink = descriptorSink(99, async (_, bytes) => {
      const part = Buffer.from(bytes.subarray(0, 61));
      taken.push(part);
      return part.length;
    });
    const monitor = logInto(sink, false);
    const record = (name: string, number: number) => JSON.stringify({ name, number, text: "€".repeat(number % 40) });
    const run = async (name: string) => {
      await monitor.stage({ name });
      for (let number = 0; number < 1000; number += 1) {
        const line = `${record(name, number)}\n`;
        const cut = number % line.length;
        // Neither waits for the other; the pieces of both come in between each other.
        const first = monitor.log(line.slice(0, cut), name);
        if (number % 3 === 0) await new Promise(setImmediate);
        await Promise.all([first, monitor.log(line.slice(cut), name)]);
      }
    };
    await Promise.all([run("one"), run("two")]);
    await Promise.all([monitor.result(result("one")), monitor.result(result("two"))]);
    const rows = Buffer.concat(taken).toString().trimEnd().split("\n");
    for (const name of ["one", "two"]) {
      const records = rows.filter((row) => row.startsWith(`${name} | `)).map((row) => row.slice(name.length + 3));
      expect(records).toEqual(Array.from({ length: 1000 }, (_, number) => record(name, number)));
    }
    expect(rows.length).toBe(2000 + 4);
  });
});

describe("a row that stays open", () => {
  it("is not waited for longer than a moment", async () => {
    const { stream, text } = paper();
    const monitor = logMonitor({ stream });
    await monitor.stage({ name: "a" });
    await monitor.log("working", "a");
    await monitor.stage({ name: "b" });
    expect(text()).toBe("stage a\nworking");
    // Nothing more is told to the monitor: it does that by itself.
    await vi.waitUntil(() => text() === "stage a\nworking\nstage b\n", { timeout: 30_000 });
  });
});

describe("options", () => {
  it("are not changed", async () => {
    const options = { list: [1, { deep: "x" }], none: null };
    const before = structuredClone(options);
    const { stream } = paper();
    const monitor = logMonitor({ stream });
    await monitor.begin({ title: "t", options });
    await monitor.stage({ name: "s", options });
    expect(options).toEqual(before);
  });
});
