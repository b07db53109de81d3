import type { ExecuteOptions } from "./job.ts";

const SIGNALS = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;

/** Tells of every signal or abort that is to stop the run, until the returned function is called. */
export function listenForStop(options: ExecuteOptions, onStop: (signal: NodeJS.Signals) => void): () => void {
  const onAbort = () => onStop("SIGTERM");
  const signals = options.handleSignals === false ? [] : SIGNALS;
  for (const signal of signals) process.on(signal, onStop);
  options.abort?.addEventListener("abort", onAbort);
  return () => {
    for (const signal of signals) process.off(signal, onStop);
    options.abort?.removeEventListener("abort", onAbort);
  };
}
