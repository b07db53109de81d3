import type { CallerTerminal, TerminalStream } from "./caller.ts";
import { drain } from "./drain.ts";
import { createKeyboard } from "./keyboard.ts";
import type { Pty } from "./open-pty.ts";
import { changeSettings, RAW, restoreSettings } from "./settings.ts";

/** A pty between the caller's terminal and the command. */
export interface Relay {
  /** The command's side, for bwrap's standard descriptors. Closed by `finish`. */
  readonly slave: number;
  /** The name of the command's side. */
  readonly path: string;
  /** The other side. Not close-on-exec: what outlives this process must not hold it, or the command never hangs up. */
  readonly master: number;
  /** What the caller's terminal was, for somebody who restores it when this process was killed; none if it stays so. */
  readonly saved: SavedTerminal | undefined;
  /**
   * bwrap was started: the caller's terminal becomes raw, input and output flow, its size is followed. `onTyped` hears
   * what was typed, after the command's side had it.
   */
  begin(onTyped?: (bytes: Uint8Array) => void): void;
  /** This process is about to stop: the caller's terminal as it was, and nothing is read from it. */
  suspend(): void;
  /** It goes on: raw again, and the size that the terminal has now. */
  resume(): void;
  /**
   * The sandbox is dead: what is left of its output is written, and the caller's terminal is as it was. A terminal that
   * takes nothing is waited for, but not when `hurry` is aborted.
   */
  finish(hurry?: AbortSignal): Promise<void>;
}

export interface SavedTerminal {
  /** The terminal by name, and by a descriptor that works also where the name may not be opened (close-on-exec). */
  readonly path: string;
  readonly fd: number;
  /** An argument of stty. */
  readonly settings: string;
}

/** What a relay is made of; it closes all of it. */
export interface Parts {
  readonly pty: Pty;
  /** Undefined when standard input is no terminal: then no key is read, and nobody's settings change. */
  readonly input: CallerTerminal | undefined;
  readonly output: CallerTerminal;
  /** Of `input` at the start. */
  readonly settings: string;
  readonly stty: string;
}

export function createRelay({ pty, input, output, settings, stty }: Parts): Relay {
  let state: "opened" | "flowing" | "suspended" | "finished" = "opened";
  let isRaw = false;
  let screen: TerminalStream | undefined;
  let finishing: Promise<void> | undefined;
  let hearing: (bytes: Uint8Array) => void = () => {};
  // The caller's terminal is gone, so the command's goes as well; the kernel sends the SIGHUP.
  const hangUp = () => {
    keyboard.close();
    pty.master.destroy();
  };
  const keyboard = createKeyboard({ master: pty.masterFd, onTyped: (bytes) => hearing(bytes), onHangUp: hangUp });

  const restore = () => {
    if (input && isRaw) restoreSettings(stty, input.fd, settings);
    isRaw = false;
  };
  const follow = () => {
    const { columns, rows } = output.size();
    if (columns > 0 && rows > 0 && !pty.master.destroyed) pty.resize(columns, rows);
  };
  const flow = () => {
    state = "flowing";
    if (pty.master.destroyed) return;
    const keys = input?.stream();
    if (screen === undefined || (input && !keys)) return hangUp();
    // A job in the background that no shell watches gets neither the settings nor the keys (EIO), only the screen.
    isRaw = input !== undefined && changeSettings(stty, input.fd, RAW).failure === undefined;
    if (keys && isRaw) keyboard.listen(keys);
    else keys?.close();
    follow();
    pty.master.pipe(screen.stream, { end: false });
  };
  const close = () => {
    process.off("SIGWINCH", follow).off("exit", restore);
    keyboard.close();
    restore();
    screen?.stream.off("close", hangUp);
    screen?.close();
    pty.close();
    input?.close();
    if (output !== input) output.close();
  };
  const end = async (hurry: AbortSignal | undefined) => {
    const hasFlowed = state !== "opened";
    state = "finished";
    try {
      keyboard.ignore();
      if (screen && hasFlowed) await Promise.race([drain(pty, screen.stream), aborted(hurry)]);
    } finally {
      close();
    }
  };

  return {
    slave: pty.slave,
    path: pty.path,
    master: pty.masterFd,
    saved: input && { path: input.path, fd: input.fd, settings },
    begin(onTyped) {
      if (state !== "opened") return;
      if (onTyped) hearing = onTyped;
      process.on("SIGWINCH", follow).on("exit", restore);
      screen = output.stream();
      screen?.stream.on("close", hangUp);
      flow();
    },
    suspend() {
      if (state !== "flowing") return;
      state = "suspended";
      keyboard.ignore();
      if (screen) pty.master.unpipe(screen.stream);
      restore();
    },
    resume() {
      if (state === "suspended") flow();
    },
    finish(hurry) {
      finishing ??= end(hurry);
      return finishing;
    },
  };
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}
