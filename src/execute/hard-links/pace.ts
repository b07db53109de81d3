import { ioError } from "../io-error.ts";

// What a signal has to wait for at most.
const WITHOUT_PAUSE_MS = 10;

/** Lets others have their turn during long work: signals are heard between two pauses only. */
export interface Pace {
  /** Whether it is time for a pause. */
  isDue(): boolean;
  /** Throws ECANCELED when there is no hurry to finish, but to end. */
  pause(): Promise<void>;
}

/** The pace of work that ends early when `hurry` is aborted. */
export function createPace(hurry: AbortSignal | undefined): Pace {
  let since = performance.now();
  return {
    isDue: () => performance.now() - since > WITHOUT_PAUSE_MS,
    async pause() {
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
      if (hurry?.aborted) throw ioError("ECANCELED", "broken off", "");
    },
  };
}
