import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { refuseExhaustion } from "./exhausted.ts";

const MAX_BYTES = 1024 * 1024;

/** What is read goes through here, file by file: a new one for each would keep the garbage collector busy. */
const chunk = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * The text of a regular file of at most 1 MiB; undefined when there is none or it can't be read. Non-blocking, because
 * opening a FIFO waits for a writer; read to the end, because files in /proc say that they are empty.
 */
export function readText(path: string, flags = 0): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flags);
  } catch (error) {
    refuseExhaustion(error);
    return undefined;
  }
  try {
    if (!fstatSync(fd).isFile()) return undefined;
    const parts: Buffer[] = [];
    for (let size = 0; ; ) {
      const length = readSync(fd, chunk);
      if (length === 0) return Buffer.concat(parts).toString("utf8");
      size += length;
      if (size > MAX_BYTES) return undefined;
      parts.push(Buffer.from(chunk.subarray(0, length)));
    }
  } catch (error) {
    refuseExhaustion(error);
    return undefined;
  } finally {
    closeSync(fd);
  }
}
