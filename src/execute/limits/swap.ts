import type { CgroupLimit } from "../../model/limits.ts";
import { swapNotCounted } from "../limit-problems.ts";
import { textOf } from "../processes.ts";
import type { Warn } from "./fallible.ts";

/** Says that the kernel does not count swap for a limit, where there is any. */
export function warnOfSwap({ text, origin }: CgroupLimit, warn: Warn): void {
  // proc_swaps(5): a heading, and a line for each.
  const hasSwap = textOf("/proc/swaps").trim().split("\n").length > 1;
  if (hasSwap) warn(swapNotCounted({ text }, origin));
}
