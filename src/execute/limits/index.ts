import type { CgroupLimit, Rlimit, SettledLimits } from "../../model/limits.ts";
import type { Problem } from "../../model/problem.ts";
import { limitStruck } from "../limit-problems.ts";
import type { Cgroup } from "./cgroup.ts";
import { type CgroupJournal, makeDirectories } from "./directories.ts";
import type { Warn } from "./fallible.ts";
import { struckRlimit } from "./rlimits.ts";
import { scopeOf } from "./scope.ts";

export type { SettledLimits } from "../../model/limits.ts";
export type { Cgroup } from "./cgroup.ts";
export { applyRlimits } from "./rlimits.ts";

/** The cgroup of a run, limits and all, before anything runs in it. */
export function makeCgroup(
  { cgroup }: SettledLimits,
  journal: CgroupJournal,
  warn: Warn = () => {},
): Cgroup | Problem | undefined {
  switch (cgroup?.kind) {
    case undefined:
      return undefined;
    case "directories":
      return makeDirectories(cgroup.hierarchies, journal, warn);
    case "systemd":
      return scopeOf(cgroup, warn);
  }
}

/** A limit that was reached, and the words for it. */
export interface Struck {
  readonly limit: "memory" | "tasks" | "cpuTime" | "fileSize";
  readonly problem: Problem;
}

/** The limits that a run has reached, as far as the kernel tells: what a program makes of it is its own affair. */
export function struck(limits: SettledLimits, cgroup: Cgroup | undefined, exitCode: number | undefined): Struck[] {
  const rlimit = struckRlimit(limits, exitCode);
  return [...(cgroup?.struck() ?? []), ...(rlimit ? [rlimit] : [])].flatMap((limit) => tell(limit) ?? []);
}

function tell({ name, text, more, origin }: CgroupLimit | Rlimit): Struck | undefined {
  switch (name) {
    case "memory":
    case "tasks":
    case "cpuTime":
    case "fileSize":
      return { limit: name, problem: limitStruck({ limit: name, text, more }, origin) };
    case "cpus":
    case "openFiles":
    case "core":
      return undefined;
  }
}
