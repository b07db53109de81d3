import { readFileSync } from "node:fs";

/**
 * Which mount an open descriptor is in (proc_pid_fdinfo(5)): device numbers can't tell a directory that is bound over
 * itself.
 */
export const mountOf = (descriptor: number): string | undefined =>
  /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8"))?.[1];
