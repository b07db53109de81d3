import { setTimeout as sleep } from "node:timers/promises";
import type { ServerEnd } from "./problems.ts";

/** What became of waiting for a server. */
export type Listening =
  | { readonly state: "listening" }
  | { readonly state: "ended"; readonly end: ServerEnd }
  | { readonly state: "late"; readonly why: string }
  | { readonly state: "broken-off" };

/** What is watched meanwhile. */
export interface Waiting {
  /** How long the server may take. */
  readonly ms: number;
  readonly ended: Promise<ServerEnd>;
  readonly hurry: AbortSignal | undefined;
}

const FIRST_LOOK_MS = 1;
const LATEST_LOOK_MS = 50;

/**
 * Waits until somebody accepts connections at a path: a socket is there from bind(2) on, but refuses them until
 * listen(2). The server sees one client that leaves at once.
 */
export async function whenListening(path: string, { ms, ended, hurry }: Waiting): Promise<Listening> {
  const deadline = performance.now() + ms;
  const abort = whenAborted(hurry);
  const over = Promise.race([ended.then((end) => ({ state: "ended", end }) as const), abort.aborted]);
  try {
    for (let wait = FIRST_LOOK_MS; ; wait = Math.min(2 * wait, LATEST_LOOK_MS)) {
      // Looked at before the attempt: when sbx itself was stopped for longer than that, the server may well be ready.
      const isLast = performance.now() >= deadline;
      const attempt = await Promise.race([over, connectTo(path)]);
      if (attempt.state !== "refused") return attempt;
      if (isLast) return { state: "late", why: attempt.why };
      const end = await Promise.race([over, sleep(Math.min(wait, Math.max(0, deadline - performance.now())))]);
      if (end) return end;
    }
  } finally {
    abort.release();
  }
}

type Attempt = Extract<Listening, { state: "listening" }> | { readonly state: "refused"; readonly why: string };

/** Resolves when its descriptor is given back. */
function connectTo(path: string): Promise<Attempt> {
  const { connect } = process.getBuiltinModule("node:net");
  return new Promise((resolve) => {
    let attempt: Attempt = { state: "refused", why: "the connection was closed" };
    const socket = connect({ path });
    socket.on("connect", () => {
      attempt = { state: "listening" };
      socket.destroy();
    });
    socket.on("error", (error) => {
      attempt = { state: "refused", why: whyRefused(path, error) };
    });
    socket.on("close", () => resolve(attempt));
  });
}

function whyRefused(path: string, error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case "ENOENT":
      return `it made no socket ${path}`;
    case "ECONNREFUSED":
      return `nobody accepts connections at ${path}`;
    case "EPROTOTYPE":
      return `${path} is a socket of another type than SOCK_STREAM`;
    case "EAGAIN":
      return `it accepts no connection at ${path}, and too many wait already`;
    default:
      return `${path}: ${error.code ?? error.message}`;
  }
}

function whenAborted(signal: AbortSignal | undefined) {
  let release = () => {};
  const aborted = new Promise<{ readonly state: "broken-off" }>((resolve) => {
    const resolved = () => resolve({ state: "broken-off" });
    if (signal?.aborted) resolved();
    signal?.addEventListener("abort", resolved);
    release = () => signal?.removeEventListener("abort", resolved);
  });
  return { aborted, release };
}
