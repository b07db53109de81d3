import { accessSync, type BigIntStats, constants, readFileSync } from "node:fs";
import { itself } from "../directory.ts";

/**
 * Whether somebody with this process's rights could change a file at all. As an ordinary user sbx could not give its copy
 * of another user's file to that user; but neither can the command write to it, unless its mode lets it.
 */
export function reach(): (found: BigIntStats, opened: number) => boolean {
  const user = process.geteuid?.() ?? 0;
  const isMighty = user === 0 || hasCapabilities();
  return (found, opened) => isMighty || found.uid === BigInt(user) || (found.isFile() && isWritable(opened));
}

function hasCapabilities(): boolean {
  return !/^CapEff:\s*0+$/m.test(readFileSync("/proc/self/status", "utf8"));
}

function isWritable(opened: number): boolean {
  try {
    accessSync(itself(opened), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
