import { writeSync } from "node:fs";
import { isIoError } from "../io-error.ts";
import type { TerminalStream } from "./caller.ts";

/** Types into a pty what comes from a terminal. */
export interface Keyboard {
  listen(source: TerminalStream): void;
  /** From now on nothing is read; what was read already is still typed. */
  ignore(): void;
  /** For good: what was not typed yet is lost. */
  close(): void;
}

interface KeyboardOptions {
  /** The descriptor to write to, non-blocking. */
  readonly master: number;
  onTyped(bytes: Uint8Array): void;
  /** The terminal is gone. */
  onHangUp(): void;
}

const AGAIN_MS = 10;

/**
 * Not by a stream's `write`: on the master libuv would spin, deaf to everything else, while the command doesn't read and
 * the pty is full (measured). So this writes what goes in, and looks again later; the terminal waits meanwhile.
 */
export function createKeyboard({ master, onTyped, onHangUp }: KeyboardOptions): Keyboard {
  let source: TerminalStream | undefined;
  let waiting: Buffer = Buffer.alloc(0);
  let timer: NodeJS.Timeout | undefined;
  const type = () => {
    timer = undefined;
    try {
      while (waiting.length > 0) waiting = waiting.subarray(writeSync(master, waiting));
      source?.stream.resume();
    } catch (error) {
      if (!isIoError(error) || error.code !== "EAGAIN") throw error;
      source?.stream.pause();
      timer = setTimeout(type, AGAIN_MS);
    }
  };
  const push = (bytes: Buffer) => {
    waiting = Buffer.concat([waiting, bytes]);
    if (!timer) type();
    onTyped(bytes);
  };
  const ignore = () => {
    const { stream, close } = source ?? {};
    if (!stream || !close) return;
    source = undefined;
    stream.off("data", push).off("close", onHangUp).pause();
    const left: Buffer | null = stream.read();
    close();
    if (left) push(left);
  };
  return {
    listen(from) {
      source = from;
      from.stream.on("data", push).on("close", onHangUp);
      if (timer) from.stream.pause();
    },
    ignore,
    close() {
      ignore();
      clearTimeout(timer);
    },
  };
}
