import { familyOf, send, statOf } from "./processes.ts";

// Not an expectation: only so that this ends.
const ROUNDS = 500;
const PAUSE_MS = 2;
const STANDING_STILL = ["T", "t", "Z", "X"];

/**
 * Stops a process and everything below it, and returns what lets exactly those go on that were running: what the command
 * itself had stopped (a job in the background) stays so. New children may appear until their parents stand still, so
 * this looks until nobody runs any more. Blocks meanwhile.
 */
export function freeze(root: number): () => void {
  const stopped = new Map<number, string>();
  for (let round = 0; round < ROUNDS; round++) {
    const running = familyOf(root).filter((pid) => {
      const state = statOf(pid)?.state ?? "X";
      // Waiting in the kernel (for a disk, or for a vfork(2) child that stands still), it stops before it runs on.
      return !STANDING_STILL.includes(state) && !(state === "D" && stopped.has(pid));
    });
    if (running.length === 0) break;
    for (const pid of running) if (send(pid, "SIGSTOP")) stopped.set(pid, statOf(pid)?.startTime ?? "");
    if (round > 0) wait(PAUSE_MS);
  }
  return () => {
    // Children first: a shell that is awake while its job still stands would take it for stopped (waitpid(2), WUNTRACED).
    for (const [pid, startTime] of [...stopped].reverse()) {
      if (statOf(pid)?.startTime === startTime) send(pid, "SIGCONT");
    }
  };
}

function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
