import { readFileSync, readlinkSync } from "node:fs";
import { parseStat } from "../model/process-stat.ts";
import { isIoError } from "./io-error.ts";
import { send, textOf } from "./processes.ts";

/** What names a process among all that ever ran on this machine. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In clock ticks since boot (proc(5), stat, field 22). */
  readonly start: string;
  /** Changes with every start of the machine (random(4), boot_id). */
  readonly boot: string;
  /** The process namespace that the number counts in, and the time namespace that the start counts in. */
  readonly pidns: string;
  readonly timens: string;
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    // By this name, and not by number: /proc can be that of another process namespace.
    start: startOf("self") ?? "",
    boot: textOf("/proc/sys/kernel/random/boot_id").trim(),
    pidns: namespaceNumber("pid"),
    timens: namespaceNumber("time"),
  };
}

/** `elsewhere`: where it can't be looked up, in a container perhaps. `before-boot`: it ended then, with all others. */
export type Verdict = "alive" | "dead" | "before-boot" | "elsewhere";

/** Whether a process that was once noted still lives. */
export function judge(noted: ProcessIdentity, self: ProcessIdentity): Verdict {
  if (noted.boot !== self.boot) return "before-boot";
  if (noted.pidns !== self.pidns || noted.timens !== self.timens || !seesItself()) return "elsewhere";
  const start = startOf(noted.pid);
  if (start !== undefined) return start === noted.start ? "alive" : "dead";
  // With hidepid (proc(5)) a process can be there and not be seen.
  return send(noted.pid, 0) && !isZombie(noted.pid) ? "elsewhere" : "dead";
}

/** When a process started; undefined when there is none, or only what its parent has not collected yet. */
export function startOf(pid: number | "self"): string | undefined {
  const found = parseStat(statText(pid));
  return found === undefined || ENDED.includes(found.state) ? undefined : found.startTime;
}

const ENDED: readonly string[] = ["Z", "X"];

const isZombie = (pid: number): boolean => ENDED.includes(parseStat(statText(pid))?.state ?? "");

/** "" when there is no such process. That it can't be read for another reason (too many open files) says nothing. */
function statText(pid: number | "self"): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    if (isIoError(error) && (error.code === "ENOENT" || error.code === "ESRCH")) return "";
    throw error;
  }
}

/** Whether /proc shows the process namespace that this process is in. */
const seesItself = (): boolean => linkOf("/proc/self") === String(process.pid);

const namespaceNumber = (name: string): string => /\[(\d+)\]$/.exec(linkOf(`/proc/self/ns/${name}`))?.[1] ?? "";

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Kernels before 5.6 have no time namespaces.
    return "";
  }
}
