import { onSignal } from "./on-signal.ts";

/** What signals to sbx, or its caller, may ask of a run. */
export interface Requests {
  /** End: the command gets the signal, and some time. */
  stop(signal: NodeJS.Signals): void;
  /** End, because the caller's AbortSignal says so. */
  abort(): void;
  /** The command gets the signal; that is all. */
  forward(signal: NodeJS.Signals): void;
  /** Stand still until SIGCONT. */
  suspend(): void;
  /** SIGCONT has come; a process that is stopped goes on without this. */
  resume(): void;
}

const STOPPING = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;
const FORWARDED = ["SIGUSR1", "SIGUSR2", "SIGWINCH"] as const;

/** Passes on every signal and abort until the returned function is called. */
export function listenForRequests(
  { handleSignals = true, abort }: { readonly handleSignals?: boolean; readonly abort?: AbortSignal },
  requests: Requests,
): () => void {
  const listeners: [NodeJS.Signals, (signal: NodeJS.Signals) => void][] = handleSignals
    ? [
        ...STOPPING.map((signal) => [signal, requests.stop] as [NodeJS.Signals, Requests["stop"]]),
        ...FORWARDED.map((signal) => [signal, requests.forward] as [NodeJS.Signals, Requests["forward"]]),
        ["SIGTSTP", requests.suspend],
        ["SIGCONT", requests.resume],
      ]
    : [];
  const releases = listeners.map(([signal, listener]) => onSignal(signal, listener));
  abort?.addEventListener("abort", requests.abort);
  return () => {
    for (const release of releases) release();
    abort?.removeEventListener("abort", requests.abort);
  };
}
