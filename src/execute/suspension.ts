import { send, statOf, textOf } from "./processes.ts";

/** Stops this process; the next line runs after SIGCONT. */
export function standStill(): void {
  send(process.pid, "SIGSTOP");
}

/**
 * Whether nobody would ever continue this process if it stopped now: the terminal asks for it (^Z), and no shell with job
 * control watches its process group. The kernel ignores the signal then for whoever has no handler (setpgid(2)).
 */
export function nobodyContinues(): boolean {
  const own = statOf(process.pid);
  return own !== undefined && own.foreground === own.group && isOrphaned(process.pid);
}

/**
 * Whether ^Z would have stopped a process, were there a shell behind it: it neither ignores nor catches SIGTSTP. Blocked
 * it is for a moment by every shell that starts a program, and works afterwards.
 */
export function stopsAtSuspendKey(pid: number): boolean {
  const status = textOf(`/proc/${pid}/status`);
  const bit = 1n << BigInt(SIGTSTP - 1);
  const masks = ["SigIgn", "SigCgt"].map((name) => new RegExp(`^${name}:\\s*([0-9a-f]+)$`, "m").exec(status)?.[1]);
  return masks.every((mask) => mask !== undefined && (BigInt(`0x${mask}`) & bit) === 0n);
}

// signal(7); the same number on every architecture that bwrap runs on but MIPS.
const SIGTSTP = 20;

/** A process group is orphaned when no member has its parent in another group of the same session (setpgid(2)). */
function isOrphaned(pid: number): boolean {
  const own = statOf(pid);
  const parent = own && statOf(own.parent);
  if (!own || !parent || parent.session !== own.session) return true;
  return parent.group === own.group ? isOrphaned(own.parent) : false;
}
