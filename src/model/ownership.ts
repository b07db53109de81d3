import type { Host, Stat } from "./host.ts";

type Caller = Pick<Host, "uid" | "gid">;

/** The owner is neither root nor the caller. */
export const isForeign = ({ uid }: Stat, caller: Caller): boolean => uid !== 0 && uid !== caller.uid;

/** Somebody who is neither root nor the caller can write it. A group is the caller's own or root's, or foreign. */
export function othersCanWrite({ mode, gid }: Stat, caller: Caller): boolean {
  const foreignGroup = gid !== 0 && gid !== caller.gid;
  return (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && foreignGroup);
}
