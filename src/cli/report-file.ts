import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { UsageError } from "./usage-error.ts";

/** A place for a report, chosen before the run: what the command does to names afterwards leads nowhere else. */
export interface ReportFile {
  /** Replaces what stands there; throws errors of node:fs. */
  write(text: string): void;
}

/** Opens the place; throws a {@link UsageError} when nothing can be written there. */
export function openReport(path: string): ReportFile {
  try {
    const stream = streamAt(resolve(path));
    if (stream !== undefined) return { write: (text) => writeFileSync(stream, text) };
    const real = realOrNew(resolve(path));
    // A directory that stays open is the same one whatever is renamed (proc(5), /proc/PID/fd).
    const directory = openSync(dirname(real), constants.O_RDONLY | constants.O_DIRECTORY);
    const inside = (name: string) => `/proc/self/fd/${directory}/${name}`;
    const temporary = inside(`.${basename(real)}.${Math.random().toString(36).slice(2)}.tmp`);
    const { dev, ino } = fstatSync(directory);
    closeSync(openSync(temporary, "wx", 0o644));
    rmSync(temporary);
    return {
      write(text) {
        const now = statSync(dirname(real), { throwIfNoEntry: false });
        if (now === undefined || now.dev !== dev || now.ino !== ino)
          throw new Error(`${dirname(real)} was exchanged while the command ran`);
        const file = openSync(temporary, "wx", 0o644);
        try {
          writeFileSync(file, text);
        } finally {
          closeSync(file);
        }
        renameSync(temporary, inside(basename(real)));
      },
    };
  } catch (error) {
    throw new UsageError(`--report ${path}: ${error instanceof Error ? error.message : error}`);
  }
}

/** A descriptor of what is no file and no directory: a pipe, a terminal, a stream of sbx's own. */
function streamAt(path: string): number | undefined {
  if (path === "/dev/stdout" || path === "/dev/fd/1") return 1;
  if (path === "/dev/stderr" || path === "/dev/fd/2") return 2;
  if (path.startsWith("/dev/fd/")) throw new Error("only descriptors 1 and 2 will do");
  const found = statSync(path, { throwIfNoEntry: false });
  return found && !found.isFile() ? openSync(path, constants.O_WRONLY) : undefined;
}

function realOrNew(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false })) return realpathSync(path);
  return `${realpathSync(dirname(path))}/${basename(path)}`;
}
