import type { Operation, Step } from "../model/plan.gen.ts";

/** An operation whose destination is still as written: links on the way not followed, parents not made. */
export interface Draft {
  readonly operation: Operation;
  /** What the destination must be, or is made as when nothing stands there; `link` for symlink entries. */
  readonly needs: "directory" | "file" | "link";
  /** Host-side steps that must come before. */
  readonly steps: readonly Step[];
  /** The layer it comes from: the later one wins a destination. */
  readonly layer: number;
  /** Mounts, marked directories and files win a destination over nodes of `devices` and files of `proc`. */
  readonly strong?: boolean;
  /** It stands for a whole (/dev, /proc) whose parts go with it. */
  readonly leads?: boolean;
  /** The destination of the whole that it is part of: it goes when that one is replaced. */
  readonly partOf?: string;
}
