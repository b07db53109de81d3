import { statOf } from "./processes.ts";
import { stopsAtSuspendKey } from "./suspension.ts";

/** What decides what a byte that was typed means. */
export interface Typed {
  /** Descriptor of the pty that it goes to. */
  readonly pty: number;
  readonly stty: string;
  /** The command, the leader of the pty's session. */
  readonly command: number;
}

/**
 * Whether this byte would stop the command, had it been started by the caller's shell. In a session of its own it has no
 * shell behind it, and the kernel does not stop it (its process group is orphaned, setpgid(2)): sbx does that for it. A
 * shell inside looks after its own jobs, and whoever reads ^Z as a key has turned its meaning off.
 */
export function isSuspendKey(bytes: Uint8Array, { pty, stty, command }: Typed): boolean {
  // Nearly every key is another one: no terminal is asked about it.
  if (!bytes.some((byte) => byte < 0x20 || byte === 0x7f)) return false;
  const stat = statOf(command);
  if (stat === undefined || stat.foreground !== stat.group || !stopsAtSuspendKey(command)) return false;
  const key = suspendKeyOf(settingsOf(pty, stty));
  return key !== undefined && bytes.includes(key);
}

/**
 * The byte that means "stop" by what `stty -g` prints: four flag words, then the control characters, in hexadecimal. The
 * places of ISIG and VSUSP are Linux's (asm-generic/termbits.h); 0 means that there is no such key.
 */
export function suspendKeyOf(settings: string): number | undefined {
  const [, , , local, ...keys] = settings.trim().split(":");
  const ISIG = 1;
  const VSUSP = 10;
  if (local === undefined || (Number.parseInt(local, 16) & ISIG) === 0) return undefined;
  const key = Number.parseInt(keys[VSUSP] ?? "0", 16);
  return key === 0 ? undefined : key;
}

function settingsOf(pty: number, stty: string): string {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  return spawnSync(stty, ["-g"], { stdio: [pty, "pipe", "ignore"], encoding: "utf8", env: {} }).stdout ?? "";
}
