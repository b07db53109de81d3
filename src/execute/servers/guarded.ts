import type { HostEnvironment } from "../environment.ts";
import { isIoError, reasonOf } from "../io-error.ts";
import { startOf } from "../process-identity.ts";
import { statOf } from "../processes.ts";
import { endGroup } from "./group.ts";
import type { ServerEnd } from "./problems.ts";
import { type Shell, startShell } from "./shell.ts";

/** A program to start. */
export interface GuardedCall {
  /** What its guard is called in a list of processes. */
  readonly label: string;
  /** The first word is an absolute path. */
  readonly command: readonly string[];
  readonly environment: HostEnvironment;
  readonly inherited: readonly number[];
  /** Puts the process on record before the program starts in it. */
  readonly note: (pid: number) => void;
}

/** A program that ends with this process, however that ends. */
export interface Guarded {
  readonly pid: number;
  /** The end of the program itself; what it has started may live on. */
  readonly ended: Promise<ServerEnd>;
  /** Whether it has ended, be that known by `ended` already or not. */
  hasEnded(): boolean;
  /** Ends it and everything in its process group; false when something stays. */
  end(): Promise<boolean>;
}

// The caller's may lead into the project. Where there is no sleep(1) in it, the guard gives no time to end orderly.
const SYSTEM_PATH = "/usr/bin:/bin";

/** Becomes the program when it is told to; until then the end of the pipe ends it. */
const LAUNCHER = `
read -r word || exit 125
exec "$@" </dev/null
`;

/**
 * Hears the number of a process group and when its first process started, then nothing until all is done, or the end of
 * the pipe. A number whose process started at another time is somebody else's by now; while a group has members nobody
 * else gets its number. Plain POSIX sh but for the form of kill (for groups it is the only one that dash and busybox
 * share) and for parts of a second, which it can do without.
 */
export const GUARD = `
set -f
read -r group start || exit 0
read -r word && exit 0
reach() {
  signal=$1 line=
  { read -r line <"/proc/$group/stat"; } 2>/dev/null
  set -- \${line##*) }
  [ "\${20-$start}" = "$start" ] || exit 0
  kill "-$signal" "-$group" 2>/dev/null || exit 0
}
reach TERM
ticks=0
while [ $ticks -lt 20 ]; do
  if sleep 0.1 2>/dev/null; then ticks=$((ticks + 1)); else sleep 1; ticks=$((ticks + 10)); fi
  reach 0
done
reach KILL
`;

/**
 * Starts a program that does not outlive this process: neither it nor what it starts, unless that leaves the process
 * group, as a daemon does. SIGKILL can come at any moment, so the program waits in a shell until a guard, which is not
 * in the group, has been told of it; what it was told it reads even if this process is gone by then. Gives the reason
 * when the program can't be started.
 */
export async function startGuarded(call: GuardedCall): Promise<Guarded | string> {
  const { label, command, environment, inherited, note } = call;
  // A server is the user's own program and is started as from the user's shell: to lend the sandbox what the user has,
  // it may need any variable (an agent's socket, a proxy, a search path). dash drops those that no shell could name.
  // What it says must not get among the command's output, and does not go through a pipe of ours: what Node makes is a
  // socket, which nobody can open by way of /dev/stderr, and a terminal that takes nothing would hold up sbx itself.
  const launcher = { script: LAUNCHER, words: ["sbx", ...command], environment, output: 2, inherited };
  const words = [`sbx-guard-${label}`];
  const guard = { script: GUARD, words, environment: { PATH: SYSTEM_PATH }, output: undefined, inherited };
  const [program, watcher] = await Promise.all([startShell(launcher), startShell(guard)]);
  if (program instanceof Error || watcher instanceof Error) {
    for (const each of [program, watcher]) if (!(each instanceof Error)) each.hangUp();
    return [program, watcher].flatMap((each) => (each instanceof Error ? [each.message] : [])).join(", ");
  }
  const reason = await letGo(program, watcher, note);
  program.hangUp();
  if (reason === undefined) return guarded(program, watcher);
  watcher.hangUp();
  return reason;
}

/** In this order: on record, under guard, started. The reason when it comes to nothing. */
async function letGo(program: Shell, watcher: Shell, note: GuardedCall["note"]): Promise<string | undefined> {
  try {
    const start = startOf(program.pid);
    if (start === undefined) return "/proc doesn't show it";
    note(program.pid);
    return (await watcher.tell(`${program.pid} ${start}`)) ?? (await program.tell("go"));
  } catch (error) {
    if (!isIoError(error)) throw error;
    return reasonOf(error);
  }
}

function guarded({ pid, ended }: Shell, watcher: Shell): Guarded {
  let isCollected = false;
  const end = ended.then((how) => {
    isCollected = true;
    return how;
  });
  return {
    pid,
    ended: end,
    hasEnded: () => isCollected || statOf(pid)?.state === "Z",
    async end() {
      const isGone = await endGroup({ number: pid, hasLost: () => isCollected });
      // What is left keeps its guard, which tries again when this process has ended.
      if (!isGone) return false;
      await watcher.tell("done");
      watcher.hangUp();
      return true;
    },
  };
}
