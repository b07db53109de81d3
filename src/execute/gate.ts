import { type ExpectedMount, lookAtMounts, type SetUp } from "./finished-mounts.ts";

/** How long a look may be repeated: bwrap takes milliseconds, a busy machine more. */
const PATIENCE_MS = 10_000;
/** How long something may be wrong in what looks finished. */
const DOUBT_MS = 1000;

/** Keeps the command from starting until the sandbox is what was planned. */
export interface Gate {
  /** Begins to look; calls back once, unless closed before. */
  watch(pid: number, done: (verdict: Exclude<SetUp, { state: "under-way" }>) => void): void;
  close(): void;
}

/**
 * Between the plan and bwrap's own look-up of a source, another process can exchange what stands there: a directory
 * for a link, say. bwrap has read nothing of the command yet when it has mounted everything, and waits (`--block-fd`).
 */
export function gate(expected: readonly ExpectedMount[]): Gate {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const watch: Gate["watch"] = (pid, done) => {
    const began = performance.now();
    let doubtful: number | undefined;
    const look = () => {
      if (closed) return;
      const found = lookAtMounts(pid, expected);
      const now = performance.now();
      if (found.state === "different") doubtful ??= now;
      const settled =
        found.state === "as-planned" ||
        (found.state === "different" && now - (doubtful ?? now) > DOUBT_MS) ||
        now - began > PATIENCE_MS;
      if (!settled) {
        timer = setTimeout(look, now - began < 50 ? 1 : 20);
        return;
      }
      closed = true;
      const where =
        found.state === "under-way" && found.missing ? `nothing is mounted at ${found.missing}` : "it is not built";
      done(found.state === "under-way" ? { state: "unseen", reason: `${where} after 10 s` } : found);
    };
    look();
  };
  const close = () => {
    closed = true;
    clearTimeout(timer);
  };
  return { watch, close };
}
