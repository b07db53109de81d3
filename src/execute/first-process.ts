import { closeSync, constants, openSync } from "node:fs";
import { parseStat } from "../model/process-stat.ts";
import { send, statOf, textOf } from "./processes.ts";

/**
 * The sandbox's first process: pid 1 of its process namespace (bwrap's reaper), or the command itself where there
 * is no such namespace. Killing pid 1 ends everything in the namespace (pid_namespaces(7)).
 */
export interface FirstProcess {
  readonly pid: number;
  /** false once it is dead. Of a pid 1 that says: nothing of the namespace lives any more. */
  isAlive(): boolean;
  kill(): void;
  /** The command's number as seen from here; undefined when there is none yet, or none any more. */
  command(): number | undefined;
  /** Sends a signal to the command; false when there is none. What a terminal sends goes to its process group. */
  signalCommand(signal: NodeJS.Signals): boolean;
  /** Lets go of the process without touching it. */
  release(): void;
}

/** A terminal sends these to a whole process group: ^C, ^\, a hang-up (termios(3)). */
const TERMINAL_SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT", "SIGHUP"];

/** Holds on to a running process: an open directory of proc(5) stays with it when the number is used again. */
export function holdProcess(pid: number): FirstProcess {
  const held = tryOpen(`/proc/${pid}`);
  const read = (file: string) => textOf(`/proc/self/fd/${held}/${file}`);
  const isAlive = () =>
    held === undefined ? send(pid, 0) : !["", "Z", "X"].includes(parseStat(read("stat"))?.state ?? "");
  const command = () => {
    const isInit = innermostPid(read("status")) === 1;
    return isInit ? commandAmong(read(`task/${pid}/children`)) : isAlive() ? pid : undefined;
  };
  return {
    pid,
    isAlive,
    kill() {
      if (isAlive()) send(pid, "SIGKILL");
    },
    command,
    signalCommand(signal) {
      const found = command();
      if (found === undefined || !isAlive()) return false;
      if (!TERMINAL_SIGNALS.includes(signal)) return send(found, signal);
      const group = statOf(found)?.group ?? 0;
      // In the caller's own group (`session: keep`) the terminal has told everybody already; in bwrap's it would end bwrap.
      const others = [process.pid, statOf(pid)?.parent ?? 0].map((other) => statOf(other)?.group);
      return group > 1 && !others.includes(group) ? send(-group, signal) : send(found, signal);
    },
    release() {
      if (held !== undefined) closeSync(held);
    },
  };
}

/** A process's number in the namespace furthest in. */
const innermostPid = (status: string): number => Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1]);

/** The reaper's oldest child: orphans become its children too, but have higher numbers. */
function commandAmong(children: string): number | undefined {
  const pids = children.split(" ").filter(Boolean).map(Number);
  const inner = (pid: number) => innermostPid(textOf(`/proc/${pid}/status`));
  return pids.toSorted((one, other) => inner(one) - inner(other))[0];
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch {
    return undefined;
  }
}
