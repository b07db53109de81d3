import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { send, statOf } from "../processes.ts";

/** A process group that this process has made: its number is that of its first member, which is a child of ours. */
export interface Group {
  readonly number: number;
  /** Whether the first member has ended. */
  hasLost(): boolean;
}

const GRACE_MS = 2000;
// A dead process is gone within microseconds unless the kernel holds it: then it is told.
const DEATH_MS = 5000;
const FIRST_LOOK_MS = 1;
const LATEST_LOOK_MS = 50;
const ENDED: readonly string[] = ["Z", "X"];

/** Asks everything in the group to end, kills it after a while, and waits until it is gone. false: something stays. */
export async function endGroup(group: Group): Promise<boolean> {
  if (isGone(group)) return true;
  send(-group.number, "SIGTERM");
  if (await goesWithin(GRACE_MS, group)) return true;
  send(-group.number, "SIGKILL");
  return goesWithin(DEATH_MS, group);
}

async function goesWithin(ms: number, group: Group): Promise<boolean> {
  const deadline = performance.now() + ms;
  for (let wait = FIRST_LOOK_MS; ; wait = Math.min(2 * wait, LATEST_LOOK_MS)) {
    if (isGone(group)) return true;
    if (performance.now() >= deadline) return false;
    await sleep(wait);
  }
}

/**
 * The number of a group is not given away again while anybody is in it. kill(2) finds the dead too: those that their
 * parent, or a container's first process that doesn't care, has not collected.
 */
function isGone(group: Group): boolean {
  if (!group.hasLost()) return false;
  return !send(-group.number, 0) || !readdirSync("/proc").some((name) => isMember(name, group.number));
}

function isMember(name: string, group: number): boolean {
  if (!/^\d+$/.test(name)) return false;
  const found = statOf(Number(name));
  return found?.group === group && !ENDED.includes(found.state);
}
