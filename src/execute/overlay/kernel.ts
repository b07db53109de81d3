import { closeSync } from "node:fs";
import { handed, runSystemProgram } from "../backing/system-program.ts";
import { openDirectory } from "../directory.ts";
import type { OverlayParts } from "./mount-overlay.ts";

// A layer of an earlier run is mounted over a lower directory that may have changed since; and what a command could
// write into a layer must not lead to other files of the lower directory (overlayfs.rst).
const OPTIONS = "index=off,metacopy=off,redirect_dir=nofollow";

/**
 * Mounts the kernel's overlay; the reason when it can't. By descriptors: no name on the way can lead elsewhere, and none
 * needs escaping. A kept layer is written as bwrap writes it, in attributes that belong to its owner.
 */
export function mountKernelOverlay(
  { lower, upper, work, point }: OverlayParts,
  { isKept }: { readonly isKept: boolean },
): string | undefined {
  const opened: number[] = [];
  try {
    for (const path of [lower, upper, work, point]) opened.push(openDirectory(path));
    const parts = `lowerdir=${handed(0)},upperdir=${handed(1)},workdir=${handed(2)}`;
    const options = `nosuid,nodev,${parts},${OPTIONS}${isKept ? ",userxattr" : ""}`;
    const words = ["-i", "-t", "overlay", "-o", options, "sbx-cow", handed(3)];
    return runSystemProgram("mount", words, opened)?.reason;
  } finally {
    for (const each of opened) closeSync(each);
  }
}
