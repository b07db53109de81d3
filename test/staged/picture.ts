import { createHash } from "node:crypto";
import { closeSync, constants, lstatSync, openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One object of a tree, as a line: what tar would keep of it, and a little more. */
export type Picture = readonly string[];

const NAMED = 0o10000000 | constants.O_DIRECTORY | constants.O_NOFOLLOW;

export interface PictureOptions {
  /** Without the times of directories: those of one in which something was made and stays can't be as before. */
  readonly directoryTimes?: boolean;
}

/**
 * Everything in a tree, itself included, sorted: names byte by byte, type, mode, owner, number of links, size, times,
 * which names are one object, where links lead, and what is in files.
 */
export function picture(directory: string, options: PictureOptions = {}): Picture {
  const lines: string[] = [];
  const firstNames = new Map<string, string>();
  const look = (place: Buffer, name: Buffer): void => {
    const found = lstatSync(place, { bigint: true });
    const shown = JSON.stringify(name.toString("latin1"));
    const { mode, uid, gid, nlink, rdev, ino, dev } = found;
    const size = found.isFile() ? found.size : 0n;
    const time = found.isDirectory() && options.directoryTimes === false ? "" : found.mtimeNs;
    const key = `${dev}:${ino}`;
    const first = firstNames.get(key) ?? shown;
    firstNames.set(key, first);
    lines.push(
      [shown, mode.toString(8), `${uid}:${gid}`, nlink, size, rdev, time, first, contentOf(place, found)].join(" "),
    );
    if (!found.isDirectory()) return;
    // By a descriptor, so that no path is too long.
    const opened = openSync(place, NAMED);
    try {
      const at = (entry: Buffer) => Buffer.concat([Buffer.from(`/proc/self/fd/${opened}/`), entry]);
      const entries = readdirSync(`/proc/self/fd/${opened}`, { encoding: "buffer" });
      for (const entry of entries.sort(Buffer.compare)) look(at(entry), Buffer.concat([name, Buffer.from("/"), entry]));
    } catch (error) {
      lines.push(`${shown} ${(error as NodeJS.ErrnoException).code}`);
    } finally {
      closeSync(opened);
    }
  };
  look(Buffer.from(directory), Buffer.from("."));
  return lines;
}

function contentOf(place: Buffer, found: ReturnType<typeof lstatSync> & { isFile(): boolean }): string {
  if (found.isSymbolicLink()) return JSON.stringify(readlinkSync(place, { encoding: "buffer" }).toString("latin1"));
  if (!found.isFile()) return "";
  try {
    return createHash("sha256").update(readFileSync(place)).digest("hex").slice(0, 16);
  } catch (error) {
    // An ordinary user's own file without permissions.
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
