import { JsonLinesApi } from "sbx-profiles";

/** A JSON object, as it came. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Hands the stage its arguments: `"get"` is answered with `{"arguments": DOCUMENT}`. */
export class ArgumentsApi extends JsonLinesApi {
  readonly #document: unknown;

  constructor(document: unknown) {
    super({ endpoint: "arguments" });
    this.#document = document;
  }

  protected override handle(message: unknown): unknown {
    if (message !== "get") throw new TypeError('the only message is "get"');
    return { arguments: this.#document };
  }
}

/** Collects what stages have to say about their results: objects, merged in the order in which they come. */
export class MetadataApi extends JsonLinesApi {
  #metadata: JsonObject = {};

  constructor() {
    super({ endpoint: "metadata" });
  }

  /** Complete once the server is stopped. */
  get metadata(): JsonObject {
    return this.#metadata;
  }

  protected override handle(message: unknown): void {
    // Spread, not Object.assign: a key `__proto__` is a key like any other.
    this.#metadata = { ...this.#metadata, ...objectOf(message) };
  }
}

/** What made a stage fail. */
export interface StageError {
  readonly type: string;
  readonly value: string;
  readonly traceback: string;
}

/** Takes the exception that ends a stage. The first counts: what follows it is its consequence. */
export class ExceptionApi extends JsonLinesApi {
  #error: StageError | undefined;

  constructor() {
    super({ endpoint: "exception" });
  }

  /** Known once the server is stopped. */
  get error(): StageError | undefined {
    return this.#error;
  }

  protected override handle(message: unknown): void {
    const { type, value, traceback } = objectOf(message);
    if (typeof type !== "string" || typeof value !== "string" || typeof traceback !== "string") {
      throw new TypeError("an exception has the texts type, value and traceback");
    }
    this.#error ??= { type, value, traceback };
  }
}

function objectOf(message: unknown): JsonObject {
  if (typeof message === "object" && message !== null && !Array.isArray(message)) return message as JsonObject;
  throw new TypeError("the message is not an object");
}
