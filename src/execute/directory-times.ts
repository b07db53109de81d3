import { fstatSync, utimesSync } from "node:fs";
import { itself, withDirectory } from "./directory.ts";
import { isIoError } from "./io-error.ts";

/** When a directory was last changed, before and after something was made in it, in nanoseconds since 1970. */
export interface Times {
  readonly before: bigint;
  readonly after: bigint;
}

/** What the removal of one thing in a directory is to do to the directory's time. */
export interface TimesOfRemoval {
  readonly path: string;
  readonly times: Times | undefined;
}

/**
 * Gives directories the time back that they had before something was made in them and taken away again, as long as
 * nothing else has changed them meanwhile: what comes out of a run is to be what went in.
 */
export interface DirectoryTimes {
  /** Runs a removal from an open directory; it says whether something was removed. */
  around<T extends { readonly state: string }>(directory: number, of: TimesOfRemoval, removal: () => T): T;
  /** Sets the times, when all is removed that is to be. */
  restore(): void;
}

interface Touched {
  readonly path: string;
  /** Its time since the latest removal; another one now is somebody else's doing. */
  readonly now: bigint;
  readonly to: bigint;
}

/** The times of the directories that one run's inverses touch. */
export function directoryTimes(): DirectoryTimes {
  const touched = new Map<string, Touched>();
  return {
    around(directory, { path, times }, removal) {
      const { key, time } = look(directory);
      const known = touched.get(key);
      // What would stand there had the earlier removals been followed by their restoration at once.
      const earlier = known?.now === time ? known.to : time;
      const removed = removal();
      if (removed.state !== "removed") return removed;
      if (times !== undefined && earlier === times.after) {
        touched.set(key, { path, now: look(directory).time, to: times.before });
      } else touched.delete(key);
      return removed;
    },
    restore() {
      for (const [key, { path, now, to }] of touched) {
        try {
          withDirectory(path, (directory) => {
            const found = look(directory);
            if (found.key === key && found.time === now) setTime(directory, to);
          });
        } catch (error) {
          // It is gone, or somebody else's: a time is not worth a word.
          if (!isIoError(error)) throw error;
        }
      }
      touched.clear();
    },
  };
}

/** When an open directory was last changed. */
export const changedAt = (directory: number): bigint => fstatSync(directory, { bigint: true }).mtimeNs;

function look(directory: number): { readonly key: string; readonly time: bigint } {
  const { dev, ino, mtimeNs } = fstatSync(directory, { bigint: true });
  return { key: `${dev}:${ino}`, time: mtimeNs };
}

const SECOND = 1_000_000_000n;
const TOUCH = ["/usr/bin/touch", "/bin/touch"];

/** Node's utimes(2) knows microseconds; touch(1) knows what the file system knows. */
function setTime(directory: number, time: bigint): void {
  const seconds = Number(time / SECOND) + (Number(time % SECOND) + 300) / 1e9;
  utimesSync(itself(directory), Number(fstatSync(directory).atimeMs) / 1000, seconds);
  if (changedAt(directory) === time) return;
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const fraction = String(((time % SECOND) + SECOND) % SECOND).padStart(9, "0");
  const whole = (time - BigInt(fraction)) / SECOND;
  for (const touch of TOUCH) {
    const { error } = spawnSync(touch, ["-c", "-m", "-d", `@${whole}.${fraction}`, "/proc/self/fd/3"], {
      env: { LC_ALL: "C", NODE_V8_COVERAGE: undefined },
      cwd: "/",
      stdio: ["ignore", "ignore", "ignore", directory],
    });
    if (error === undefined) return;
  }
}
