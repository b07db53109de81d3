import { spawnSync } from "node:child_process";

/** What a call of stty(1) said. */
export interface Said {
  readonly text: string;
  /** Why it failed. */
  readonly failure: string | undefined;
}

/**
 * Raw mode, in which every byte passes both ways as it is. stty(1), because Node's own raw mode goes on adding carriage
 * returns to the output and gives nothing back but the settings of its first call.
 */
export const RAW = ["raw", "-echo", "-iexten"];

// A terminal whose other end is stuck can keep stty waiting until all output is out.
const PATIENCE_MS = 5000;

/** All settings of a terminal as one word that stty takes again. */
export const readSettings = (stty: string, fd: number): Said => call(stty, fd, ["-g"]);

/** Changes settings as a program of this session does: from the background the kernel stops it (SIGTTOU). */
export const changeSettings = (stty: string, fd: number, words: readonly string[]): Said => call(stty, fd, words);

/** Sets back what was read, in a session of its own: no signal for our process group keeps it from that. */
export const restoreSettings = (stty: string, fd: number, settings: string): Said =>
  call(stty, fd, [settings], { detached: true, timeout: PATIENCE_MS });

function call(stty: string, fd: number, words: readonly string[], options: object = {}): Said {
  const done = spawnSync(stty, words, { ...options, stdio: [fd, "pipe", "pipe"], env: {}, encoding: "utf8" });
  // Neither is there when stty could not be started.
  const [text, complaint] = [done.stdout ?? "", done.stderr ?? ""].map((said) => said.trim());
  const isDone = done.status === 0;
  const why = done.error?.message ?? (complaint || `${stty} ended with ${done.signal ?? done.status}`);
  return { text: text ?? "", failure: isDone ? undefined : why };
}
