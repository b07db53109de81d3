import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
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
import { createInterface } from "node:readline";
import type { Replayed } from "../../src/execute/replay.ts";
import { parseMountinfo } from "../../src/model/mountinfo.ts";
import type { Problem } from "../../src/model/problem.ts";
import type { BackingTask } from "./backing-job.ts";
import { buildJob } from "./job-program.ts";

export interface BackingHarness {
  place(uid?: number): BackingPlace;
  remove(): void;
}

/** Where the runs of one user are. */
export interface BackingPlace {
  readonly directory: string;
  readonly env: { readonly XDG_RUNTIME_DIR: string };
  /** What is mounted below the directory, as `type point`. */
  mounts(): string[];
  /** What is left of runs. */
  left(): string[];
  /** Runs a task; `prefix` are words in front of its command line. */
  run(task: BackingTask, prefix?: readonly string[]): Promise<Ended>;
  hold(task: Omit<BackingTask, "action">, prefix?: readonly string[]): Promise<Held>;
  replay(prefix?: readonly string[]): Promise<Replayed[]>;
}

export interface Ended {
  readonly signal: NodeJS.Signals | null;
  /** Of a run that was killed with all in place. */
  readonly places?: Readonly<Record<string, string>>;
  readonly changes?: number;
  readonly leaked?: number;
  readonly result?: { readonly problem?: Problem; readonly cleanup?: readonly Problem[] };
}

export interface Held {
  readonly child: ChildProcess;
  /** The directory that backs /dev. */
  readonly dev: string;
  release(): Promise<Ended>;
}

export function createBackingHarness(): BackingHarness {
  const { directory, program } = buildJob("backing-job", "sbx-backing-");
  return {
    place: (uid = process.getuid?.() ?? 0) => makePlace(directory, program, uid),
    remove: () => {
      // What a failed test left, the latest first.
      for (const { point } of mountsBelow(directory).toReversed()) spawnSync("umount", ["-l", point]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const mountsBelow = (directory: string) =>
  parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8")).filter(({ point }) => point.startsWith(directory));

function makePlace(parent: string, program: string, uid: number): BackingPlace {
  const directory = mkdtempSync(join(parent, "place-"));
  chmodSync(directory, 0o755);
  const runtime = join(directory, "runtime");
  mkdirSync(runtime, { mode: 0o700 });
  chownSync(runtime, uid, uid);
  const env = { XDG_RUNTIME_DIR: runtime };
  const isOther = uid !== process.getuid?.();
  const as = isOther ? ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--"] : [];
  let number = 0;

  const start = (task: BackingTask, prefix: readonly string[]) => {
    const file = join(directory, `task-${++number}.json`);
    writeFileSync(file, JSON.stringify(task));
    const [command = "", ...args] = [...as, ...prefix, process.execPath, program, file];
    const child = spawn(command, args, {
      env: { PATH: process.env.PATH ?? "", ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const said: object[] = [];
    const lines = createInterface({ input: child.stdout! });
    lines.on("line", (line) => said.push(JSON.parse(line)));
    const ended = once(child, "close").then(([code, signal]): Ended => {
      if (signal === null && code !== 0) throw new Error(`the job's process ended with ${code}`);
      return Object.assign({ signal }, ...said);
    });
    return { child, lines, ended };
  };
  const run: BackingPlace["run"] = (task, prefix = []) => {
    const { child, ended } = start(task, prefix);
    child.stdin!.end();
    return ended;
  };
  return {
    directory,
    env,
    run,
    mounts: () => mountsBelow(directory).map(({ point, type }) => `${type} ${point}`),
    left: () =>
      existsSync(join(runtime, "sbx")) ? readdirSync(join(runtime, "sbx"), { recursive: true }).map(String) : [],
    async hold(task, prefix = []) {
      const { child, lines, ended } = start({ action: "hold", ...task }, prefix);
      const [line] = await Promise.race([once(lines, "line"), ended.then((end) => [JSON.stringify(end)])]);
      const dev = JSON.parse(line).places?.["{run}/dev"];
      if (typeof dev !== "string") throw new Error(line);
      const release = () => {
        child.stdin!.end("go on\n");
        return ended;
      };
      return { child, dev, release };
    },
    async replay(prefix = []) {
      const { result } = await run({ action: "replay" }, prefix);
      return result as unknown as Replayed[];
    },
  };
}
