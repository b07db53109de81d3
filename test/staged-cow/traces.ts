import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { dirname } from "node:path";
import type { Room } from "../support/sbx.ts";

/** What a run left in a room: run directories, mounts, processes that have to do with it. */
export function tracesOf(room: Room): string[] {
  const base = dirname(room.home);
  const runs = readdirSync(`${base}/runtime`, { recursive: true })
    .map(String)
    .filter((name) => name !== "sbx");
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(base));
  return [...runs, ...mounts, ...processesOf(base)];
}

/** The helpers that serve views of a room. */
export const processesOf = (base: string): string[] =>
  readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      const isHelper = readlinkSync(`/proc/${pid}/exe`).includes("fuse-overlayfs") || line.startsWith("fuse-overlayfs");
      return isHelper && line.includes(base) ? [`${pid} ${line}`] : [];
    } catch {
      return [];
    }
  });
