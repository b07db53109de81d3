import type { CgroupLimit } from "../../model/limits.ts";
import type { Problem } from "../../model/problem.ts";

/** What limits all processes of a sandbox together. */
export interface Cgroup {
  /** Puts a process there, and with it all that it will start; a problem when a limit does not hold for it then. */
  enter(pid: number): Problem | undefined;
  /** The limits that something in there has reached. */
  struck(): readonly CgroupLimit[];
}
