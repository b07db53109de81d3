import { type BigIntStats, chmodSync, fstatSync, utimesSync } from "node:fs";
import { itself } from "../directory.ts";
import { isIoError } from "../io-error.ts";

const WRITE_AND_SEARCH = 0o300n;

/**
 * Opens a directory of the user's own for changes where its mode forbids them; what is returned gives it back its mode
 * and its times, which every new name in it moves. To a microsecond: Node passes no more on.
 */
export function keepDirectory(directory: number): () => void {
  const before = fstatSync(directory, { bigint: true });
  const isOwn = before.uid === BigInt(process.geteuid?.() ?? 0);
  const isShut = isOwn && before.uid !== 0n && (before.mode & WRITE_AND_SEARCH) !== WRITE_AND_SEARCH;
  if (isShut) chmodSync(itself(directory), Number((before.mode | WRITE_AND_SEARCH) & 0o7777n));
  return () => {
    giveBackTimes(directory, before);
    if (isShut) chmodSync(itself(directory), Number(before.mode & 0o7777n));
  };
}

function giveBackTimes(directory: number, { atimeNs, mtimeNs }: BigIntStats): void {
  try {
    utimesSync(itself(directory), secondsOf(atimeNs), secondsOf(mtimeNs));
  } catch (error) {
    // Another user's directory that others may write to: its times are as those leave them.
    if (!isIoError(error) || error.code !== "EPERM") throw error;
  }
}

/** As Node takes times: it cuts off what is less than a microsecond, and half of one keeps a number from falling short. */
export const secondsOf = (nanoseconds: bigint): number =>
  nanoseconds < 0n ? Number(nanoseconds / 1_000_000_000n) : (Number(nanoseconds / 1000n) + 0.5) / 1e6;
