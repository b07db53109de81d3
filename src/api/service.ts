import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import type { ApiClient } from "./api.ts";
import { Conversation } from "./conversation.ts";
import { ApiError } from "./error.ts";
import { type Budget, budgetOf, type Line, Lines } from "./lines.ts";
import { errorReply } from "./reply.ts";
import { BACKLOG, listenAt, type SocketFile } from "./socket-file.ts";

/** How a server is held. */
export interface ServiceOptions {
  readonly maxMessageBytes: number;
  readonly maxPendingBytes: number;
  readonly maxClients: number;
  readonly mode: number;
  /** The reply to a line, if there is one. Never rejects. */
  readonly answer: (line: Line, client: ApiClient) => Promise<string | undefined>;
  readonly refused: (error: ApiError, client: ApiClient) => void;
}

/** What stands between a start and its stop. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #budget: Budget;
  readonly #server: Server;
  readonly #conversations = new Set<Conversation>();
  #file: SocketFile | undefined;
  #clients = 0;
  /** Counts whatever comes in or is done: while it stands still, nothing happens. */
  #stirs = 0;
  #late: number | undefined;
  #toRead = 0;

  private constructor(options: ServiceOptions) {
    this.#options = options;
    this.#budget = budgetOf(options.maxPendingBytes);
    // Half open: who has sent all and said so still wants its replies. A mark of 1: a paused socket reads no further, or
    // it could come to an error (a reset by a client that left replies unread) and throw away what it holds.
    this.#server = createServer({ allowHalfOpen: true, highWaterMark: 1 }, (socket) => this.#welcome(socket));
  }

  /** A server that accepts connections. */
  static async open(path: string, options: ServiceOptions): Promise<Service> {
    const service = new Service(options);
    service.#file = await listenAt(service.#server, path, options.mode);
    return service;
  }

  /** Handles what was sent before, then closes everything. Everything is closed also when it throws. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.once("close", resolve));
    await this.#catchUp();
    try {
      this.#file?.close();
    } finally {
      await Promise.all([...this.#conversations].map((conversation) => conversation.close()));
      await closed;
    }
  }

  #welcome(socket: Socket): void {
    // Those who came before the stop were waiting in the backlog, which holds one more than its number.
    if (this.#late !== undefined && ++this.#late > BACKLOG + 1) {
      socket.destroy();
      return;
    }
    this.#stirs++;
    const { maxClients, maxMessageBytes, answer, refused } = this.#options;
    const client = { id: ++this.#clients };
    if (this.#conversations.size >= maxClients) {
      const error = new ApiError("busy", `there are ${maxClients} clients already: come again later`);
      refused(error, client);
      socket.on("error", () => {});
      socket.end(`${errorReply(error)}\n`, () => socket.destroy());
      return;
    }
    const conversation: Conversation = new Conversation(socket, new Lines(maxMessageBytes, this.#budget), {
      answer: async (line) => {
        const reply = await answer(line, client);
        if ("bytes" in line) this.#budget.give(line.reserved);
        return reply;
      },
      stirred: () => {
        this.#stirs++;
      },
      closed: () => this.#conversations.delete(conversation),
    });
    this.#conversations.add(conversation);
    if (this.#late !== undefined) conversation.hurry(this.#toRead);
  }

  /**
   * Waits until nothing is left of what clients had sent. The kernel reports all that is there whenever it is asked, and
   * the event loop asks once between two of its check phases: if nothing came in the meantime, nothing was there.
   */
  async #catchUp(): Promise<void> {
    this.#late = 0;
    this.#toRead = mostUnread();
    for (const conversation of this.#conversations) conversation.hurry(this.#toRead);
    await checkPhase();
    for (let seen = -1; seen !== this.#stirs; ) {
      seen = this.#stirs;
      await Promise.all([...this.#conversations].map(({ idle }) => idle));
      await checkPhase();
    }
  }
}

/** How much of what a client has sent the kernel may hold, and a paused socket beside it. */
function mostUnread(): number {
  let setting = "";
  try {
    setting = readFileSync("/proc/sys/net/core/wmem_max", "utf8");
  } catch {
    // Older kernels show it in the first network namespace only.
  }
  // socket(7): SO_SNDBUF may be set to that, and the kernel doubles it.
  return 2 * (Number(setting) || 8 * 1024 * 1024) + 64 * 1024;
}

const checkPhase = () => new Promise((resolve) => setImmediate(resolve));
