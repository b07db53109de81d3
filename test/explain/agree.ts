import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { PathExplanation } from "../../src/explain/index.ts";
import { parseMountinfo } from "../../src/model/mountinfo.ts";
import { isWithin } from "../../src/model/path.ts";

/** What runs inside and tries. */
export const TRIES = readFileSync(fileURLToPath(new URL("tries.js", import.meta.url)), "utf8");

/** What trying found out about a path; `read` and `write` are error codes, "" where it worked. */
export type Try =
  | { readonly error: string }
  | {
      readonly error?: never;
      readonly type: string;
      readonly identity: string;
      readonly read: string;
      readonly write: string;
    };

export interface Tried {
  readonly tries: Readonly<Record<string, Try>>;
  readonly mountinfo: string;
}

/** Device and inode of a host path, before anything ran; undefined where there is none. */
export type Identify = (hostPath: string) => string | undefined;

/** Everything in which explanations and the real sandbox differ, as sentences; and how much was compared. */
export function disagreements(
  explained: readonly PathExplanation[],
  { tries, mountinfo }: Tried,
  identify: Identify,
): { readonly found: readonly string[]; readonly compared: number } {
  const mounts = parseMountinfo(mountinfo);
  const seen = new Set(Object.values(tries).map((each) => (each.error === undefined ? each.identity : "")));
  let compared = 0;
  const found = explained.flatMap((each) => {
    const tried = tries[each.path];
    if (tried === undefined) return [`${each.path}: nothing was tried`];
    const wrong = [
      ...differences(each, tried),
      ...wrongMount(each, tried, mounts),
      ...wrongHost(each, tried, identify),
    ];
    compared += isKnown(each) ? 1 : 0;
    const nowhere = each.onHost?.visible.length === 0 ? identify(each.onHost.path) : undefined;
    if (nowhere !== undefined && seen.has(nowhere) && each.onHost?.type !== "device") {
      wrong.push(`is said to be visible nowhere, and something inside is ${nowhere}`);
    }
    const { real, access, type, content, host, permissions, decidedBy, onHost } = each;
    const claimed = { real, access, type, content, host, permissions, by: decidedBy?.entry, visible: onHost?.visible };
    return wrong.map((what) => `${each.path}: ${what}; ${JSON.stringify({ claimed, tried })}`);
  });
  return { found, compared };
}

/** What depends on the running processes, and what nobody can look at from outside, is not claimed to be known. */
const isKnown = ({ type }: PathExplanation): boolean => type !== "unknown";

const ABSENT = ["ENOENT", "ENOTDIR", "ELOOP"];

function differences(each: PathExplanation, tried: Try): string[] {
  const { access, type, permissions, content } = each;
  if (!isKnown(each)) return [];
  if (tried.error !== undefined) {
    if (tried.error === "EACCES") return permissions.read === true ? ["can't be found by its mode"] : [];
    return access === "absent" && ABSENT.includes(tried.error) ? [] : [`is not there (${tried.error})`];
  }
  if (access === "absent") return ["is there"];
  const wrong = tried.type === type ? [] : [`is a ${tried.type}`];
  if (content === "proc") return wrong;
  const read = expectedErrors(each, permissions.read, "read");
  if (!read.includes(tried.read)) wrong.push(`reading gives ${tried.read || "no error"}, not ${read.join(" or ")}`);
  const write = expectedErrors(each, permissions.write, "write");
  if (!write.includes(tried.write)) wrong.push(`writing gives ${tried.write || "no error"}, not ${write.join(" or ")}`);
  return wrong;
}

function expectedErrors({ access, type }: PathExplanation, permitted: boolean | null, to: "read" | "write"): string[] {
  // A socket is connected to, not opened; a FIFO has no reader.
  if (type === "socket") return ["ENXIO", "EACCES"];
  if (type === "fifo") return to === "read" ? ["", "EACCES"] : ["ENXIO", "EACCES"];
  // Without a terminal there is nothing behind /dev/tty; a mount without devices refuses all of them.
  if (type === "device") return access === "device" ? ["", "ENXIO", ...(permitted ? [] : ["EACCES"])] : ["EACCES"];
  const byMode = permitted === true ? [] : ["EACCES"];
  if (to === "write" && access !== "rw") return ["EROFS", ...byMode];
  return permitted === false ? byMode : ["", ...byMode];
}

/** The mount that covers the path is as writable as was said. */
function wrongMount(each: PathExplanation, tried: Try, mounts: ReturnType<typeof parseMountinfo>): string[] {
  if (!isKnown(each) || tried.error !== undefined || each.access === "device" || each.content === "proc") return [];
  if (each.type === "device") return [];
  const covering = mounts.filter(({ point }) => isWithin(point, each.real));
  const deepest = covering.reduce((best, mount) => (mount.point.length >= best.point.length ? mount : best));
  const isReadOnly = each.access !== "rw";
  return deepest.readOnly === isReadOnly
    ? []
    : [`lies on ${deepest.point}, which is ${deepest.readOnly ? "ro" : "rw"}`];
}

/** It is the very file of the host that was named. */
function wrongHost(each: PathExplanation, tried: Try, identify: Identify): string[] {
  const { host, type, content, access, decidedBy, onHost } = each;
  // Of procfs the inodes are made anew for every look.
  if (tried.error !== undefined || access === "absent" || content === "proc") return [];
  const wrong: string[] = [];
  const named = host === null ? undefined : identify(host);
  // A view has identities of its own.
  const isLayered = decidedBy?.kind === "overlay";
  if (named !== undefined && !isLayered && named !== tried.identity) wrong.push(`is ${tried.identity}, not ${host}`);
  if (host === null && type !== "device" && onHost !== null && identify(onHost.path) === tried.identity) {
    wrong.push(`is ${onHost.path} of the host`);
  }
  return wrong;
}
