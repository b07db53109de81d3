import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { statOf } from "../../../src/execute/processes.ts";
import type { RunPlace } from "../journal-harness.ts";
import type { ServersEvent, ServersTask } from "./run-servers.ts";

/** Starts servers in processes of their own; what they left goes with `remove`. */
export interface ServersHarness {
  /** The server in Node, and the one in Python: their paths. */
  readonly node: string;
  readonly python: string;
  start(task: ServersTask, options: ServersRun): ServersJob;
  remove(): void;
}

export interface ServersRun {
  readonly place: RunPlace;
  readonly env?: Readonly<Record<string, string>>;
  /** What the process gets as descriptors above 2. */
  readonly descriptors?: Readonly<Record<number, number>>;
  /** Words in front of its command line. */
  readonly prefix?: readonly string[];
}

type EventOf<Kind> = Extract<ServersEvent, { readonly is: Kind }>;

export interface ServersJob {
  readonly child: ChildProcess;
  /** Everything it has said so far. */
  readonly events: readonly ServersEvent[];
  /** The next event that it says or has said, which has to be of this kind. */
  next<Kind extends ServersEvent["is"]>(kind: Kind): Promise<EventOf<Kind>>;
  tell(order: "stop" | "hurry" | "kill and stop"): void;
  /** What it and its servers wrote on standard error. */
  readonly finished: Promise<{ readonly signal: NodeJS.Signals | null; readonly stderr: string }>;
}

export function createServersHarness(): ServersHarness {
  const directory = mkdtempSync(join(tmpdir(), "sbx-servers-"));
  chmodSync(directory, 0o755);
  const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const program = join(directory, "run-servers.mjs");
  buildSync({
    entryPoints: [here("run-servers.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  // The checkout may be out of reach for others.
  const [node, python] = ["answer.mjs", "answer.py"].map((name) => {
    const copy = join(directory, name);
    copyFileSync(here(name), copy);
    chmodSync(copy, 0o644);
    return copy;
  });
  let number = 0;
  const jobs: ChildProcess[] = [];
  return {
    node: node!,
    python: python!,
    start(task, { place, env = {}, descriptors = {}, prefix = [] }) {
      const file = join(directory, `${++number}.json`);
      writeFileSync(file, JSON.stringify(task));
      const own = process.getuid?.() ?? 0;
      const as = place.uid === own ? [] : ["setpriv", `--reuid=${place.uid}`, `--regid=${place.uid}`, "--clear-groups"];
      const [command = "", ...args] = [...as, ...prefix, process.execPath, program, file];
      const highest = Math.max(2, ...Object.keys(descriptors).map(Number));
      const stdio = Array.from({ length: highest + 1 }, (_, fd) => (fd < 3 ? "pipe" : (descriptors[fd] ?? "ignore")));
      const child = spawn(command, args, { stdio, env: { PATH: process.env.PATH ?? "", ...place.env, ...env } });
      jobs.push(child);
      return follow(child);
    },
    remove() {
      for (const child of jobs) child.kill("SIGKILL");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function follow(child: ChildProcess): ServersJob {
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error("descriptors 0 to 2 are the harness's");
  stdin.on("error", () => {});
  const events: ServersEvent[] = [];
  const unread: ServersEvent[] = [];
  const lines = createInterface({ input: stdout });
  let hasEnded = false;
  lines.on("line", (line) => {
    const event: ServersEvent = JSON.parse(line);
    events.push(event);
    unread.push(event);
  });
  lines.on("close", () => {
    hasEnded = true;
  });
  const errors = text(stderr);
  return {
    child,
    events,
    async next(kind) {
      while (unread.length === 0) {
        if (hasEnded) throw new Error(`no "${kind}", but the end: ${await errors}`);
        await Promise.race([once(lines, "line"), once(lines, "close")]);
      }
      const event = unread.shift()!;
      if (!isOf(kind, event)) throw new Error(`no "${kind}", but ${JSON.stringify(event)}`);
      return event;
    },
    tell: (order) => void stdin.write(`${order}\n`),
    finished: Promise.all([once(child, "close"), errors]).then(([[, signal], stderr]) => ({ signal, stderr })),
  };
}

function isOf<Kind extends ServersEvent["is"]>(kind: Kind, event: ServersEvent): event is EventOf<Kind> {
  return event.is === kind;
}

/** What a server says to a client that says nothing. */
export async function ask(path: string): Promise<string> {
  return text(connect({ path, allowHalfOpen: false }));
}

/** Who lives in a process group. */
export function membersOf(group: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const found = statOf(pid);
      return found?.group === group && found.state !== "Z" && found.state !== "X";
    });
}
