import { closeSync, constants, fstatSync, openSync, readFileSync, readlinkSync } from "node:fs";
import { ReadStream, WriteStream } from "node:tty";
import { isIoError } from "../io-error.ts";

/** A terminal of the caller's, reached without touching the descriptors 0 to 2. */
export interface CallerTerminal {
  /** A descriptor for stty, which makes what it gets blocking: not one that a stream uses. */
  readonly fd: number;
  readonly path: string;
  /** A new stream over it, for reading or writing; closing it stops either at once. None when the terminal is gone. */
  stream(): TerminalStream | undefined;
  /** 0 by 0 when nobody told the terminal, or it is gone. */
  size(): Size;
  close(): void;
}

export interface TerminalStream {
  readonly stream: ReadStream;
  close(): void;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The terminal behind one of our first three descriptors. */
export function callerTerminal(standard: number): CallerTerminal {
  const path = readlinkSync(`/proc/self/fd/${standard}`);
  const fd = openAnew(standard);
  return {
    fd,
    path,
    // A ReadStream writes, too; a WriteStream would block this whole process while a slow terminal takes its time.
    stream: () => streamOver(openAnew(standard), ReadStream),
    size: () => sizeOf(standard),
    close: () => closeOurs(fd),
  };
}

function sizeOf(standard: number): Size {
  const view = streamOver(openAnew(standard), WriteStream);
  const [columns = 0, rows = 0] = view?.stream.getWindowSize() ?? [];
  view?.close();
  return { columns, rows };
}

// Marks what we opened: libuv opens without it, and a terminal doesn't care.
const OURS = constants.O_APPEND;

/**
 * A terminal of somebody else's, as after su(1), can't be opened by its name; by /dev/tty it can. If it isn't that one
 * either, it has to be the caller's own descriptor, through which a slow terminal keeps this process waiting.
 */
function openAnew(standard: number): number {
  const names = [`/proc/self/fd/${standard}`, ...(isControlling(standard) ? ["/dev/tty"] : [])];
  for (const name of names) {
    try {
      return openSync(name, constants.O_RDWR | constants.O_NOCTTY | OURS);
    } catch (error) {
      if (!isIoError(error)) throw error;
    }
  }
  return standard;
}

/** Whether a descriptor is this session's own terminal (proc(5), tty_nr of stat). */
function isControlling(fd: number): boolean {
  const stat = readFileSync("/proc/self/stat", "utf8");
  return Number(stat.slice(stat.lastIndexOf(")")).split(" ")[5]) === fstatSync(fd).rdev;
}

function streamOver<S extends ReadStream | WriteStream>(fd: number, Stream: new (fd: number) => S) {
  let stream: S;
  try {
    stream = new Stream(fd);
  } catch (error) {
    closeOurs(fd);
    if (isIoError(error)) return undefined;
    throw error;
  }
  // A terminal that goes is no error of ours; `close` tells.
  stream.on("error", () => {});
  // libuv opens a terminal once more where it can, lays that one over this number, and closes only its own.
  const isOpenedTwice = (flagsOf(fd) & OURS) === 0;
  const close = () => {
    stream.destroy();
    if (isOpenedTwice) closeOurs(fd);
  };
  return { stream, close };
}

function flagsOf(fd: number): number {
  const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
  return Number.parseInt(flags ?? "0", 8);
}

function closeOurs(fd: number): void {
  if (fd > 2) closeSync(fd);
}
