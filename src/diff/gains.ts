import { type Facts, isStandardNode } from "./cover.ts";
import type { Shift } from "./difference.ts";
import { type Reach, type Region, reaches } from "./reach.ts";
import type { Sandbox } from "./sandbox.ts";

/** What a path is in one sandbox, and in another one that takes its place. */
export interface Exchange {
  readonly before: Facts;
  readonly after: Facts;
  readonly from: Sandbox;
  readonly to: Region;
}

/** What the command gains at a path; what it loses is what it would gain the other way. */
export function gains({ before, after, from, to }: Exchange): Shift[] {
  switch (after.what) {
    case "none":
    case "mask":
    case "link":
    case "dev":
      return [];
    case "file":
      return choosesCode(to.path) ? ["loader"] : [];
    case "node":
      return isStandardNode(after) || after.host === before.host ? [] : ["device"];
    case "host":
      return hostGains(before, after, from, to);
    case "proc":
      // Without a namespace of its own it shows the host's processes.
      return to.sandbox.plan.namespaces.pid.value || before.what === "proc" ? [] : ["host-read"];
    case "service":
      return before.what === "service" ? [] : ["service"];
    case "tmpfs":
    case "scratch":
      return ownGains(before, after);
  }
}

// ld.so(8) and login shells run what these say in every program that is started.
const choosesCode = (path: string): boolean =>
  /^\/etc\/(ld\.so\.(preload|conf|conf\.d\/.+)|profile|profile\.d\/.+|bash\.bashrc|environment)$/.test(path);

function hostGains(before: Facts, after: Facts, from: Sandbox, to: Region): Shift[] {
  const { host = "" } = after;
  const isSame = before.what === "host" && before.host === host;
  /** At the same place the same file: its rights there count. Elsewhere: whether it was to be had at all. */
  const had = (reach: Reach, there: boolean): boolean => (isSame ? there : reaches(from, host, reach, to));
  const gained: Shift[] = [];
  if (after.access === "device") return had("device", before.access === "device") ? [] : ["device"];
  if (!had("read", true)) gained.push("host-read");
  if (after.writes === "host" && !had("write", before.writes === "host")) gained.push("host-write");
  if (after.nodes && !had("device", before.nodes === true)) gained.push("device");
  if (after.keep !== undefined && before.keep !== after.keep) gained.push("kept");
  return gained;
}

/** A directory of the sandbox's own where nothing was lets nothing in; what somebody had fixed may be relied upon. */
function ownGains(before: Facts, after: Facts): Shift[] {
  const gained: Shift[] = [];
  const wasOwn = before.what !== "none" && before.what !== "host" && before.what !== "link";
  if (after.writes === "own" && wasOwn && before.writes !== "own") gained.push("own-write");
  const grows = before.size !== undefined && (after.size === undefined || after.size > before.size);
  if (before.what === "tmpfs" && grows) gained.push("limit");
  return gained;
}
