import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ApiClient, JsonLinesApi, type JsonLinesOptions } from "../../src/api/index.ts";

/** A directory for sockets, short enough for their addresses. */
export interface Place {
  readonly directory: string;
  readonly path: string;
  remove(): void;
}

export function place(): Place {
  const directory = mkdtempSync(join(tmpdir(), "sbx-api-"));
  return {
    directory,
    path: join(directory, "socket"),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

type Handler = (message: unknown, client: ApiClient) => unknown;

/** A server that remembers what it heard. */
export class TestApi extends JsonLinesApi {
  readonly heard: unknown[] = [];
  readonly failures: unknown[] = [];
  readonly #handler: Handler;

  constructor(handler: Handler = () => undefined, options: Partial<JsonLinesOptions> = {}) {
    super({ endpoint: "test", ...options });
    this.#handler = handler;
  }

  protected override handle(message: unknown, client: ApiClient): unknown {
    this.heard.push(message);
    return this.#handler(message, client);
  }

  protected override failed(error: unknown): void {
    this.failures.push(error);
  }
}

/** A client that decides what goes into which packet. */
export interface Client {
  readonly socket: Socket;
  /** Resolves when it is with the kernel. */
  write(bytes: string | Buffer): Promise<void>;
  /** Resolves with the next line, and rejects when the server closes instead. */
  line(): Promise<string>;
  /** The next line as JSON. */
  reply(): Promise<unknown>;
  /** All that came, once the server has closed. */
  rest(): Promise<string>;
  /** Resolves when the connection is closed on this side. */
  close(): Promise<void>;
}

export async function client(path: string): Promise<Client> {
  const socket = connect({ path, allowHalfOpen: true });
  await once(socket, "connect");
  // A server that closes while there is something unread resets the connection: how it ends is told by `end` and `close`.
  socket.on("error", () => {});
  let text = "";
  let isOver = false;
  let look = () => {};
  socket.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
    look();
  });
  const over = new Promise<void>((resolve) => {
    for (const event of ["end", "close"]) {
      socket.on(event, () => {
        isOver = true;
        look();
        resolve();
      });
    }
  });
  const line = () =>
    new Promise<string>((resolve, reject) => {
      look = () => {
        const end = text.indexOf("\n");
        if (end !== -1) {
          look = () => {};
          resolve(text.slice(0, end));
          text = text.slice(end + 1);
        } else if (isOver) reject(new Error(`the server closed, after ${JSON.stringify(text)}`));
      };
      look();
    });
  return {
    socket,
    write: (bytes) =>
      new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve()))),
    line,
    reply: async () => JSON.parse(await line()),
    async rest() {
      await over;
      return text;
    },
    async close() {
      if (socket.closed) return;
      socket.destroy();
      await once(socket, "close");
    },
  };
}

/** How many descriptors this process has. */
export const descriptors = (): number => readdirSync("/proc/self/fd").length;
