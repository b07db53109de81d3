import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, closeSync, openSync, readSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { openPty, type Pty } from "../../src/execute/terminal/open-pty.ts";
import type { Runner } from "./bwraps.ts";

/** A program under a terminal that the test is the person at. */
export interface Terminal {
  readonly child: ChildProcess;
  /** Of the terminal's device. */
  readonly path: string;
  /** Presses keys; more than the terminal holds waits until it has room. */
  type(keys: string | Uint8Array): void;
  /** How many bytes that were typed the terminal had no room for yet. */
  untaken(): number;
  /**
   * Resolves when this is on the screen, after what an earlier call waited for; gives what came before it. Fails, with
   * what there is, when the program has ended or an awful lot of time has passed.
   */
  shows(words: string): Promise<string>;
  /** Everything that was written so far. */
  screen(): Buffer;
  /** `stty -a`, now and before the program started. */
  settings(): string;
  readonly settingsBefore: string;
  resize(columns: number, rows: number): void;
  /** Takes nothing from the program any more, as a connection that hangs; until `unfreeze`. */
  freeze(): void;
  unfreeze(): void;
  /** The terminal goes, as a window that is closed. */
  hangUp(): void;
  /** The exit code, 128+n for a signal; all output is on the screen then. */
  readonly ended: Promise<number>;
  /** Ends the program if it still runs, and closes the terminal. */
  close(): Promise<void>;
}

export interface TerminalOptions {
  readonly user?: Runner["user"];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly columns?: number;
  readonly rows?: number;
  /** Whose the device is: the user's, as after a login, or root's, as after su. */
  readonly owner?: "user" | "root";
}

/** A user without an account will do: nothing looks it up. */
export const ORDINARY = 4242;
const AGAIN_MS = 5;
// Not an expectation: only so that a test which waits in vain says what it saw.
const PATIENCE_MS = 45_000;

/** Starts a program as the leader of a session whose controlling terminal is a new one. */
export async function inTerminal(
  argv: readonly string[],
  { user = "root", cwd, env = {}, columns = 80, rows = 24, owner = "user" }: TerminalOptions = {},
): Promise<Terminal> {
  const pty = await openPty();
  const isOther = user === "ordinary" && process.getuid?.() === 0;
  if (isOther && owner === "user") chownSync(pty.path, ORDINARY, ORDINARY);
  stty(pty, ["sane", "rows", `${rows}`, "columns", `${columns}`]);
  const settingsBefore = stty(pty, ["-a"]);
  const as = isOther ? ["setpriv", `--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, "--clear-groups", "--"] : [];
  // By the library's own `spawn` the last output of a program would be lost: it reads until the hang-up, which comes
  // before the end of what is in the terminal.
  const [file = "", ...args] = [...as, "setsid", "-c", ...argv];
  const nothing = openSync("/dev/null", "r+");
  // A program that held the other side would never see the terminal go.
  const between = Array.from({ length: pty.masterFd - 3 }, () => "ignore" as const);
  const child = spawn(file, args, {
    stdio: [pty.slave, pty.slave, pty.slave, ...between, nothing],
    cwd,
    env: { PATH: "/usr/bin:/bin", TERM: "dumb", ...env },
  });
  closeSync(nothing);
  return { ...follow(child, pty), settingsBefore };
}

function follow(child: ChildProcess, pty: Pty): Omit<Terminal, "settingsBefore"> {
  const { master, masterFd } = pty;
  const heard: Buffer[] = [];
  let seen = 0;
  let isOver = false;
  let look = () => {};
  const hear = (bytes: Buffer) => {
    heard.push(bytes);
    look();
  };
  const screen = () => Buffer.concat(heard);
  master.on("data", hear).resume();

  const end = async (): Promise<number> => {
    const [code, signal]: [number | null, NodeJS.Signals | null] = await once(child, "exit").then(([c, s]) => [c, s]);
    if (!master.destroyed && !master.isPaused()) for (const bytes of rest(pty)) hear(bytes);
    isOver = true;
    look();
    return code ?? 128 + (signal ? constants.signals[signal] : 0);
  };
  const ended = end();

  let keys: Buffer = Buffer.alloc(0);
  let timer: NodeJS.Timeout | undefined;
  const press = () => {
    timer = undefined;
    try {
      while (keys.length > 0) keys = keys.subarray(writeSync(masterFd, keys));
    } catch {
      timer = setTimeout(press, AGAIN_MS);
    }
  };

  return {
    child,
    path: pty.path,
    ended,
    screen,
    type(typed) {
      keys = Buffer.concat([keys, Buffer.from(typed)]);
      if (!timer) press();
    },
    untaken: () => keys.length,
    shows: (words) =>
      new Promise((resolve, reject) => {
        const fail = (why: string) => reject(new Error(`${why}, and no ${JSON.stringify(words)} came:\n${screen()}`));
        const patience = setTimeout(() => settle(() => fail("the test has waited long enough")), PATIENCE_MS);
        const settle = (how: () => void) => {
          clearTimeout(patience);
          look = () => {};
          how();
        };
        look = () => {
          const text = screen();
          const at = text.indexOf(words, seen);
          if (at === -1) return isOver ? settle(() => fail("the program has ended")) : undefined;
          const before = text.toString("utf8", seen, at);
          seen = at + Buffer.byteLength(words);
          settle(() => resolve(before));
        };
        look();
      }),
    settings: () => stty(pty, ["-a"]),
    resize: (columns, rows) => pty.resize(columns, rows),
    freeze: () => master.pause(),
    unfreeze: () => master.resume(),
    hangUp() {
      clearTimeout(timer);
      master.destroy();
    },
    async close() {
      clearTimeout(timer);
      child.kill("SIGKILL");
      await ended;
      pty.close();
    },
  };
}

/** What a dead program left in the terminal. */
function* rest({ master, masterFd }: Pty): Generator<Buffer> {
  master.pause();
  const buffer = Buffer.alloc(1 << 16);
  for (;;) {
    const streamed: Buffer | null = master.read();
    if (streamed) yield streamed;
    try {
      yield Buffer.from(buffer.subarray(0, readSync(masterFd, buffer)));
    } catch {
      return;
    }
  }
}

function stty({ slave }: Pty, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("stty", words, { stdio: [slave, "pipe", "pipe"], encoding: "utf8" });
  if (status !== 0) throw new Error(`stty ${words.join(" ")}: ${stderr}`);
  return stdout;
}
