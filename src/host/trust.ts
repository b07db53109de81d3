import type { Host, Stat } from "../model/host.ts";
import { ancestors, parentOf } from "../model/path.ts";

/** Somebody who is neither root nor the caller decides what stands there: by owner, mode or group. */
export function whyOpen(stat: Stat, host: Pick<Host, "uid" | "gid">): string | undefined {
  if (stat.uid !== 0 && stat.uid !== host.uid) return `belongs to user ${stat.uid}`;
  if ((stat.mode & 0o002) !== 0) return "can be written by everybody";
  const foreignGroup = stat.gid !== 0 && stat.gid !== host.gid;
  return (stat.mode & 0o020) !== 0 && foreignGroup ? `can be written by group ${stat.gid}` : undefined;
}

/**
 * Why a program at this path (without links) may become another one behind the caller's back; undefined when it can't.
 * In a directory further up, the sticky bit keeps others from renaming what is not theirs.
 */
export function whyReplaceable(path: string, host: Host): string | undefined {
  for (const place of [path, parentOf(path), ...ancestors(parentOf(path)).reverse()]) {
    const stat = host.lstat(place);
    if (stat === undefined) return `${place} is gone`;
    const further = place !== path && place !== parentOf(path);
    const sticky = further && (stat.mode & 0o1000) !== 0;
    // The mode of a link means nothing.
    const why = whyOpen(sticky || stat.type === "link" ? { ...stat, mode: 0 } : stat, host);
    if (why !== undefined) return `${place} ${why}`;
  }
  return undefined;
}
