import { readdirSync, readFileSync } from "node:fs";
import { type ProcessStat, parseStat } from "../model/process-stat.ts";

/** undefined when there is no such process. */
export function statOf(pid: number): ProcessStat | undefined {
  return parseStat(textOf(`/proc/${pid}/stat`));
}

/** The processes whose parent is this one, whichever of its threads started them. */
export function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    textOf(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number),
  );
}

/** A process and everything below it, parents first. Orphans of a process namespace are children of its first process. */
export function familyOf(pid: number): number[] {
  const family = [pid];
  for (const member of family) family.push(...childrenOf(member));
  return family;
}

/** Sends a signal; false when there is no such process. */
export function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** "" when the file can't be read: the process may end at any moment. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
