import child_process from "node:child_process";
import fs, { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import { createInterface } from "node:readline";
import { isIoError } from "../../../src/execute/io-error.ts";
import { createJournal } from "../../../src/execute/journal.ts";
import { statOf } from "../../../src/execute/processes.ts";
import { type Server, startServer } from "../../../src/execute/servers/index.ts";
import type { StartApiStep } from "../../../src/model/plan.gen.ts";

// A process that starts servers and is told what to do with them: `run-servers TASK.json`. On its standard output it
// says what came of it, each event a line of JSON.

export interface ServersTask {
  /** `hold`: starts all, then does what the lines of standard input say. The others need no orders. */
  readonly action: "hold" | "start-and-stop" | "cycles" | "squeeze";
  readonly steps: readonly StartApiStep[];
  /** Aborted before anything is started. */
  readonly isHurried?: boolean;
  /** Dies at the moment of this number, counted from 1. */
  readonly dieAt?: number;
  /** How often. */
  readonly cycles?: number;
}

/** An event of such a process. */
export type ServersEvent =
  | { readonly is: "started"; readonly name: string; readonly pid: number; readonly path: string }
  | { readonly is: "refused"; readonly problem: ReportedProblem }
  | { readonly is: "died"; readonly problem: ReportedProblem }
  | { readonly is: "stopped"; readonly problems: readonly ReportedProblem[] }
  | { readonly is: "undone"; readonly problems: readonly ReportedProblem[] }
  | { readonly is: "moments"; readonly count: number }
  | { readonly is: "leaked"; readonly descriptors: number }
  | { readonly is: "squeezed"; readonly outcomes: readonly string[] };

export interface ReportedProblem {
  readonly rule: string;
  readonly message: string;
  readonly help?: string;
  readonly line: number;
  readonly data: Readonly<Record<string, unknown>>;
}

const task: ServersTask = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
const moments = countMoments(task.dieAt);
const say = (event: ServersEvent) => process.stdout.write(`${JSON.stringify(event)}\n`);
const journal = createJournal(process.env);
const places = new Map<string, string>();
const hurry = new AbortController();
if (task.isHurried) hurry.abort();
const started: Server[] = [];

switch (task.action) {
  case "hold": {
    const orders = createInterface({ input: process.stdin });
    orders.on("line", (line) => void obey(line));
    await startAll();
    break;
  }
  case "start-and-stop":
    await startAll();
    await stopAll();
    say({ is: "moments", count: moments() });
    break;
  case "cycles": {
    const cycle = async () => {
      const own = createJournal(process.env);
      for (const step of task.steps) {
        const server = await startServer(step, { journal: own, places, environment: process.env });
        if ("rule" in server) throw new Error(server.message);
        await server.stop();
      }
      await own.undo();
    };
    // What Node opens for the first child stays open.
    await cycle();
    const before = await descriptors();
    for (let count = 0; count < (task.cycles ?? 1); count++) await cycle();
    say({ is: "leaked", descriptors: (await descriptors()) - before });
    break;
  }
  case "squeeze":
    say({ is: "squeezed", outcomes: await squeeze() });
}

async function startAll(): Promise<void> {
  for (const step of task.steps) {
    const server = await startServer(step, { journal, places, environment: process.env, hurry: hurry.signal });
    if ("rule" in server) return void say({ is: "refused", problem: server });
    started.push(server);
    void server.died.then((problem) => say({ is: "died", problem }));
    say({ is: "started", name: server.name, pid: server.pid, path: places.get(step.socket) ?? "" });
  }
}

async function stopAll(): Promise<void> {
  for (const server of started.splice(0).toReversed()) {
    const [problems, again] = await Promise.all([server.stop(), server.stop()]);
    if (again !== problems) throw new Error("stopped twice");
    say({ is: "stopped", problems });
  }
  say({ is: "undone", problems: await journal.undo() });
}

async function obey(line: string): Promise<void> {
  if (line === "hurry") return hurry.abort();
  const [server] = started;
  if (line === "kill and stop" && server) {
    process.kill(server.pid, "SIGKILL");
    // It is dead when Node has had no occasion to hear of it.
    while (statOf(server.pid)?.state !== "Z");
  }
  await stopAll();
  // Time for what must not come: a death of who was stopped.
  for (let turn = 0; turn < 5; turn++) await new Promise((next) => setImmediate(next));
  process.exit();
}

/** Starts a server with fewer and fewer descriptors to be had. */
async function squeeze(): Promise<string[]> {
  const outcomes: string[] = [];
  const [step] = task.steps;
  if (!step) throw new Error("nothing to start");
  for (let left = 40; left >= 0; left--) {
    const own = createJournal(process.env);
    // The run directory is there before descriptors become scarce.
    own.runDirectory();
    const taken = exhaust();
    for (const fd of taken.splice(0, left)) closeSync(fd);
    const server = await startServer(step, { journal: own, places, environment: process.env, inherited: [] });
    for (const fd of taken) closeSync(fd);
    outcomes.push("rule" in server ? server.rule : "started");
    if (!("rule" in server)) await server.stop();
    const problems = await own.undo();
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
  }
  return outcomes;
}

function exhaust(): number[] {
  const taken: number[] = [];
  for (;;) {
    try {
      taken.push(openSync("/dev/null", "r"));
    } catch (error) {
      if (isIoError(error) && error.code === "EMFILE") return taken;
      throw error;
    }
  }
}

/** When all that is closed is given back. */
async function descriptors(): Promise<number> {
  await new Promise((later) => setTimeout(later, 50));
  return readdirSync("/proc/self/fd").length;
}

/** Counts what changes something outside of this process, before and after, and ends it at one of those moments. */
function countMoments(dieAt: number | undefined): () => number {
  let count = 0;
  const kill = process.kill.bind(process);
  const moment = () => {
    if (++count === dieAt) kill(process.pid, "SIGKILL");
  };
  // How often sbx looks for the socket is a matter of luck.
  let looks = 0;
  const patch = (owner: object, name: string, isCounted: () => boolean = () => true) => {
    const original: unknown = Reflect.get(owner, name);
    if (typeof original !== "function") throw new Error(`no ${name}`);
    Reflect.set(owner, name, function patched(this: unknown, ...args: unknown[]) {
      const counts = isCounted();
      if (counts) moment();
      const result: unknown = Reflect.apply(original, this, args);
      if (counts) moment();
      return result;
    });
  };
  for (const name of ["mkdirSync", "renameSync", "writeSync"]) patch(fs, name);
  patch(child_process, "spawn");
  patch(net, "connect", () => ++looks <= 1);
  // What sbx tells shells; what this program says itself is written there, too.
  const Socket: { readonly prototype: object } = net.Socket;
  let isSaying = false;
  patch(Socket.prototype, "write", () => !isSaying);
  const { stdout } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = (text: string | Uint8Array) => {
    isSaying = true;
    const result = write(text);
    isSaying = false;
    return result;
  };
  // The others only ask whether somebody is still there.
  let signals = 0;
  patch(process, "kill", () => signals++ === 0);
  syncBuiltinESMExports();
  return () => count;
}
