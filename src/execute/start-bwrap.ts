import type { ChildProcess, StdioOptions } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { bwrapOptions, type DescriptorPlan, type Slot } from "./descriptors.ts";

/** A program call with nothing left to look up. */
export interface Call {
  /** A program that becomes `file`, and its words: the process stays the same. */
  readonly before?: readonly string[];
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** By descriptor. */
  readonly inputs: ReadonlyMap<number, string>;
  /** What bwrap gets as standard input, output and error; undefined: /dev/null. */
  readonly standard: readonly [number | undefined, number, number];
  readonly descriptors: DescriptorPlan;
  /** Words for bwrap that go in front of all others. */
  readonly first: readonly string[];
  /**
   * Away from the caller's terminal, so that ^C reaches sbx alone: bwrap would die of it at once, and the command with it
   * (measured). Not with `session: keep`.
   */
  readonly ownSession: boolean;
}

/** A pipe that Node made for a child. */
export type Pipe = Readable | Writable;

/** A bwrap that was started; why it could not be comes as an `error` event of the child, or is thrown. */
export interface StartedBwrap {
  readonly child: ChildProcess;
  /** Its pipes by descriptor. */
  readonly pipes: ReadonlyMap<number, Pipe>;
}

/** Starts bwrap with exactly the given environment and descriptors, and feeds it its inputs. */
export function startBwrap(call: Call): StartedBwrap {
  const { before = [], args, environment, cwd, inputs, standard, descriptors, first, ownSession } = call;
  const [file = call.file, ...words] = [...before, call.file, ...first, ...bwrapOptions(descriptors), ...args];
  const nothing = openSync("/dev/null", "r");
  try {
    // Loaded here because it takes a millisecond that a refused run need not pay; in this way because an `import()`
    // would let other code run between the look at the open descriptors and the start.
    const { spawn } = process.getBuiltinModule("node:child_process");
    const child = spawn(file, words, {
      cwd,
      detached: ownSession,
      env: exactly(environment),
      stdio: stdioOf(descriptors.slots, standard, nothing),
    });
    const pipes = pipesOf(child);
    for (const [fd, content] of inputs) feed(pipes.get(fd), content);
    return { child, pipes };
  } finally {
    closeSync(nothing);
  }
}

/** Node hands NODE_V8_COVERAGE on to every child whose environment doesn't mention it. */
function exactly(environment: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return Object.assign(Object.create(null), { NODE_V8_COVERAGE: undefined }, environment);
}

function stdioOf(slots: ReadonlyMap<number, Slot>, standard: Call["standard"], nothing: number): StdioOptions {
  const above = Array.from({ length: Math.max(...slots.keys()) - 2 }, (_, index) => index + 3);
  const [stdin = "ignore", stdout, stderr] = standard;
  return [stdin, stdout, stderr, ...above.map((fd) => stdioAt(fd, slots.get(fd), nothing))];
}

function stdioAt(fd: number, slot: Slot | undefined, nothing: number): "pipe" | "ignore" | number {
  switch (slot) {
    case "input":
    case "status":
    case "gate":
      return "pipe";
    case "pass":
      return fd;
    case "close":
      return nothing;
    case undefined:
      return "ignore";
  }
}

function pipesOf(child: ChildProcess): Map<number, Pipe> {
  // Node leaves it undefined when the process has no descriptors left for pipes.
  const stdio: readonly (Pipe | null | undefined)[] | undefined = child.stdio;
  return new Map([...(stdio ?? []).entries()].flatMap(([fd, pipe]) => (pipe ? [[fd, pipe]] : [])));
}

function feed(pipe: Pipe | undefined, content: string): void {
  if (!pipe || !("write" in pipe)) return;
  // bwrap may die of something else before it has read this.
  pipe.on("error", () => {});
  pipe.end(content);
}
