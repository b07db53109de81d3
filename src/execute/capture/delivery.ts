/** What a piece of output came by; `output` when standard output and standard error are one. */
export type OutputStream = "output" | "stdout" | "stderr";

/** Takes a piece of output, and as long as it likes if it gives a promise. */
export type OnOutput = (text: string, stream: OutputStream) => void | Promise<void>;

/** Gives pieces of text to somebody who may take their time. */
export interface Delivery {
  /** Only while nothing is pending. */
  give(text: string, stream: OutputStream): void;
  /** Until the last piece is dealt with; never rejects. */
  readonly pending: Promise<void> | undefined;
  /** What went wrong first, after which nothing more is given. */
  readonly failure: { readonly error: unknown } | undefined;
  fail(error: unknown): void;
  /** Gives nothing more, whatever comes. */
  stop(): void;
}

/** What the giver does while the taker is busy. */
interface Giver {
  pause(): void;
  resume(): void;
}

/** A delivery to `onOutput` that holds up the giver while a promise that it gave is pending. */
export function createDelivery(onOutput: OnOutput | undefined, giver: Giver): Delivery {
  let pending: Promise<void> | undefined;
  let failure: Delivery["failure"];
  let isStopped = false;
  const fail = (error: unknown) => {
    failure ??= { error };
  };
  const waitFor = async (answer: PromiseLike<void>) => {
    giver.pause();
    try {
      await answer;
    } catch (error) {
      fail(error);
    }
    pending = undefined;
    giver.resume();
  };
  return {
    give(text, stream) {
      if (!onOutput || failure || isStopped) return;
      try {
        const answer = onOutput(text, stream);
        if (isPromise(answer)) pending = waitFor(answer);
      } catch (error) {
        fail(error);
      }
    },
    fail,
    stop() {
      isStopped = true;
    },
    get pending() {
      return isStopped ? undefined : pending;
    },
    get failure() {
      return failure;
    },
  };
}

const isPromise = (value: unknown): value is PromiseLike<void> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
