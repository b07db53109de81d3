import { once } from "node:events";
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import type { ReadStream } from "node:tty";
import { open } from "@lydell/node-pty";
import { openDescriptors } from "../open-descriptors.ts";

declare module "@lydell/node-pty" {
  /** Missing in the package's own types. */
  export function open(options: { cols: number; rows: number; encoding: null }): {
    readonly master: ReadStream;
    readonly slave: ReadStream;
    /** The descriptor of the master. */
    readonly fd: number;
    readonly ptsName: string;
    resize(columns: number, rows: number): void;
  };
}

/** A pair of pseudo-terminals, nothing read from either yet. */
export interface Pty {
  readonly master: ReadStream;
  /** Not close-on-exec: a program that is started meanwhile inherits it. It does not block. */
  readonly masterFd: number;
  /** Ours as long as the pair lives: without it the master would report a hang-up while output is still in it. */
  readonly slave: number;
  /** The slave's name. */
  readonly path: string;
  /** Both above 0. */
  resize(columns: number, rows: number): void;
  close(): void;
}

/** Makes a pair; throws when there can be none. */
export async function openPty(): Promise<Pty> {
  const pair = open({ cols: 80, rows: 24, encoding: null });
  const { master } = pair;
  // The library throws, from an event, what nobody else listens to.
  for (const stream of [master, pair.slave]) stream.on("error", () => {});
  // The library has it flow.
  master.pause();
  try {
    const slave = openSync(pair.ptsName, constants.O_RDWR | constants.O_NOCTTY);
    await closeLibrarysSlave(pair.slave, slave);
    return {
      master,
      masterFd: pair.fd,
      slave,
      path: pair.ptsName,
      resize: (columns, rows) => pair.resize(columns, rows),
      close() {
        master.destroy();
        closeSync(slave);
      },
    };
  } catch (error) {
    pair.slave.destroy();
    master.destroy();
    throw error;
  }
}

/** Its stream would take what is typed for the command; and libuv, which opens a terminal anew, closes only that one. */
async function closeLibrarysSlave(stream: ReadStream, ours: number): Promise<void> {
  const closed = once(stream, "close");
  stream.destroy();
  await closed;
  for (const fd of openDescriptors().keys()) if (fd > 2 && fd !== ours && isSameTerminal(fd, ours)) closeSync(fd);
}

/** Not by their names: each instance of devpts has its own /dev/pts/1. */
function isSameTerminal(one: number, other: number): boolean {
  const [a, b] = [fstatOf(one), fstatOf(other)];
  return a !== undefined && b !== undefined && a.rdev === b.rdev && a.ino === b.ino && a.dev === b.dev;
}

function fstatOf(fd: number) {
  try {
    return fstatSync(fd);
  } catch {
    // Such as the descriptor that the listing itself was read through.
    return undefined;
  }
}
