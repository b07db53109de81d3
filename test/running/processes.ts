import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { statOf } from "../../src/execute/processes.ts";

/** A word that stands on the command line of one sandbox's processes, and nowhere else. */
let marks = 0;
export const freshMark = (): string => `promise-${process.pid}-${marks++}`;

/** The processes that have these words on their command line and have not ended. */
export function processesWith(words: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => commandLine(pid).includes(words) && !hasEnded(pid));
}

export const hasEnded = (pid: number): boolean => ["Z", "X", undefined].includes(statOf(pid)?.state);

/** Waits for an event that nothing tells of. */
export async function until(what: () => boolean): Promise<void> {
  while (!what()) await sleep(2);
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
