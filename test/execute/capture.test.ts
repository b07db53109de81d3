import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createTail } from "../../src/execute/capture/tail.ts";
import { runners } from "../support/bwraps.ts";
import type { CaptureJob, CaptureReport } from "./run-capture.ts";

const MB = 1_000_000;
const PIPE = 64 * 1024;
const LONG = process.env.SBX_SOAK === "1" ? 1000 * MB : 64 * MB;
/** A user without an account will do: nothing looks it up. */
const ORDINARY = 4242;
const isRoot = process.getuid?.() === 0;

let directory: string;
let program: string;
const started = new Set<ChildProcess>();
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "sbx-capture-"));
  chmodSync(directory, 0o755);
  program = join(directory, "run-capture.mjs");
  buildSync({
    entryPoints: [fileURLToPath(new URL("run-capture.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
});
// Only a test that failed leaves one.
afterEach(() => {
  for (const child of started) child.kill("SIGKILL");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Waits for what nothing announces. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 5));
}

const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, "utf8") : "");

describe.each(runners())("captured output, with $bwrap, as $user", ({ bwrap, user }) => {
  const isOther = isRoot && user === "ordinary";

  /** A directory of the user's that the sandbox has as /mnt, and the way to run things there. */
  function room() {
    const own = (path: string): string => {
      if (isOther) chownSync(path, ORDINARY, ORDINARY);
      return path;
    };
    const path = own(mkdtempSync(join(directory, "room-")));
    const pipes = join(path, "run");
    mkdirSync(pipes, { mode: 0o700 });
    own(pipes);
    const host = ["--ro-bind", "/", "/", "--dev", "/dev", "--bind", path, "/mnt"];
    const contained = ["--unshare-all", "--die-with-parent", "--proc", "/proc"];
    const run = async (job: Omit<CaptureJob, "directory">): Promise<CaptureReport> => {
      const [jobFile, reportFile] = [join(path, "job.json"), join(path, "report.json")];
      writeFileSync(jobFile, JSON.stringify({ directory: pipes, ...job }));
      const as = isOther ? ["setpriv", `--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, "--clear-groups", "--"] : [];
      const [file = "", ...args] = [...as, process.execPath, program, jobFile, reportFile];
      const child = spawn(file, args, { cwd: "/", stdio: ["ignore", "ignore", "inherit"] });
      started.add(child);
      await once(child, "exit");
      started.delete(child);
      return JSON.parse(readFileSync(reportFile, "utf8"));
    };
    return {
      path,
      run,
      /** Runs a shell script in a sandbox with a pid namespace. */
      sh: (script: string, job: Partial<CaptureJob> = {}) =>
        run({ argv: [bwrap, ...contained, ...host, "--", "sh", "-c", script], ...job }),
      /** Runs one where nothing ends what it leaves behind. */
      shAmongAll: (script: string, job: Partial<CaptureJob> = {}) =>
        run({ argv: [bwrap, ...host, "--", "sh", "-c", script], ...job }),
    };
  }

  const sh = (script: string, job: Partial<CaptureJob> = {}) => room().sh(script, job);
  const outputOf = async (script: string, job: Partial<CaptureJob> = {}) => (await sh(script, job)).captured?.output;

  it("is one stream in the order of writing, whoever writes", async () => {
    const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
    const script = `for i in ${numbers.join(" ")}; do sh -c "echo out $i"; sh -c "echo err $i >&2"; done`;
    const output = numbers.map((number) => `out ${number}\nerr ${number}\n`).join("");
    const { captured, pieces } = await sh(script);
    expect(captured).toEqual({ output, stdout: output, stderr: output, truncated: false });
    expect(pieces.map(({ text }) => text).join("")).toBe(output);
    expect(new Set(pieces.map(({ stream }) => stream))).toEqual(new Set(["output"]));
  });

  it("comes apart on request", async () => {
    const { captured, pieces } = await sh("echo out; echo err >&2", { separate: true });
    expect(captured).toMatchObject({ stdout: "out\n", stderr: "err\n", truncated: false });
    expect(pieces).toEqual(
      expect.arrayContaining([
        { text: "out\n", stream: "stdout", isEarly: false },
        { text: "err\n", stream: "stderr", isEarly: false },
      ]),
    );
    expect(captured?.output).toBe(pieces.map(({ text }) => text).join(""));
  });

  it.each([false, true])("is heard while the command runs (separate: %s)", async (separate) => {
    const { path, sh } = room();
    const waiting = "n=0; until [ -e /mnt/heard ] || [ $n = 500 ]; do n=$((n + 1)); sleep 0.02; done";
    const script = `printf a; ${waiting}; [ -e /mnt/heard ] && printf b`;
    const { captured } = await sh(script, { separate, onHearing: { words: "a", make: join(path, "heard") } });
    expect(captured?.output).toBe("ab");
  });

  it("has what bwrap itself says", async () => {
    const { captured, exit } = await room().run({ argv: [bwrap, "--ro-bind", "/", "/", "--", "/no/such/program"] });
    expect(captured?.output).toMatch(/^bwrap: execvp \/no\/such\/program: No such file/);
    expect(exit).toEqual([1, null]);
  });

  it("can be opened anew by way of /dev/stdout and /dev/stderr", async () => {
    const script = "echo a >/dev/stdout; echo b >/dev/stderr; sh -c 'echo c >/dev/stderr'";
    expect(await outputOf(script)).toBe("a\nb\nc\n");
    const { captured } = await sh(script, { separate: true });
    expect(captured).toMatchObject({ stdout: "a\n", stderr: "b\nc\n" });
  });

  it("goes through a pipe that blocks and has no name", async () => {
    const { flags, names } = await sh(":", { separate: true });
    expect((flags ?? 0) & 0o3).toBe(1);
    expect((flags ?? 0) & 0o4000).toBe(0);
    expect(names).toEqual([]);
  });

  it("has U+FFFD for bytes that are no UTF-8, and keeps everything else", async () => {
    expect(await outputOf("printf 'a\\377b'")).toBe("a\ufffdb");
    expect(await outputOf("printf '\\357\\273\\277a\\000b'")).toBe("\ufeffa\0b");
    expect(await outputOf("printf 'a\\342\\202'")).toBe("a\ufffd");
  });

  it("never has a part of a character", async () => {
    const { path, sh } = room();
    const waiting = "until [ -e /mnt/heard ]; do sleep 0.01; done";
    const script = `printf 'a\\342\\202'; ${waiting}; printf '\\254b'`;
    const { captured, pieces } = await sh(script, { onHearing: { words: "a", make: join(path, "heard") } });
    expect(captured?.output).toBe("a€b");
    expect(pieces.map(({ text }) => text)).toEqual(["a", "€b"]);
  });

  it.each([0, 1, 2])("has long texts whole (%i bytes before the first €)", async (before) => {
    const { path, sh } = room();
    const text = "x".repeat(before) + "€".repeat(40_000);
    writeFileSync(join(path, "text"), text);
    const { captured, pieces } = await sh("cat /mnt/text");
    expect(captured?.output).toBe(text);
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
  });

  it("loses nothing of 10 MB", async () => {
    const expected = Array.from({ length: 1_300_000 }, (_, index) => `${index + 1}\n`).join("");
    expect(expected.length).toBeGreaterThan(9 * MB);
    const { captured, pieces } = await sh("seq 1 1300000");
    expect(captured?.output === expected).toBe(true);
    expect(pieces.map(({ text }) => text).join("") === expected).toBe(true);
  });

  it("is kept to its end when there is more than wanted", async () => {
    const { captured, pieces } = await sh("seq 1 100000", { keep: 1000 });
    const all = Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join("");
    expect(captured?.output.slice(-2000)).toBe(all.slice(-1000));
    expect(captured?.truncated).toBe(true);
    expect(pieces.map(({ text }) => text).join("")).toBe(all);
  });

  it(`lets ${LONG / MB} MB through in constant memory`, async () => {
    const { captured, growth } = await sh(`yes | head -c ${LONG}; echo end`, { keep: MB, isLong: true });
    expect(captured?.output.length).toBe(MB);
    expect(captured?.output === `${"y\n".repeat(MB / 2)}end\n`.slice(-MB)).toBe(true);
    expect(growth).toBeGreaterThan(0);
    expect(growth).toBeLessThan(32 * MB);
  });

  it("is there as soon as the command has ended, whoever still could write", async () => {
    const { captured } = await room().shAmongAll("sleep 20 & echo $!");
    const pid = Number(captured?.output);
    expect(pid).toBeGreaterThan(1);
    // It would be gone if the end of the pipe had been waited for.
    expect(textOf(`/proc/${pid}/cmdline`)).toContain("sleep");
    process.kill(pid, "SIGKILL");
  });

  it("is there even if somebody never stops writing", async () => {
    const { path, shAmongAll } = room();
    // Whenever one piece is dealt with there is a next one in the pipe.
    const script = "rm -f /mnt/heard; yes & echo $! >/mnt/pid; until [ -e /mnt/heard ]; do sleep 0.01; done";
    const onHearing = { words: "y", make: join(path, "heard") };
    const { captured, leaked } = await shAmongAll(script, { isSlow: true, repeat: 3, onHearing });
    expect(captured?.output).toMatch(/^y\ny\n/);
    expect(leaked).toBe(0);
    // Nobody reads any more.
    await until(() => !textOf(`/proc/${Number(textOf(join(path, "pid")))}/cmdline`).includes("yes"));
  });

  it("holds up the command while the listener is busy", async () => {
    const { path, shAmongAll } = room();
    const busyUntil = join(path, "go");
    const script = `
      block=$(printf %4096s); echo $$ >/mnt/pid
      for i in $(seq 1 256); do printf %s "$block"; echo $i >/mnt/progress; done`;
    const running = shAmongAll(script, { busyUntil });
    let isOver = false;
    void running.finally(() => {
      isOver = true;
    });
    const progress = () => Number(textOf(join(path, "progress")));
    const isStill = () => /\) S /.test(textOf(`/proc/${Number(textOf(join(path, "pid")))}/stat`));
    await until(() => isOver || progress() === 256 || (progress() > 0 && isStill()));
    const reached = progress();
    writeFileSync(busyUntil, "");
    const { captured } = await running;
    expect(reached).toBeGreaterThan(0);
    // One piece in the listener's hands, and a full pipe.
    expect(reached * 4096).toBeLessThanOrEqual(2 * PIPE);
    expect(captured?.output).toBe(" ".repeat(256 * 4096));
  });

  it("holds up both streams while the listener is busy with one", async () => {
    const { path, sh } = room();
    const [busyUntil, wrote] = [join(path, "go"), join(path, "wrote")];
    const script = `echo out; until [ -e /mnt/heard ]; do sleep 0.01; done; echo err >&2; echo >/mnt/wrote`;
    const onHearing = { words: "out", make: join(path, "heard") };
    const running = sh(script, { separate: true, busyUntil, onHearing });
    await until(() => existsSync(wrote));
    writeFileSync(busyUntil, "");
    expect((await running).pieces).toEqual([
      { text: "out\n", stream: "stdout", isEarly: false },
      { text: "err\n", stream: "stderr", isEarly: false },
    ]);
  });

  it.each([
    ["throw", "thrown"],
    ["reject", "rejected"],
  ] as const)("lets the command end when the listener fails (%s)", async (failure, error) => {
    const { path, sh } = room();
    const report = await sh(`seq 1 100000; echo done >/mnt/done; exit 3`, { failure });
    expect(report).toMatchObject({ exit: [3, null], error });
    expect(report.pieces).toHaveLength(1);
    expect(textOf(join(path, "done"))).toBe("done\n");
  });

  it("gives every descriptor back", async () => {
    for (const separate of [false, true]) {
      const report = await room().run({ argv: ["/bin/echo", "hello"], separate, stdin: "x", repeat: 100 });
      expect(report).toMatchObject({ captured: { output: "hello\n" }, leaked: 0 });
    }
  });

  it("tells why there are no pipes, and leaves nothing", async () => {
    const missing = await sh(":", { separate: true, mkfifo: "/no/mkfifo", repeat: 2 });
    expect(missing.problem).toMatchObject({ rule: "execute/capture", message: expect.stringContaining("ENOENT") });
    const { path, sh: again } = room();
    writeFileSync(join(path, "run/stderr"), "in the way");
    const taken = await again(":", { separate: true, repeat: 2 });
    expect(taken.problem).toMatchObject({ message: expect.stringMatching(/run\/stderr.*File exists/) });
    const mkfifo = join(path, "mkfifo");
    writeFileSync(mkfifo, '#!/bin/sh\nmkfifo "$1" "$2" "$3" "$4"\n', { mode: 0o755 });
    rmSync(join(path, "run/stderr"));
    const half = await again(":", { separate: true, mkfifo, repeat: 2 });
    expect(half.problem).toMatchObject({ message: expect.stringContaining("no such file") });
    for (const { leaked } of [missing, taken, half]) expect(leaked).toBe(0);
    expect(half.names).toEqual([]);
  });

  it("has its counterpart: input that can be read, and opened anew", async () => {
    const stdin = `a\0€\n${"x".repeat(MB)}`;
    const { captured, names } = await sh("[ -f /dev/stdin ] && cat /dev/stdin", { stdin });
    expect(captured?.output === stdin).toBe(true);
    expect(names).toEqual([]);
    expect(await outputOf("read line; echo $line; cat", { stdin: "one\ntwo\n" })).toBe("one\ntwo\n");
    expect(await outputOf("cat", { stdin: "" })).toBe("");
  });
});

describe("the end of a long text", () => {
  const pieces = fc.array(fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.string({ maxLength: 300 })));

  it("is the last bytes of it, less the rest of a character", () => {
    fc.assert(
      fc.property(pieces, fc.nat({ max: 500 }), (texts, limit) => {
        // A lone surrogate is no character; UTF-8 has none.
        const whole = texts.map((text) => Buffer.from(text).toString());
        const tail = createTail(limit);
        for (const text of whole) tail.add(text);
        const bytes = Buffer.from(whole.join(""));
        const isCut = bytes.length > limit;
        expect(tail.truncated).toBe(isCut);
        const kept = tail.text();
        expect(whole.join("").endsWith(kept)).toBe(true);
        const length = Buffer.byteLength(kept);
        if (!isCut) expect(kept).toBe(whole.join(""));
        else expect(length).toBeGreaterThan(limit - 4);
        expect(length).toBeLessThanOrEqual(Math.max(limit, isCut ? 0 : bytes.length));
      }),
    );
  });
});
