import { realpathSync } from "node:fs";

/** Where the system's programs are: only root can write there, and what PATH says is the caller's, or anybody's. */
export const SYSTEM_DIRECTORIES = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/run/current-system/sw/bin"];

/** A program of the system by its path without links; undefined when it is missing. */
export function systemFile(name: string): string | undefined {
  for (const directory of SYSTEM_DIRECTORIES) {
    try {
      return realpathSync(`${directory}/${name}`);
    } catch {}
  }
  return undefined;
}
