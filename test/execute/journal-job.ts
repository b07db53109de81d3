import { spawnSync } from "node:child_process";
import fs, { constants, lstatSync, mkdirSync, readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { createHostSide } from "../../src/execute/host-side.ts";
import { createJournal } from "../../src/execute/journal.ts";
import { replayJournals } from "../../src/execute/replay.ts";
import type { Step } from "../../src/model/plan.gen.ts";

// A process that makes, undoes or replays, and kills itself on the way: `journal-job TASK.json`. It prints what came of
// it as JSON. A task without a place to die prints how many there are.

/** What a {@link JournalTask} does: `make` dies with everything in place, `hold` waits for a line first. */
export type Action = "make" | "hold" | "make-and-undo" | "replay" | "dry-run";

export interface JournalTask {
  readonly action: Action;
  readonly steps?: readonly Step[];
  /** Names of FIFOs in the run directory. */
  readonly fifos?: readonly string[];
  /** Names of directories with something in them, in the run directory and not on record. */
  readonly strays?: readonly string[];
  /** Processes that have to be gone. */
  readonly processes?: readonly number[];
  /** Dies instead of the change of this number on disk, counted from 1. */
  readonly dieAt?: number;
  /** When it dies at a write: after half of the bytes. */
  readonly torn?: boolean;
  /** Nothing of this name can be removed. */
  readonly locked?: string;
  /** Somebody else makes a directory of this name just before it does. */
  readonly overtaken?: string;
}

const task: JournalTask = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
const changes = countChanges(task);
const result = await perform();
process.stdout.write(`${JSON.stringify({ changes: changes(), result })}\n`);

async function perform(): Promise<unknown> {
  const { action } = task;
  if (action === "replay" || action === "dry-run") {
    return replayJournals(process.env, { dryRun: action === "dry-run" });
  }
  const journal = createJournal(process.env);
  for (const pid of task.processes ?? []) journal.holdSandbox(pid);
  const side = createHostSide({ journal, environment: process.env });
  const problem = await side.perform(task.steps ?? []);
  if (problem) return problem;
  for (const name of task.fifos ?? []) {
    const path = `${journal.runDirectory()}/${name}`;
    const spot = { file: "/p/.sandbox.yml", line: 1, column: 1 };
    const intent = journal.intend({ kind: "remove-empty", path, type: "fifo", spot });
    spawnSync("mkfifo", [path]);
    intent.made(lstatSync(path, { bigint: true }));
  }
  for (const name of task.strays ?? []) mkdirSync(`${journal.runDirectory()}/${name}/deeper`, { recursive: true });
  if (action === "make-and-undo") return journal.undo();
  if (action === "hold") {
    process.stdout.write("made\n");
    await new Promise((resolve) => process.stdin.once("data", resolve));
    return journal.undo();
  }
  process.kill(process.pid, "SIGKILL");
}

/** Counts every call that changes something on disk, and ends the process in place of one of them. */
function countChanges({ dieAt, torn, locked, overtaken }: JournalTask): () => number {
  let count = 0;
  const isDue = () => ++count === dieAt;
  const die = () => process.kill(process.pid, "SIGKILL");
  const original = { ...fs };
  for (const name of ["mkdirSync", "mkdtempSync", "renameSync", "rmdirSync", "unlinkSync", "chmodSync"] as const) {
    Reflect.set(fs, name, (...args: unknown[]) => {
      if (isDue()) die();
      if (/^(rmdir|unlink)/.test(name) && locked !== undefined && String(args[0]).endsWith(`/${locked}`)) {
        throw Object.assign(new Error("EACCES: permission denied, rmdir"), { code: "EACCES", syscall: "rmdir" });
      }
      if (name === "mkdirSync" && overtaken !== undefined && String(args[0]).endsWith(`/${overtaken}`)) {
        original.mkdirSync(String(args[0]), 0o700);
      }
      return Reflect.apply(original[name], fs, args);
    });
  }
  fs.openSync = (path, flags, mode) => {
    if (typeof flags === "number" && (flags & constants.O_CREAT) !== 0 && isDue()) die();
    return original.openSync(path, flags, mode);
  };
  fs.writeSync = (fd: number, bytes: string | NodeJS.ArrayBufferView, offset?: number | null) => {
    if (typeof bytes === "string") throw new Error("journals are written as bytes");
    if (isDue()) {
      if (torn) original.writeSync(fd, bytes, offset ?? 0, Math.floor(bytes.byteLength / 2));
      die();
    }
    return original.writeSync(fd, bytes, offset);
  };
  syncBuiltinESMExports();
  return () => count;
}
