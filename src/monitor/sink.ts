import { write as writeSome } from "node:fs";
import { isatty } from "node:tty";
import { promisify } from "node:util";

/** Where a monitor's records go. */
export interface Sink {
  readonly isTerminal: boolean;
  /**
   * Resolves when every byte is out; what is written later comes behind it. When the reader is gone nothing is written
   * any more, and that is no error; everything else (a full disk) rejects.
   */
  write(text: string): Promise<void>;
}

/** Takes a part of the bytes, as write(2) does, and says how much. */
export type WritePart = (fd: number, bytes: Uint8Array) => Promise<number>;

const AGAIN_MS = 10;

/** Not synchronously: a pipe whose reader takes its time would keep the signals and time limits of every run waiting. */
const writePart: WritePart = async (fd, bytes) => (await promisify(writeSome)(fd, bytes)).bytesWritten;

/** A sink over a descriptor, which stays the caller's to close. */
export function descriptorSink(fd: number, write: WritePart = writePart): Sink {
  const isTerminal = isatty(fd);
  let isGone = false;
  let last = Promise.resolve();
  const put = async (bytes: Uint8Array) => {
    let rest = bytes;
    while (rest.length > 0 && !isGone) {
      try {
        rest = rest.subarray(await write(fd, rest));
      } catch (error) {
        if (isBusy(error)) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        else if (saysGone(error, isTerminal)) isGone = true;
        else throw error;
      }
    }
  };
  return {
    isTerminal,
    write(text) {
      const written = last.then(() => put(Buffer.from(text)));
      last = written.catch(() => {});
      return written;
    },
  };
}

/** Streams that somebody listens to on our behalf: each needs that once. */
const heard = new WeakSet<NodeJS.WritableStream>();

/** A sink over a stream, which queues by itself. */
export function streamSink(stream: NodeJS.WritableStream): Sink {
  const isTerminal = "isTTY" in stream && stream.isTTY === true;
  // An error that nobody listens to ends the process; `write` is told of it, too.
  if (!heard.has(stream)) stream.on("error", () => {});
  heard.add(stream);
  let isGone = false;
  return {
    isTerminal,
    write: (text) =>
      new Promise((resolve, reject) => {
        if (isGone) return resolve();
        stream.write(text, (error) => {
          if (error) isGone = saysGone(error, isTerminal);
          if (error && !isGone) reject(error);
          else resolve();
        });
      }),
  };
}

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

const isBusy = (error: unknown): boolean => ["EAGAIN", "EINTR"].includes(String(codeOf(error)));

/** EIO from a terminal says that it was hung up (tty_ioctl(4)); from anything else it is a broken disk. */
function saysGone(error: unknown, isTerminal: boolean): boolean {
  const code = codeOf(error);
  return code === "EPIPE" || code === "ECONNRESET" || code === "ERR_STREAM_DESTROYED" || (code === "EIO" && isTerminal);
}
