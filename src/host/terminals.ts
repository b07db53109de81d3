import { readFileSync } from "node:fs";
import { isatty } from "node:tty";
import { parseStat } from "../model/process-stat.ts";

/** Those of the standard descriptors that are terminals. */
export const terminalsHere = (): (0 | 1 | 2)[] => ([0, 1, 2] as const).filter((fd) => isatty(fd));

/** Whether this process may read and change its terminal now (termios(3)); not so as a job in the background. */
export function isInForeground(): boolean {
  const own = parseStat(readFileSync("/proc/self/stat", "utf8"));
  return own !== undefined && own.foreground === own.group;
}
