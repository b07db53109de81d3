import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type Captured, type OutputStream, openCapture, openInput } from "../../src/execute/capture/index.ts";

/** One program whose output is captured, and how the one who listens behaves. */
export interface CaptureJob {
  readonly argv: readonly string[];
  /** Where the pipes are made. */
  readonly directory: string;
  readonly mkfifo?: string;
  readonly separate?: boolean;
  readonly keep?: number;
  readonly stdin?: string;
  /** When all that was heard contains these words, this file is made. */
  readonly onHearing?: { readonly words: string; readonly make: string };
  /** Dealing with the first piece takes until this file is there. */
  readonly busyUntil?: string;
  /** Dealing with any piece takes a while. */
  readonly isSlow?: boolean;
  /** What becomes of the first piece. */
  readonly failure?: "throw" | "reject";
  /** Measures memory and notes no pieces. */
  readonly isLong?: boolean;
  /** How often all this is done (default: once); the last time counts. */
  readonly repeat?: number;
}

export interface CaptureReport {
  readonly problem?: unknown;
  readonly exit?: readonly [code: number | null, signal: string | null];
  readonly captured?: Captured;
  /** What `finish` rejected with. */
  readonly error?: string;
  readonly pieces: readonly Piece[];
  /** The flags of the open file that the program got as its standard output (open(2)). */
  readonly flags?: number;
  /** Names that were in the directory while the program ran, and in the end. */
  readonly names: readonly string[];
  /** By how much the heap and what hangs on it were larger than before, in bytes. */
  readonly growth: number;
  /** How many descriptors there are more than before. */
  readonly leaked: number;
}

export interface Piece {
  readonly text: string;
  readonly stream: OutputStream;
  /** Whether an earlier piece was still being dealt with. */
  readonly isEarly: boolean;
}

const descriptors = () => readdirSync("/proc/self/fd").length;
const inUse = () => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

async function capture(job: CaptureJob): Promise<Omit<CaptureReport, "leaked">> {
  const pieces: Piece[] = [];
  const before = inUse();
  let [growth, count, heard, isBusy] = [0, 0, "", false];
  const listen = async (until: string) => {
    isBusy = true;
    while (!existsSync(until)) await new Promise((done) => setTimeout(done, 5));
    isBusy = false;
  };
  const onOutput = (text: string, stream: OutputStream): void | Promise<void> => {
    count++;
    if (job.isLong) {
      if (count % 16 === 0) growth = Math.max(growth, inUse() - before);
      return;
    }
    pieces.push({ text, stream, isEarly: isBusy });
    heard += text;
    if (job.onHearing && heard.includes(job.onHearing.words)) writeFileSync(job.onHearing.make, "");
    if (job.failure === "throw") throw new Error("thrown");
    if (job.failure === "reject") return Promise.reject(new Error("rejected"));
    if (job.busyUntil && count === 1) return listen(job.busyUntil);
    if (job.isSlow) return new Promise((done) => setTimeout(done, 5));
  };
  const { separate, keep, mkfifo = "/usr/bin/mkfifo" } = job;
  const captured = openCapture({ onOutput, separate, keep }, job.directory, mkfifo);
  if ("rule" in captured) return { problem: captured, pieces, names: readdirSync(job.directory), growth };
  const input = job.stdin === undefined ? undefined : openInput(job.stdin, job.directory);
  if (typeof input === "object") throw new Error(input.message);

  const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${captured.stdout}`, "utf8"))?.[1] ?? "";
  const [file = "", ...args] = job.argv;
  const child = spawn(file, args, { stdio: [input ?? "ignore", captured.stdout, captured.stderr] });
  captured.begin();
  if (input !== undefined) closeSync(input);
  const during = readdirSync(job.directory);
  const [code, signal] = await once(child, "exit");
  const end = await captured.finish().then(
    (captured) => ({ captured }),
    (error: Error) => ({ error: error.message }),
  );
  const names = [...during, ...readdirSync(job.directory)];
  return { exit: [code, signal], ...end, pieces, flags: Number.parseInt(flags, 8), names, growth };
}

// A process that does nothing but capture the output of one program: `run-capture JOB.json REPORT.json`.
const [jobFile, reportFile] = process.argv.slice(2);
if (!jobFile || !reportFile) throw new Error("usage: run-capture JOB.json REPORT.json");
const job: CaptureJob = JSON.parse(readFileSync(jobFile, "utf8"));
// What Node opens for the first child stays open.
let report = await capture(job);
const before = descriptors();
for (let run = 1; run < (job.repeat ?? 1); run++) report = await capture(job);
writeFileSync(reportFile, JSON.stringify({ ...report, leaked: descriptors() - before }));
