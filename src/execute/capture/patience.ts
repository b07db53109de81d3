// How long somebody may take who was told that the run has to end.
const LAST_MS = 1000;

/**
 * Waits for one thing after the other: each is waited for until it is done (true), or, once the signal is aborted, for a
 * second at most (false).
 */
export function patience(giveUp: AbortSignal | undefined): (work: Promise<void> | undefined) => Promise<boolean> {
  return async (work) => {
    if (work === undefined) return true;
    let timer: NodeJS.Timeout | undefined;
    let listen = () => {};
    const late = new Promise<false>((resolve) => {
      listen = () => {
        timer = setTimeout(() => resolve(false), LAST_MS);
      };
      if (giveUp?.aborted) listen();
      else giveUp?.addEventListener("abort", listen, { once: true });
    });
    try {
      return await Promise.race([work.then(() => true), late]);
    } finally {
      clearTimeout(timer);
      giveUp?.removeEventListener("abort", listen);
    }
  };
}
