import { closeSync, constants, openSync, readFileSync } from "node:fs";

/**
 * The sandbox's first process: pid 1 of its process namespace (bwrap's reaper), or the command itself where there
 * is no such namespace. Killing pid 1 ends everything in the namespace (pid_namespaces(7)).
 */
export interface FirstProcess {
  readonly pid: number;
  /** false once it is dead. Of a pid 1 that says: nothing of the namespace lives any more. */
  isAlive(): boolean;
  kill(): void;
  /** Sends a signal to the command; false when there is none yet, or none any more. */
  signalCommand(signal: NodeJS.Signals): boolean;
  /** Lets go of the process without touching it. */
  release(): void;
}

/** Holds on to a running process: an open directory of proc(5) stays with it when the number is used again. */
export function holdProcess(pid: number): FirstProcess {
  const held = tryOpen(`/proc/${pid}`);
  const read = (file: string) => textOf(`/proc/self/fd/${held}/${file}`);
  const isAlive = () => (held === undefined ? send(pid, 0) : !["", "Z", "X"].includes(stateIn(read("stat"))));
  return {
    pid,
    isAlive,
    kill() {
      if (isAlive()) send(pid, "SIGKILL");
    },
    signalCommand(signal) {
      const isInit = innermostPid(read("status")) === 1;
      const command = isInit ? commandAmong(read(`task/${pid}/children`)) : pid;
      return command !== undefined && isAlive() && send(command, signal);
    },
    release() {
      if (held !== undefined) closeSync(held);
    },
  };
}

// proc(5): the state letter follows the name, which may hold brackets itself.
const stateIn = (stat: string): string => stat.slice(stat.lastIndexOf(")") + 2).charAt(0);

/** A process's number in the namespace furthest in. */
const innermostPid = (status: string): number => Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1]);

/** The reaper's oldest child: orphans become its children too, but have higher numbers. */
function commandAmong(children: string): number | undefined {
  const pids = children.split(" ").filter(Boolean).map(Number);
  const inner = (pid: number) => innermostPid(textOf(`/proc/${pid}/status`));
  return pids.toSorted((one, other) => inner(one) - inner(other))[0];
}

/** false when there is no such process. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return undefined;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
