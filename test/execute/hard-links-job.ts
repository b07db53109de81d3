import childProcess, { spawnSync } from "node:child_process";
import fs, { constants, readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname } from "node:path";
import { copyHardLinks } from "../../src/execute/hard-links/index.ts";
import { createJournal } from "../../src/execute/journal.ts";
import { replayJournals } from "../../src/execute/replay.ts";

// A process that copies hard links, or dies on the way: `hard-links-job TASK.json`. It prints what came of it.

export interface HardLinksTask {
  readonly action: "copy" | "replay";
  readonly path?: string;
  /** Dies instead of the change of this number, counted from 1. */
  readonly dieAt?: number;
  /** Aborted before it begins, as soon as anything else has its turn, or when files begin to be copied. */
  readonly hurry?: "before" | "soon" | "copying";
  /** A line for sh, run when the first file is about to be opened, or the first files to be copied. */
  readonly meanwhile?: string;
  readonly when?: "opening" | "copying";
}

// How a file is opened that is to be copied.
const NAMED = 0o10000000 | constants.O_NOFOLLOW;

const task: HardLinksTask = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
const hurry = new AbortController();
// What Node opens for all children, once.
await new Promise((resolve) => childProcess.spawn("true").on("close", resolve));
const changes = intercept();
const before = descriptors();
const said = await perform();
fs.writeSync(1, JSON.stringify({ ...said, changes: changes(), leaked: await leaked() }));

async function perform(): Promise<object> {
  if (task.action === "replay") return { replayed: await replayJournals(process.env, { dryRun: false }) };
  const journal = createJournal(process.env);
  const origin = { file: "/p/.sandbox.yml", line: 7, column: 3, route: ["root"], chain: [] };
  if (task.hurry === "before") hurry.abort();
  if (task.hurry === "soon") setImmediate(() => hurry.abort());
  const step = { kind: "copy-hard-links", path: task.path ?? "", origin } as const;
  const problem = await copyHardLinks(step, { journal, hurry: hurry.signal });
  const madeNothing = journal.isEmpty;
  const cleanup = await journal.undo();
  return { ...(problem && { problem }), madeNothing, cleanup };
}

/** What is still open when others have had their turns: descriptors of a child that has ended close in one, a leak in none. */
async function leaked(): Promise<number> {
  for (let turn = 0; turn < 50 && descriptors() > before; turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 2));
  return descriptors() - before;
}

function descriptors(): number {
  return fs.readdirSync("/proc/self/fd").length;
}

/** Counts what changes something on disk, and dies in place of one of these; programs that copy are told of, too. */
function intercept(): () => number {
  let count = 0;
  let started = 0;
  const change = () => {
    if (++count === task.dieAt) process.kill(process.pid, "SIGKILL");
  };
  let line = task.meanwhile;
  const meanwhile = () => {
    if (line === undefined) return;
    const { status } = spawnSync("sh", ["-ec", line], { cwd: dirname(task.path ?? ""), stdio: "inherit" });
    if (status !== 0) throw new Error(`${line}: it failed`);
    line = undefined;
  };
  const original = { ...fs };
  const changing = [
    ...(["mkdirSync", "mkdtempSync", "renameSync", "rmdirSync", "unlinkSync", "chmodSync", "linkSync"] as const),
    ...(["symlinkSync", "utimesSync", "lutimesSync", "lchownSync"] as const),
  ];
  for (const name of changing) {
    Reflect.set(fs, name, (...args: unknown[]) => {
      change();
      return Reflect.apply(original[name], fs, args);
    });
  }
  fs.openSync = (path, flags, mode) => {
    if (typeof flags === "number" && (flags & constants.O_CREAT) !== 0) change();
    if (task.when === "opening" && flags === NAMED) meanwhile();
    return original.openSync(path, flags, mode);
  };
  fs.writeSync = (fd: number, bytes: string | NodeJS.ArrayBufferView, offset?: number | null) => {
    if (fd !== 1) change();
    return typeof bytes === "string" ? original.writeSync(fd, bytes) : original.writeSync(fd, bytes, offset);
  };
  const { spawn } = childProcess;
  Reflect.set(childProcess, "spawn", (...args: unknown[]) => {
    change();
    const isFirst = started++ === 0;
    if (isFirst && task.when !== "opening") meanwhile();
    const child = Reflect.apply(spawn, childProcess, args);
    // Dying here leaves the program behind in the middle of its work.
    change();
    if (isFirst && task.hurry === "copying") hurry.abort();
    return child;
  });
  syncBuiltinESMExports();
  return () => count;
}
