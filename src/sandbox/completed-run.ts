import type { Executed } from "../execute/index.ts";

/** How a run ended, and what it wrote. */
export interface CompletedRun extends Omit<Executed, "captured" | "pid"> {
  /** Standard output and error, in order. */
  readonly output: string;
  /** The same as `output` unless they were taken apart. */
  readonly stdout: string;
  readonly stderr: string;
  /** Whether there was more output than was kept. */
  readonly truncated: boolean;
  /** bwrap, as long as it lived. */
  readonly process: { readonly pid: number | undefined };
}

/** The result of a run that was started. */
export function completedRun({ captured, pid, ...executed }: Executed): CompletedRun {
  const { output, stdout, stderr, truncated } = captured ?? { output: "", stdout: "", stderr: "", truncated: false };
  return { ...executed, output, stdout, stderr, truncated, process: { pid } };
}
