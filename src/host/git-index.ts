import { lstatSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

const GITLINK = 0o160000;
const EXTENDED = 0x4000;

/**
 * The paths of the gitlinks (submodules, registered or not) in an index file (gitformat-index(5)), its shared part
 * included; undefined when there is an index that can't be understood, none when there is no index.
 */
export function readGitlinks(file: string): readonly string[] | undefined {
  let bytes: Buffer;
  try {
    // Only what is known to be a file: opening a FIFO would wait for a writer.
    if (!lstatSync(file).isFile()) return undefined;
    bytes = readFileSync(file);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? [] : undefined;
  }
  // Only the hash's length differs between the two object formats: one of them comes out even.
  return attempt(() => gitlinksIn(bytes, file, 20)) ?? attempt(() => gitlinksIn(bytes, file, 32));
}

/** Reading beyond the end throws. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function gitlinksIn(bytes: Buffer, file: string, hash: number): readonly string[] | undefined {
  if (bytes.toString("latin1", 0, 4) !== "DIRC") return undefined;
  const version = bytes.readUInt32BE(4);
  if (version < 2 || version > 4) return undefined;
  const found: string[] = [];
  let at = 12;
  let name = Buffer.alloc(0);
  for (let count = bytes.readUInt32BE(8); count > 0; count -= 1) {
    const start = at;
    const mode = bytes.readUInt32BE(start + 24);
    const flags = bytes.readUInt16BE(start + 40 + hash);
    at = start + 42 + hash + (version >= 3 && (flags & EXTENDED) !== 0 ? 2 : 0);
    let kept = 0;
    if (version === 4) {
      const strip = offsetAt(bytes, at);
      kept = name.length - strip.value;
      if (kept < 0) return undefined;
      at = strip.next;
    }
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    name = Buffer.concat([name.subarray(0, kept), bytes.subarray(at, end)]);
    // Before version 4, entries are padded to a multiple of eight bytes, with one NUL at least.
    at = version === 4 ? end + 1 : start + (Math.floor((end - start) / 8) + 1) * 8;
    if ((mode & 0o170000) === GITLINK) found.push(name.toString("utf8"));
  }
  return [...found, ...shared(bytes, at, file, hash)];
}

/** git's offset encoding: seven bits a byte, each further byte adding one (gitformat-pack(5)). */
function offsetAt(bytes: Buffer, from: number): { readonly value: number; readonly next: number } {
  let next = from;
  let byte = bytes.readUInt8(next);
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    next += 1;
    byte = bytes.readUInt8(next);
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, next: next + 1 };
}

/** Walks the extensions to the end, so that a wrong hash length shows, and reads the base of a split index. */
function shared(bytes: Buffer, from: number, file: string, hash: number): readonly string[] {
  let links: readonly string[] = [];
  let at = from;
  while (at < bytes.length - hash) {
    const size = bytes.readUInt32BE(at + 4);
    if (bytes.toString("latin1", at, at + 4) === "link") {
      const base = bytes.toString("hex", at + 8, at + 8 + hash);
      if (/[^0]/.test(base)) {
        const more = readGitlinks(`${dirname(file)}/sharedindex.${base}`);
        if (more === undefined) throw new Error("no shared index");
        links = more;
      }
    }
    at += 8 + size;
  }
  if (at !== bytes.length - hash) throw new Error("not the length of this hash");
  return links;
}
