import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { parentOf } from "../../model/path.ts";
import { isMountPoint } from "../backing/unmount.ts";
import { withDirectory } from "../directory.ts";
import { isIoError, reasonOf } from "../io-error.ts";
import { nameOf } from "../make-place.ts";
import { startGuarded } from "../servers/guarded.ts";
import type { OverlayParts, OverlayScene } from "./mount-overlay.ts";

/** A fuse-overlayfs that serves a view. */
export interface FuseHelper {
  /** Tells how it ended. */
  readonly ended: Promise<string>;
  hasEnded(): boolean;
  /** Waits for its end, which comes with that of the mount, and ends it otherwise; the reason when it stays. */
  end(): Promise<string | undefined>;
}

/**
 * It splits paths at colons and commas: it gets descriptors. What it says goes to a file: it always complains of an
 * option of its own. In the foreground, for its end is to be known.
 */
const START =
  'exec 3<"$1" 4<"$2" 5<"$3" 2>"$4" && ' +
  'exec "$5" -f -o lowerdir=/proc/self/fd/3,upperdir=/proc/self/fd/4,workdir=/proc/self/fd/5 "$6"';

// fusermount3(1) is looked up by the library.
const ENVIRONMENT = { PATH: "/run/wrappers/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };

const READY_MS = 10_000;
const END_MS = 2000;
const FIRST_LOOK_MS = 1;
const LATEST_LOOK_MS = 20;

/** Starts fuse-overlayfs and waits until its view can be used; the reason when it can't. */
export async function startFuse(
  { lower, upper, work, point }: OverlayParts,
  { program, journal, inherited, hurry }: OverlayScene & { readonly program: string },
): Promise<FuseHelper | string> {
  const log = `${point}%log`;
  const command = ["/bin/sh", "-c", START, "sbx", lower, upper, work, log, program, point];
  const note = (pid: number) => journal.holdSandbox(pid);
  const label = "fuse-overlayfs";
  const guarded = await startGuarded({ label, command, environment: ENVIRONMENT, inherited, note });
  if (typeof guarded === "string") return guarded;
  const ended = guarded.ended.then(({ code, signal }) => (signal === null ? `exit code ${code}` : signal));
  const why = await whenServing(point, ended, hurry);
  if (why !== undefined) {
    const isGone = await guarded.end();
    return `${said(log) ?? why}${isGone ? "" : ", and it can't be ended"}`;
  }
  return {
    ended,
    hasEnded: guarded.hasEnded,
    async end() {
      await within(END_MS, ended);
      return (await guarded.end()) ? undefined : "fuse-overlayfs was killed but has not ended";
    },
  };
}

/** It can end, hang or be killed at any moment: none of that holds us up. The reason when it does not serve. */
async function whenServing(
  point: string,
  ended: Promise<string>,
  hurry: AbortSignal | undefined,
): Promise<string | undefined> {
  const deadline = performance.now() + READY_MS;
  const over = ended.then((how) => `it ended before there was a view (${how})`);
  for (let wait = FIRST_LOOK_MS; !isMounted(point); wait = Math.min(2 * wait, LATEST_LOOK_MS)) {
    if (hurry?.aborted) return "the run was told to end";
    if (performance.now() >= deadline) return `there was no view after ${READY_MS / 1000} s`;
    const end = await Promise.race([over, sleep(wait)]);
    if (end !== undefined) return end;
  }
  const answer = stat(point).then(
    () => "",
    (error: unknown) => (isIoError(error) ? reasonOf(error) : String(error)),
  );
  const found = await Promise.race([answer, over, within(deadline - performance.now(), answer)]);
  return found === undefined ? "it does not answer" : found === "" ? undefined : found;
}

const isMounted = (point: string): boolean =>
  withDirectory(parentOf(point), (parent) => isMountPoint(parent, nameOf(point), point));

/** undefined when it takes longer. */
async function within<T>(ms: number, awaited: Promise<T>): Promise<T | undefined> {
  const abort = new AbortController();
  const late = sleep(Math.max(0, ms), undefined, { signal: abort.signal }).catch(() => undefined);
  try {
    return await Promise.race([awaited, late]);
  } finally {
    abort.abort();
  }
}

/** What it said, without that complaint. */
function said(log: string): string | undefined {
  try {
    const lines = readFileSync(log, "utf8").split("\n");
    const told = lines.filter((line) => line !== "" && !line.startsWith("unknown argument")).slice(-2);
    return told.length > 0 ? told.join("; ") : undefined;
  } catch (error) {
    if (!isIoError(error)) throw error;
    return undefined;
  }
}
