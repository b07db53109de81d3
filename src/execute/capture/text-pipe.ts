import { closeSync, readSync } from "node:fs";
import type { Socket, SocketConstructorOpts, TcpSocketConnectOpts } from "node:net";
import { StringDecoder } from "node:string_decoder";
import { isIoError } from "../io-error.ts";
import type { Fifo } from "./fifo.ts";

/** Reads a pipe as text: while something is to come as it arrives, in the end what is left. */
export interface TextPipe {
  /** Somebody else has the writing end by now, too: gives up this one, and begins to read. */
  begin(): void;
  pause(): void;
  resume(): void;
  /** Reads what is in the pipe by now, and yields after each piece; a writer that lives on is not waited for. */
  rest(): Generator<void>;
  close(): void;
}

interface Listener {
  /** Never gets a part of a character: one whose end does not come is U+FFFD, as are bytes that are none. */
  onText(text: string): void;
  onError(error: Error): void;
}

// As much as Node asks for at a time, and as a pipe holds unless it is told otherwise (pipe(7)).
const PIECE = 64 * 1024;
// As much as a pipe can be told to hold (pipe(7), without CAP_SYS_RESOURCE). What lies behind that was written later,
// by a writer that may never end.
const MOST = 1024 * 1024;

/** A pipe to read text from; the ends are this one's to close. */
export function createTextPipe({ reader, writer }: Fifo, { onText, onError }: Listener): TextPipe {
  // Each piece comes at the same place, so that any number of them needs no more memory.
  const buffer = Buffer.allocUnsafe(PIECE);
  const decoder = new StringDecoder("utf8");
  const open = new Set([reader, writer]);
  let socket: Socket | undefined;

  const release = (fd: number) => {
    if (open.delete(fd)) closeSync(fd);
  };
  const take = (length: number) => give(decoder.write(buffer.subarray(0, length)));
  const give = (text: string) => {
    if (text !== "") onText(text);
  };
  const isClosed = () => (socket ? socket.destroyed : !open.has(reader));
  return {
    begin() {
      release(writer);
      socket = listen(reader, buffer, take).on("error", onError);
      open.delete(reader);
    },
    pause: () => void socket?.pause(),
    resume: () => void socket?.resume(),
    *rest() {
      // Once the end of the pipe was seen it is closed, and the number may be another file's.
      for (let left = MOST; left > 0 && !isClosed(); ) {
        const length = readNow(reader, buffer);
        if (length === 0) break;
        left -= length;
        yield take(length);
      }
      yield give(decoder.end());
    },
    close() {
      release(writer);
      release(reader);
      socket?.destroy();
    },
  };
}

/**
 * Waits in the event loop until there is something to read; node:fs would keep one of the few threads waiting. From
 * now on the descriptor is the socket's.
 */
function listen(fd: number, buffer: Uint8Array, onBytes: (length: number) => void): Socket {
  const { Socket: Reader } = process.getBuiltinModule("node:net");
  const callback = (length: number) => {
    onBytes(length);
    return true;
  };
  // The types know `onread` only where a socket connects; it is one of both.
  const options: SocketConstructorOpts & Pick<TcpSocketConnectOpts, "onread"> = {
    fd,
    readable: true,
    writable: false,
    onread: { buffer, callback },
  };
  return new Reader(options);
}

/** 0 at the end of the pipe, and when nothing is in it. */
function readNow(fd: number, buffer: Uint8Array): number {
  try {
    return readSync(fd, buffer);
  } catch (error) {
    if (isIoError(error) && error.code === "EAGAIN") return 0;
    throw error;
  }
}
