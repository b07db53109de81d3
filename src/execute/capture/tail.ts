import { constants } from "node:buffer";

/** The end of a long text. */
export interface Tail {
  add(text: string): void;
  text(): string;
  /** Whether anything fell off in front. */
  readonly truncated: boolean;
}

/** Keeps the last `limit` bytes (as UTF-8) of a text that comes in pieces, and needs no more memory than that. */
export function createTail(limit: number): Tail {
  // What is kept must become one string again, and no character is shorter than a byte.
  const most = Math.floor(Math.max(0, Math.min(limit, constants.MAX_STRING_LENGTH)));
  let ring = Buffer.alloc(0);
  let length = 0;
  let end = 0;
  let truncated = false;

  const grow = (wanted: number) => {
    if (wanted <= ring.length || ring.length === most) return;
    const larger = Buffer.allocUnsafe(Math.min(most, Math.max(wanted, 2 * ring.length)));
    // It never went round: only a ring of full size does.
    ring.copy(larger, 0, 0, length);
    ring = larger;
    end = length;
  };
  return {
    add(text) {
      const all = Buffer.from(text);
      grow(length + all.length);
      truncated ||= length + all.length > most;
      const bytes = all.subarray(Math.max(0, all.length - ring.length));
      const before = bytes.copy(ring, end);
      bytes.copy(ring, 0, before);
      end = ring.length === 0 ? 0 : (end + bytes.length) % ring.length;
      length = Math.min(ring.length, length + bytes.length);
    },
    text() {
      if (length < ring.length || end === 0) return whole(ring.subarray(0, length), truncated);
      return whole(Buffer.concat([ring.subarray(end), ring.subarray(0, end)]), truncated);
    },
    get truncated() {
      return truncated;
    },
  };
}

/** As text, from the first character of which nothing is missing. */
function whole(bytes: Buffer, isCut: boolean): string {
  const isContinuation = (byte: number) => (byte & 0b1100_0000) === 0b1000_0000;
  const start = isCut ? bytes.findIndex((byte) => !isContinuation(byte)) : 0;
  return start < 0 ? "" : bytes.toString("utf8", start);
}
