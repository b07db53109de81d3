import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Executed, Job } from "../../src/execute/job.ts";
import type { Invocation } from "../../src/model/invocation.ts";
import type { Runner } from "../support/bwraps.ts";
import { buildJob } from "./job-program.ts";

/** A user without an account will do: nothing looks it up. */
const ORDINARY = 4242;

/** Where the tests of one file put things; all of it goes when the file is done. */
export interface Harness {
  readonly directory: string;
  /** A fresh directory that belongs to the user of the run. */
  room(user: Runner["user"]): string;
  /** Runs a job in a process of its own. */
  start(user: Runner["user"], job: Job, options?: StartOptions): RunningJob;
  run(user: Runner["user"], job: Job, options?: StartOptions): Promise<Finished>;
  remove(): void;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What the process gets as descriptors, by number; 0 is /dev/null, 1 and 2 are captured. */
  readonly descriptors?: Readonly<Record<number, number>>;
  /** See ExecuteOptions. */
  readonly cleaner?: readonly string[];
}

export interface RunningJob {
  readonly child: ChildProcess;
  /** Resolves when the sandbox has written this on its standard output. */
  said(words: string): Promise<void>;
  readonly finished: Promise<Finished>;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly outcome: Executed;
  /** Listeners on `process` that were not there before. */
  readonly leaked: number;
}

export function createHarness(): Harness {
  const { directory, program } = buildJob("run-job", "sbx-execute-");

  const room = (user: Runner["user"]) => {
    const made = mkdtempSync(join(directory, "room-"));
    if (user === "ordinary" && process.getuid?.() === 0) chownSync(made, ORDINARY, ORDINARY);
    return made;
  };
  const start = (user: Runner["user"], job: Job, options: StartOptions = {}): RunningJob => {
    const { env = {}, descriptors = {}, cleaner } = options;
    const own = room(user);
    const [jobFile, outcomeFile] = [join(own, "job.json"), join(own, "outcome.json")];
    writeFileSync(jobFile, JSON.stringify({ job, options: cleaner ? { cleaner } : {} }));
    const isOther = user === "ordinary" && process.getuid?.() === 0;
    const as = isOther ? ["setpriv", `--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, "--clear-groups", "--"] : [];
    const [file = "", ...args] = [...as, process.execPath, program, jobFile, outcomeFile];
    const highest = Math.max(2, ...Object.keys(descriptors).map(Number));
    const stdio = Array.from(
      { length: highest + 1 },
      (_, fd) => descriptors[fd] ?? (fd === 1 || fd === 2 ? "pipe" : "ignore"),
    );
    const runtime = { PATH: process.env.PATH ?? "", XDG_RUNTIME_DIR: own };
    const child = spawn(file, args, { stdio, env: { ...runtime, ...env } });
    return { child, ...follow(child, outcomeFile) };
  };
  return {
    directory,
    room,
    start,
    run: (user, job, options) => start(user, job, options).finished,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function follow(child: ChildProcess, outcomeFile: string): Pick<RunningJob, "said" | "finished"> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error("descriptors 1 and 2 are the harness's");
  let heard = "";
  stdout.setEncoding("utf8").on("data", (chunk: string) => {
    heard += chunk;
  });
  const said = async (words: string) => {
    while (!heard.includes(words)) await once(stdout, "data");
  };
  const finish = async (): Promise<Finished> => {
    const [[code], errors] = await Promise.all([once(child, "close"), text(stderr)]);
    if (!existsSync(outcomeFile)) throw new Error(`the job's process ended with ${code}: ${errors}`);
    return { code, stdout: heard, stderr: errors, ...JSON.parse(readFileSync(outcomeFile, "utf8")) };
  };
  return { said, finished: finish() };
}

/** A job around these bwrap arguments; the whole host read-only when none are given. */
export function jobOf(bwrap: string, command: readonly string[], change: JobChange = {}): Job {
  const invocation: Invocation = {
    version: 1,
    file: bwrap,
    args: [...HOST, ...(change.args ?? []), "--", ...command],
    env: change.env ?? { PATH: "/usr/bin:/bin" },
    cwd: "/",
    inputs: change.inputs ?? [],
  };
  return {
    invocation,
    prepare: change.prepare ?? [],
    process: { stdin: "none", passFds: [], killAfterMs: 0, ...change.process },
  };
}

export interface JobChange extends Partial<Pick<Invocation, "env" | "inputs" | "args">> {
  readonly prepare?: Job["prepare"];
  readonly process?: Partial<Job["process"]>;
}

const HOST = ["--unshare-all", "--die-with-parent", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"];

/** The processes that have these words on their command line and are no zombies. */
export function processesWith(words: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => textOf(`/proc/${pid}/cmdline`).includes(words) && !/\) [ZX]/.test(textOf(`/proc/${pid}/stat`)));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** A fresh 0700 directory. */
export function privateDirectory(parent: string, name: string): string {
  const path = join(parent, name);
  mkdirSync(path, { mode: 0o700 });
  return path;
}
