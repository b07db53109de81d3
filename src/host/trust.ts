import type { Host, Stat } from "../model/host.ts";
import { isForeign, othersCanWrite } from "../model/ownership.ts";
import { ancestors, parentOf } from "../model/path.ts";

/** Who else decides what stands there, by owner, mode or group; undefined when nobody does. */
function whyOpen(stat: Stat, host: Pick<Host, "uid" | "gid">): string | undefined {
  if (isForeign(stat, host)) return `belongs to user ${stat.uid}`;
  if (!othersCanWrite(stat, host)) return undefined;
  return (stat.mode & 0o002) !== 0 ? "can be written by everybody" : `can be written by group ${stat.gid}`;
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
