import { ApiError } from "./error.ts";

/** The line that a client gets instead of a value. */
export interface ErrorReply {
  readonly error: {
    /** A code of {@link ApiError}, or the name of what the handler threw. */
    readonly type: string;
    readonly message: string;
  };
}

/** The line for what a handler gave; undefined is no line. Throws when the value has no JSON form. */
export function replyTo(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`a ${typeof value} has no JSON form`);
  return text;
}

/** The line for what a handler threw, whatever that is; never the stack, which is the host's business. */
export function errorReply(error: unknown): string {
  const type = error instanceof ApiError ? error.code : textOf(() => (error as Error).name);
  const message = textOf(() => (error as Error).message) ?? textOf(() => String(error));
  return JSON.stringify({ error: { type: type || "Error", message: message ?? "" } } satisfies ErrorReply);
}

// Anything can be thrown: null, or an object whose properties throw in turn.
function textOf(read: () => unknown): string | undefined {
  try {
    const text = read();
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}
