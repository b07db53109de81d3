import { closeSync, constants, lstatSync, openSync, unlinkSync } from "node:fs";
import { below } from "../../model/path.ts";
import type { Problem } from "../../model/problem.ts";
import { DEFAULT_ORIGIN } from "../../model/source.ts";
import { isIoError, reasonOf } from "../io-error.ts";
import { captureFailed } from "./problems.ts";

/** The two ends of a pipe, as descriptors of this process. */
export interface Fifo {
  /** Doesn't block. */
  readonly reader: number;
  /** Blocks, as a program expects of its standard output. */
  readonly writer: number;
}

/** What a command has for its output: the same pipe twice unless they are to be separate. */
export interface Fifos {
  readonly stdout: Fifo;
  readonly stderr: Fifo;
}

const READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
const WRITE = constants.O_WRONLY | constants.O_NOFOLLOW;

/**
 * Opens real pipes; their names in `directory` are gone when this returns. What Node calls a pipe is a pair of
 * sockets, and nobody can open one of those by way of /dev/stdout.
 */
export function openFifos(separate: boolean, directory: string, mkfifo: string): Fifos | Problem {
  const fail = (reason: string) => captureFailed({ what: "output", directory, reason }, DEFAULT_ORIGIN);
  const [stdoutPath, stderrPath] = [below(directory, "stdout"), below(directory, "stderr")];
  const paths = separate ? [stdoutPath, stderrPath] : [stdoutPath];
  const opened: number[] = [];
  const open = (path: string, flags: number): number => {
    const fd = openSync(path, flags);
    opened.push(fd);
    return fd;
  };
  // In this order: a writer that finds no reader waits for one.
  const openBoth = (path: string): Fifo => ({ reader: open(path, READ), writer: open(path, WRITE) });
  try {
    const refused = makeFifos(mkfifo, paths);
    if (refused !== undefined) return fail(refused);
    const stdout = openBoth(stdoutPath);
    return { stdout, stderr: separate ? openBoth(stderrPath) : stdout };
  } catch (error) {
    for (const fd of opened) closeSync(fd);
    if (!isIoError(error)) throw error;
    return fail(reasonOf(error));
  } finally {
    for (const path of paths) removeFifo(path);
  }
}

/** Node can't make one by itself. Gives the reason when it failed. */
function makeFifos(mkfifo: string, paths: readonly string[]): string | undefined {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const done = spawnSync(mkfifo, ["-m", "600", "--", ...paths], {
    env: { LC_ALL: "C", NODE_V8_COVERAGE: undefined },
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
  });
  if (done.error) return done.error.message;
  if (done.status === 0) return undefined;
  return done.stderr.trim() || `${mkfifo} ended with ${done.signal ?? done.status}`;
}

/** What else may have been in the way stays. */
function removeFifo(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFIFO()) unlinkSync(path);
}
