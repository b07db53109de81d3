import { closeSync, openSync } from "node:fs";
import type { HostEnvironment } from "../environment.ts";
import { isIoError } from "../io-error.ts";
import type { ServerEnd } from "./problems.ts";

/** A shell to start. */
export interface ShellCall {
  readonly script: string;
  /** Its name in a list of processes, then its arguments. */
  readonly words: readonly string[];
  readonly environment: HostEnvironment;
  /** What it has for standard output and error; undefined: nothing. */
  readonly output: number | undefined;
  /** Descriptors above 2 that it would inherit. */
  readonly inherited: readonly number[];
}

/** A shell that takes orders through a pipe, which ends when this process does, however it does. */
export interface Shell {
  readonly pid: number;
  /** The end of the shell, or of the program that it has become. */
  readonly ended: Promise<ServerEnd>;
  /** Gives it a line; the reason when it can't be had any more. */
  tell(line: string): Promise<string | undefined>;
  /** The end of the pipe. */
  hangUp(): void;
}

/**
 * Starts a POSIX shell before this returns, in a session and so a process group of its own: no signal from a terminal
 * reaches it. It keeps neither this process from ending nor a file system from being unmounted. What the system
 * refuses is returned.
 */
export async function startShell(call: ShellCall): Promise<Shell | Error> {
  try {
    return await begin(call);
  } catch (error) {
    if (!isIoError(error)) throw error;
    return error;
  }
}

async function begin({ script, words, environment, output, inherited }: ShellCall): Promise<Shell | Error> {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const nothing = openSync("/dev/null", "r+");
  try {
    // Node can't close what is inherited; it can put nothing in its place.
    const strays = Array.from({ length: Math.max(2, ...inherited) - 2 }, (_, index) =>
      inherited.includes(index + 3) ? nothing : ("ignore" as const),
    );
    const child = spawn("/bin/sh", ["-c", script, ...words], {
      cwd: "/",
      detached: true,
      // Node hands NODE_V8_COVERAGE on to every child whose environment doesn't mention it.
      env: { NODE_V8_COVERAGE: undefined, ...environment },
      stdio: ["pipe", output ?? nothing, output ?? nothing, ...strays],
    });
    const failed = new Promise<Error>((resolve) => child.on("error", resolve));
    const { pid, stdin } = child;
    if (pid === undefined || !stdin) return await failed;
    const ended = new Promise<ServerEnd>((resolve) => child.on("exit", (code, signal) => resolve({ code, signal })));
    // It may be gone before it has read anything.
    stdin.on("error", () => {});
    child.unref();
    if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
    return {
      pid,
      ended,
      tell: (line) => new Promise((told) => stdin.write(`${line}\n`, (error) => told(error?.message))),
      hangUp: () => void stdin.destroy(),
    };
  } finally {
    closeSync(nothing);
  }
}
