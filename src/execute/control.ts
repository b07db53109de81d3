import type { Cause, Running } from "./running.ts";
import { listenForRequests } from "./signals.ts";
import { nobodyContinues, standStill } from "./suspension.ts";
import type { Relay } from "./terminal/index.ts";

// Far below what a hand needs between fg and ^Z, above what a thread waits for its turn.
const AT_ONCE_MS = 20;

type Request = Exclude<Cause, { readonly by: "timeout" }>;

/** Takes signals and aborts from the first step to the last undo, and leads them to what there is of the run. */
export interface Control {
  /** Why the run was to end before anything was running. */
  readonly early: Request | undefined;
  setRelay(relay: Relay | undefined): void;
  setRunning(running: Running): void;
  /** Aborted as soon as somebody wants the run to end: what it waits for then is not worth it. */
  readonly hurry: AbortSignal;
  /** Suspends the run together with this process, as ^Z does. */
  suspend(): Promise<void>;
  release(): void;
}

interface ControlOptions {
  readonly handleSignals?: boolean;
  readonly abort?: AbortSignal;
}

export function takeControl(options: ControlOptions): Control {
  let early: Request | undefined = options.abort?.aborted ? { by: "abort" } : undefined;
  let relay: Relay | undefined;
  let running: Running | undefined;

  const hurry = new AbortController();
  const stop = (request: Request) => {
    hurry.abort();
    if (running) running.stop(request);
    else early ??= request;
  };
  let isSuspending = false;
  let isContinued = false;
  let continuedAt = Number.NEGATIVE_INFINITY;
  const still = async () => {
    relay?.suspend();
    // A SIGCONT that is here already would come to nothing. The second turn is behind a look at new signals.
    for (let turn = 0; turn < 2; turn++) await new Promise((next) => setImmediate(next));
    if (!isContinued) standStill();
    relay?.resume();
  };
  const suspend = async () => {
    if (isSuspending || nobodyContinues()) return;
    isSuspending = true;
    isContinued = false;
    await (running ? running.suspend(still) : still());
    isSuspending = false;
  };
  const release = listenForRequests(options, {
    stop: (signal) => stop({ by: "signal", signal }),
    abort: () => stop({ by: "abort" }),
    forward: (signal) => running?.forward(signal),
    async suspend() {
      // Two signals in a row may be taken by two threads (signal(7)), and then heard of the wrong way round. To stand still
      // for good is worse than not to.
      if (performance.now() - continuedAt > AT_ONCE_MS) await suspend();
    },
    resume() {
      isContinued = true;
      continuedAt = performance.now();
    },
  });
  return {
    get early() {
      return early;
    },
    setRelay(opened) {
      relay = opened;
    },
    setRunning(begun) {
      running = begun;
    },
    hurry: hurry.signal,
    suspend,
    release,
  };
}
