import { isUtf8 } from "node:buffer";
import type { Api, ApiClient } from "./api.ts";
import { ApiError } from "./error.ts";
import type { Line } from "./lines.ts";
import { errorReply, replyTo } from "./reply.ts";
import { Service, type ServiceOptions } from "./service.ts";

/** What a server is called, and what it takes. */
export interface JsonLinesOptions {
  readonly endpoint: string;
  /** How large a message may be (default: 16 MiB); a parsed one takes up to twenty times as much memory. */
  readonly maxMessageBytes?: number;
  /** How much of messages under way is kept for all clients together (default: 4 times `maxMessageBytes`). */
  readonly maxPendingBytes?: number;
  /** How many may be connected at once (default: 1024); each takes a descriptor. */
  readonly maxClients?: number;
  /**
   * The socket's permissions (default: 0o600). A command runs as the caller, whatever its user namespace calls that, and
   * needs no more. One that becomes another user of the host inside needs 0o666, and so may everybody connect who can
   * reach the directory of the socket.
   */
  readonly mode?: number;
}

const MESSAGE_BYTES = 16 * 1024 * 1024;
const MESSAGES_AT_ONCE = 4;
const CLIENTS = 1024;

/**
 * A server for newline-separated JSON (UTF-8) over a stream socket: a class of yours says what a message does.
 *
 * Each line that a client sends is one message; what {@link handle} gives is the reply, one line of JSON, and undefined
 * is no reply. What it throws is the reply `{"error": {"type", "message"}}`, and so is what can't be handled: no JSON, a
 * message over the ceiling, the half of a line. A value with a member `error` looks the same: put such into a member of
 * another name. Clients are served at the same time, each with its messages one after the other, so that replies come in
 * the order of requests. A client that leaves its replies unread is not read from either, once the kernel holds no more.
 */
export abstract class JsonLinesApi implements Api {
  readonly endpoint: string;
  readonly #options: ServiceOptions;
  #service: Promise<Service> | undefined;
  #stopping: Promise<void> | undefined;

  constructor({ endpoint, maxMessageBytes = MESSAGE_BYTES, ...options }: JsonLinesOptions) {
    this.endpoint = endpoint;
    this.#options = {
      maxMessageBytes,
      maxPendingBytes: options.maxPendingBytes ?? MESSAGES_AT_ONCE * maxMessageBytes,
      maxClients: options.maxClients ?? CLIENTS,
      mode: options.mode ?? 0o600,
      answer: (line, client) => this.#answer(line, client),
      refused: (error, client) => this.#tell(error, client),
    };
  }

  /** Does what a message asks for. The name and message of what it throws go into the sandbox, the stack does not. */
  protected abstract handle(message: unknown, client: ApiClient): unknown;

  /** Hears of every error that a client got for a reply. */
  protected failed(_error: unknown, _client: ApiClient): void {}

  /** Resolves once the socket listens. Throws {@link ApiError}; also while it is started, which goes on undisturbed. */
  async start(path: string): Promise<void> {
    if (this.#service) throw new ApiError("already-started", `the API ${this.endpoint} is started: stop() it first`);
    this.#service = Service.open(path, this.#options);
    try {
      await this.#service;
    } catch (error) {
      this.#service = undefined;
      throw error;
    }
  }

  /**
   * Resolves once all that clients had sent before is handled, connections are closed and the socket is gone; does nothing
   * when it is not started. It waits for your handlers, so none of
   * them may wait for it. Afterwards it can be started again, at another path, too.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const starting = this.#service;
    // Whether it could start is told to who started it.
    const service = await starting?.catch(() => undefined);
    try {
      await service?.close();
    } finally {
      if (this.#service === starting) this.#service = undefined;
    }
  }

  async #answer(line: Line, client: ApiClient): Promise<string | undefined> {
    try {
      if ("refused" in line) throw line.refused;
      return replyTo(await this.handle(parse(line.bytes), client));
    } catch (error) {
      this.#tell(error, client);
      return errorReply(error);
    }
  }

  #tell(error: unknown, client: ApiClient): void {
    try {
      this.failed(error, client);
    } catch {
      // Neither the client's reply nor the server may depend on it.
    }
  }
}

function parse(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new ApiError("invalid-json", "the message is not UTF-8");
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    throw new ApiError("invalid-json", cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
