import type { CgroupLimit } from "../../model/limits.ts";
import { below } from "../../model/path.ts";
import { textOf } from "../processes.ts";

/** A cgroup with limits, and the one in it that has the processes; the same where there is only one. */
export interface Counted {
  readonly version: 1 | 2;
  readonly outer: string;
  readonly inner: string;
}

const NEARLY = 0.9;

/** Which of its limits a cgroup has reached so far. */
export function struckIn(cgroup: Counted, limits: readonly CgroupLimit[]): CgroupLimit[] {
  return limits.filter((limit) => hasStruck(cgroup, limit));
}

function hasStruck(cgroup: Counted, { name, value }: CgroupLimit): boolean {
  switch (name) {
    case "memory":
      return outOfMemory(cgroup, value);
    case "tasks":
      return outOfTasks(cgroup, value);
    case "cpus":
      // Slowed down, not stopped.
      return false;
  }
}

/** Somebody was killed, and it was for this limit, not for that of the machine or of a cgroup further out. */
function outOfMemory({ version, outer, inner }: Counted, most: number): boolean {
  if (version === 2) {
    const events = below(outer, "memory.events");
    return counted(events, "oom_kill") > 0 && counted(events, "oom") > 0;
  }
  // Version 1 counts kills where the process was; and no attempts to exceed a limit any more (`failcnt` stays 0 in 6.18),
  // so the most that was used tells. It ends short of the limit, by what was asked for at once.
  const killed = counted(below(inner, "memory.oom_control"), "oom_kill") > 0;
  return killed && Number(textOf(below(outer, "memory.max_usage_in_bytes"))) >= NEARLY * most;
}

/** A fork failed, and not for a stricter limit further out: there were as many as this limit allows. */
function outOfTasks({ version, outer, inner }: Counted, most: number): boolean {
  const failed = counted(below(version === 2 ? outer : inner, "pids.events"), "max") > 0;
  // Since Linux 6.1.
  const peak = textOf(below(outer, "pids.peak"));
  return failed && (peak === "" || Number(peak) >= most);
}

/** The number behind a word in a file of such lines; 0 when it is not there. */
function counted(file: string, word: string): number {
  const line = textOf(file)
    .split("\n")
    .find((each) => each.startsWith(`${word} `));
  return Number(line?.slice(word.length + 1) ?? 0);
}
