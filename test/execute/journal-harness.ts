import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Replayed } from "../../src/execute/replay.ts";
import { type Runner, runners } from "../support/bwraps.ts";
import { buildJob } from "./job-program.ts";
import type { JournalTask } from "./journal-job.ts";

type User = Runner["user"];

/** Those who can be tried here. */
export const USERS: readonly User[] = [...new Set(runners().map(({ user }) => user))];

/** A user without an account will do: nothing looks it up. */
const ORDINARY = 4242;

export interface JournalHarness {
  /** A place for one user's runs. */
  place(user: User): RunPlace;
  remove(): void;
}

export interface RunPlace {
  readonly uid: number;
  /** A directory of the user's, with things in it that are nobody's to remove. */
  readonly room: string;
  /** Where the run directories are. */
  readonly base: string;
  readonly env: { readonly XDG_RUNTIME_DIR: string };
  /** Makes something the user's. */
  own(path: string): string;
  /** Runs a task in a process of the user's; `prefix` are words in front of its command line. */
  start(task: JournalTask, prefix?: readonly string[]): ChildProcess;
  run(task: JournalTask, prefix?: readonly string[]): Promise<JobEnd>;
  replay(change?: Partial<JournalTask>): Promise<Replayed[]>;
}

export interface JobEnd {
  readonly signal: NodeJS.Signals | null;
  /** How many changes on disk it made; undefined when it was killed. */
  readonly changes: number | undefined;
  readonly result: unknown;
}

export function createJournalHarness(): JournalHarness {
  const { directory, program } = buildJob("journal-job", "sbx-journal-");
  return {
    place: (user) => makePlace(directory, program, user),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function makePlace(directory: string, program: string, user: User): RunPlace {
  const isOther = user === "ordinary" && process.getuid?.() === 0;
  const own = (path: string) => {
    if (isOther) chownSync(path, ORDINARY, ORDINARY);
    return path;
  };
  const make = (path: string, mode = 0o755) => {
    mkdirSync(path, { mode });
    return own(path);
  };
  const top = own(mkdtempSync(join(directory, "place-")));
  const room = make(join(top, "room"));
  make(join(room, "old"));
  make(join(room, "empty"));
  writeFileSync(join(room, "old/kept"), "as it was");
  writeFileSync(join(room, "blank"), "");
  const runtime = make(join(top, "runtime"), 0o700);
  const env = { XDG_RUNTIME_DIR: runtime };
  const tasks = mkdtempSync(join(top, "tasks-"));
  chmodSync(tasks, 0o755);
  let number = 0;

  const start = (task: JournalTask, prefix: readonly string[] = []) => {
    const file = join(tasks, `${++number}.json`);
    writeFileSync(file, JSON.stringify(task));
    const as = isOther ? ["setpriv", `--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, "--clear-groups", "--"] : [];
    const [command = "", ...args] = [...as, ...prefix, process.execPath, program, file];
    return spawn(command, args, { env: { PATH: process.env.PATH ?? "", ...env }, stdio: ["pipe", "pipe", "inherit"] });
  };
  const run = async (task: JournalTask, prefix: readonly string[] = []): Promise<JobEnd> => {
    const child = start(task, prefix);
    const [output, [code, signal]] = await Promise.all([text(child.stdout!), once(child, "close")]);
    if (signal !== null) return { signal, changes: undefined, result: undefined };
    if (code !== 0) throw new Error(`the job's process ended with ${code}`);
    return { signal, ...JSON.parse(output.replace(/^made\n/, "")) };
  };
  return {
    uid: isOther ? ORDINARY : (process.getuid?.() ?? 0),
    room,
    base: join(runtime, "sbx"),
    env,
    own,
    start,
    run,
    async replay(change = {}) {
      const { signal, result } = await run({ action: "replay", ...change });
      if (signal !== null) throw new Error(`the replay was ended by ${signal}`);
      return result as Replayed[];
    },
  };
}

/** Everything below a directory, no link followed, with which object it is. */
export function objects(directory: string, prefix = ""): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    const inIt = entry.isDirectory() ? objects(path, `${prefix}${entry.name}/`) : [];
    return [`${prefix}${entry.name} ${lstatSync(path).ino}`, ...inIt].sort();
  });
}
