/** Time that can be stopped: what is left of it stays while it stands still. */
export interface Countdown {
  pause(): void;
  resume(): void;
  /** Never calls back after this. */
  cancel(): void;
}

// setTimeout takes 2^31-1 ms at most and fires at once for more.
const LONGEST_MS = 2 ** 31 - 1;

/** Calls back once, when that many milliseconds have passed on the monotonic clock (performance.now) and not in pauses. */
export function countdown(ms: number, onZero: () => void): Countdown {
  let left = ms;
  let since: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const stop = () => {
    clearTimeout(timer);
    if (since !== undefined) left -= performance.now() - since;
    since = undefined;
  };
  const go = () => {
    if (over || since !== undefined) return;
    since = performance.now();
    timer = setTimeout(
      () => {
        stop();
        if (left > 0) return go();
        over = true;
        onZero();
      },
      Math.min(Math.max(0, Math.ceil(left)), LONGEST_MS),
    );
  };
  go();
  return {
    pause: stop,
    resume: go,
    cancel() {
      over = true;
      stop();
    },
  };
}
