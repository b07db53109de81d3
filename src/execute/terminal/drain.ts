import { readSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { isIoError } from "../io-error.ts";

/** The command's terminal, from our side. */
interface Master {
  readonly master: Readable;
  readonly masterFd: number;
}

// More than the kernel holds for a pty: whoever goes on writing outlived the sandbox, and is no part of the run.
const MOST = 1 << 18;

/** Writes out what is still in a pty that nobody waits for; resolves when the other side has taken it, or is gone. */
export async function drain({ master, masterFd }: Master, out: Writable): Promise<void> {
  master.unpipe(out).pause();
  for (let taken = 0; taken < MOST && !master.destroyed; ) {
    const bytes: Buffer | undefined = master.read() ?? readNow(masterFd);
    if (!bytes || out.destroyed) break;
    taken += bytes.length;
    await written(out, bytes);
  }
  // The callback comes after those of all that was written before.
  await written(out, "");
}

/** By the kernel's own account (EAGAIN) there is no more: reading waits for what is on its way from the slave. */
function readNow(fd: number): Buffer | undefined {
  const buffer = Buffer.alloc(1 << 16);
  try {
    const length = readSync(fd, buffer);
    return length > 0 ? buffer.subarray(0, length) : undefined;
  } catch (error) {
    if (isIoError(error)) return undefined;
    throw error;
  }
}

function written(out: Writable, bytes: Buffer | string): Promise<void> {
  return new Promise((resolve) => out.write(bytes, () => resolve()));
}
