import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { statOf } from "../../src/execute/processes.ts";
import { inTerminal, ORDINARY, type Terminal, type TerminalOptions } from "../support/pty.ts";
import { processesWith } from "./harness.ts";

export const STTY = ["/usr/bin/stty", "/bin/stty"].find((file) => existsSync(file)) ?? "stty";

/** Where the tests of one file run their relays. */
export interface RelayHarness {
  /** The directory with run-relay.mjs, and a copy of the pty library that everybody can read. */
  readonly program: string;
  /** A fresh directory of the user's. */
  room(user: TerminalOptions["user"]): string;
  /** Runs anything in a terminal that is closed after the test. */
  start(argv: readonly string[], options: TerminalOptions): Promise<Terminal>;
  /** Runs a command behind a relay, in a terminal; `around` makes a program of that program's words. */
  relayed(command: readonly string[], options: RelayedOptions): Promise<Relayed>;
  closeTerminals(): Promise<void>;
  remove(): void;
}

export interface RelayedOptions extends TerminalOptions {
  around?(argv: readonly string[]): readonly string[];
}

export interface Relayed {
  readonly terminal: Terminal;
  /** The directory that the command runs in. */
  readonly directory: string;
  /** What run-relay wrote last; nothing yet is no value of it. */
  result(): Record<string, unknown>;
}

export function createRelayHarness(): RelayHarness {
  const directory = mkdtempSync(join(tmpdir(), "sbx-terminal-"));
  chmodSync(directory, 0o755);
  const program = join(directory, "program");
  buildSync({
    entryPoints: [fileURLToPath(new URL("run-relay.ts", import.meta.url))],
    outdir: program,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // What is loaded lazily stays so.
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["@lydell/node-pty"],
  });
  const library = fileURLToPath(new URL("../../node_modules/@lydell", import.meta.url));
  cpSync(library, join(program, "node_modules/@lydell"), { recursive: true });

  const terminals: Terminal[] = [];
  const start: RelayHarness["start"] = async (argv, options) => {
    const terminal = await inTerminal(argv, options);
    terminals.push(terminal);
    return terminal;
  };
  const room: RelayHarness["room"] = (user) => {
    const made = mkdtempSync(join(directory, "room-"));
    if (user === "ordinary" && process.getuid?.() === 0) chownSync(made, ORDINARY, ORDINARY);
    return made;
  };
  return {
    program,
    room,
    start,
    async relayed(command, { around = (argv) => argv, ...options }) {
      const own = room(options.user);
      const file = join(own, "result.json");
      const argv = around([process.execPath, join(program, "run-relay.mjs"), STTY, file, ...command]);
      const terminal = await start(argv, { cwd: own, ...options });
      return {
        terminal,
        directory: own,
        result: () => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {}),
      };
    },
    async closeTerminals() {
      for (const terminal of terminals.splice(0)) await terminal.close();
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Looks until it is so; a test that waits in vain ends by its own time limit. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Looks until this stays the same for a while: whatever it was that changed it has stopped. */
export async function settled(look: () => number): Promise<number> {
  let last = look();
  for (let looks = 0; looks < 20; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = look();
    if (now !== last) looks = 0;
    last = now;
  }
  return last;
}

/** The line that somebody is about to write into a file, a number. */
export async function numberIn(file: string): Promise<number> {
  const text = () => (existsSync(file) ? readFileSync(file, "utf8") : "");
  await until(() => text().endsWith("\n"));
  return Number(text());
}

/** How many bytes a process has written (proc(5)). */
export function writtenBy(pid: number): number {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);
}

/** The state letter of a process (proc(5)). */
export const stateOf = (pid: number): string | undefined =>
  /\) (\w) /.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];

/** Whether a process with these words on its command line is what its terminal sends signals to. */
export const hasForeground = (words: string): boolean =>
  processesWith(words).some((pid) => {
    const stat = statOf(pid);
    return stat !== undefined && stat.foreground === stat.group;
  });

let sleeps = 0;
/** A duration that no other sleep has, so that it can be found. */
export const sleepOf = (): string => `${86_400 + process.pid}.${++sleeps}`;
