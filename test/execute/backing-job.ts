import childProcess from "node:child_process";
import fs, { constants, readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { makeNode, mountTmpfs } from "../../src/execute/backing/index.ts";
import { createJournal } from "../../src/execute/journal.ts";
import { replayJournals } from "../../src/execute/replay.ts";
import type { MakeNodeStep, MountTmpfsStep } from "../../src/model/plan.gen.ts";

// A process that builds a /dev and undoes it, or dies on the way: `backing-job TASK.json`. It prints what came of it.

export interface BackingTask {
  /** `hold` waits for a line before it undoes; `make` dies with everything in place. */
  readonly action: "make" | "make-and-undo" | "hold" | "replay" | "dry-run";
  readonly steps?: readonly (MountTmpfsStep | MakeNodeStep)[];
  readonly umask?: number;
  /** Dies instead of the change of this number, counted from 1. */
  readonly dieAt?: number;
}

const task: BackingTask = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
if (task.umask !== undefined) process.umask(task.umask);
const changes = countChanges(task.dieAt);
const before = descriptors();
const result = await perform();
say({ changes: changes(), result, leaked: descriptors() - before });

async function perform(): Promise<unknown> {
  const { action, steps = [] } = task;
  if (action === "replay" || action === "dry-run") {
    return replayJournals(process.env, { dryRun: action === "dry-run" });
  }
  const journal = createJournal(process.env);
  const places = new Map<string, string>();
  for (const step of steps) {
    const problem = step.kind === "mount-tmpfs" ? mountTmpfs(step, { journal, places }) : makeNode(step, { places });
    if (problem) return { problem, cleanup: await journal.undo() };
  }
  if (action === "hold" || action === "make") say({ places: Object.fromEntries(places) });
  if (action === "make") process.kill(process.pid, "SIGKILL");
  if (action === "hold") fs.readSync(0, Buffer.alloc(1));
  return { cleanup: await journal.undo() };
}

function say(words: object): void {
  fs.writeSync(1, `${JSON.stringify(words)}\n`);
}

function descriptors(): number {
  return fs.readdirSync("/proc/self/fd").length;
}

/** Counts what changes something on disk or in the table of mounts, and dies in place of one of these. */
function countChanges(dieAt: number | undefined): () => number {
  let count = 0;
  const count1 = () => {
    if (++count === dieAt) process.kill(process.pid, "SIGKILL");
  };
  const original = { ...fs };
  for (const name of ["mkdirSync", "mkdtempSync", "renameSync", "rmdirSync", "unlinkSync", "chmodSync"] as const) {
    Reflect.set(fs, name, (...args: unknown[]) => {
      count1();
      return Reflect.apply(original[name], fs, args);
    });
  }
  fs.openSync = (path, flags, mode) => {
    if (typeof flags === "number" && (flags & constants.O_CREAT) !== 0) count1();
    return original.openSync(path, flags, mode);
  };
  fs.writeSync = (fd: number, bytes: string | NodeJS.ArrayBufferView, offset?: number | null) => {
    if (fd !== 1) count1();
    return typeof bytes === "string" ? original.writeSync(fd, bytes) : original.writeSync(fd, bytes, offset);
  };
  const { spawnSync } = childProcess;
  Reflect.set(childProcess, "spawnSync", (...args: unknown[]) => {
    count1();
    return Reflect.apply(spawnSync, childProcess, args);
  });
  syncBuiltinESMExports();
  return () => count;
}
