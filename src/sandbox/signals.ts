import { onSignal } from "../execute/index.ts";

const STOPPING = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;

/**
 * Has a session closed before a signal ends this process. The signal is sent again when that is done, so that the
 * process ends with it as it would have; unless somebody else listens, who then decides.
 */
export function closeOnSignals(close: () => Promise<void>): () => void {
  const listener = async (signal: NodeJS.Signals) => {
    await close().catch((error: unknown) => process.emitWarning(error instanceof Error ? error : String(error)));
    release();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const releases = STOPPING.map((signal) => onSignal(signal, listener));
  const release = () => {
    for (const each of releases) each();
  };
  return release;
}
