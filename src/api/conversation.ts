import type { Socket } from "node:net";
import type { Line, Lines } from "./lines.ts";

/** What a conversation needs of the server that it belongs to. */
export interface Listener {
  /** The reply to a line, if there is one. Never rejects. */
  answer(line: Line): Promise<string | undefined>;
  /** Something came in or was done. */
  stirred(): void;
  closed(): void;
}

const GRACE_MS = 1000;
// How much Node reads at once.
const READ_BYTES = 64 * 1024;
const UNREAD_REPLIES = 16 * 1024 * 1024;

/** One connection: its lines are answered one after the other, and no more is read until they are. */
export class Conversation {
  readonly #socket: Socket;
  readonly #listener: Listener;
  readonly #closed: Promise<void>;
  #waiting: Line[] = [];
  #work: Promise<void> | undefined;
  #hasEnded = false;
  /** Nobody reads replies any more. */
  #isDeaf = false;
  #isHurried = false;
  /** How much more is read; what comes after that was not sent in time. */
  #toRead = Number.POSITIVE_INFINITY;
  #readBefore = 0;
  #onFlushed = () => {};

  constructor(socket: Socket, lines: Lines, listener: Listener) {
    this.#socket = socket;
    this.#listener = listener;
    this.#closed = new Promise((closed) => {
      socket.on("close", async () => {
        this.#isDeaf = true;
        this.#onFlushed();
        this.#hear(lines.end());
        // Who has gone has left messages all the same.
        await this.#work;
        listener.closed();
        closed();
      });
    });
    readOnWhenWritesFail(socket, () => {
      this.#isDeaf = true;
    });
    // `close` follows.
    socket.on("error", () => {});
    socket.on("end", () => {
      this.#hasEnded = true;
      this.#hear(lines.end());
    });
    socket.on("data", (piece) => {
      if (this.#isHurried) this.#count(piece.length);
      this.#hear(lines.add(piece));
    });
  }

  /** Settles when nothing is being answered. */
  get idle(): Promise<void> | undefined {
    return this.#work;
  }

  /** From now on nothing waits for the client to read its replies, and so much more is read of it at most. */
  hurry(toRead: number): void {
    this.#isHurried = true;
    this.#toRead = toRead;
    this.#readBefore = this.#socket.readableLength;
    this.#onFlushed();
  }

  #count(bytes: number): void {
    if (this.#readBefore > 0) this.#readBefore -= bytes;
    // The kernel had no more: a client that sends one message after the other would keep us for ever.
    else if (bytes < READ_BYTES) this.#toRead = -1;
    else this.#toRead -= bytes;
  }

  /** Lets the client have the replies that it takes at once, and closes the connection. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#socket.destroy(), GRACE_MS);
    this.#socket.destroySoon();
    await this.#closed;
    clearTimeout(timer);
  }

  #hear(lines: readonly Line[]): void {
    this.#listener.stirred();
    this.#waiting = this.#waiting.concat(lines);
    if (this.#work) return;
    if (this.#waiting.length > 0) this.#work = this.#answerAll();
    else this.#readOn();
  }

  async #answerAll(): Promise<void> {
    this.#socket.pause();
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      for (const line of lines) await this.#send(await this.#listener.answer(line));
    }
    this.#work = undefined;
    this.#listener.stirred();
    this.#readOn();
  }

  #readOn(): void {
    if (this.#hasEnded) this.#socket.end();
    else if (this.#toRead < 0) this.#socket.pause();
    else this.#socket.resume();
  }

  async #send(reply: string | undefined): Promise<void> {
    if (reply === undefined || this.#isDeaf) return;
    if (this.#isHurried && this.#socket.writableLength > UNREAD_REPLIES) {
      // Later ones must not come in its place.
      this.#isDeaf = true;
      return;
    }
    await new Promise<void>((flushed) => {
      this.#onFlushed = flushed;
      this.#socket.write(`${reply}\n`, () => flushed());
      if (this.#isHurried) flushed();
    });
  }
}

/**
 * A write fails when the client has gone, and `net` then throws away what it had sent before that and nobody has read.
 * So failed writes are told here and nowhere else; reading goes on up to the end.
 */
function readOnWhenWritesFail(socket: Socket, failed: () => void): void {
  const { _write: write, _writev: writev } = socket;
  const done = (callback: () => void) => (error?: Error | null) => {
    if (error) failed();
    callback();
  };
  socket._write = (chunk, encoding, callback) => write.call(socket, chunk, encoding, done(callback));
  if (writev) socket._writev = (chunks, callback) => writev.call(socket, chunks, done(callback));
}
