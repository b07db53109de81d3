import type { Stat } from "./host.ts";

/** Whose rights are asked for: the command's, whose user on the host is the caller. */
export interface Who {
  readonly uid: number;
  readonly gid: number;
  /** The further groups; undefined where they are not known. */
  readonly groups: readonly number[] | undefined;
  /** For what CAP_DAC_OVERRIDE counts: in a user namespace only for what belongs to users of that namespace. */
  readonly override: "none" | "own" | "all";
}

export type Right = "read" | "write" | "search";

const BITS: Readonly<Record<Right, number>> = { read: 4, write: 2, search: 1 };

/**
 * Whether the permission bits of a file let somebody do something (path_resolution(7)); undefined where that depends on
 * groups that are not known. Access control lists are not looked at.
 */
export function permits(
  stat: Pick<Stat, "type" | "mode" | "uid" | "gid">,
  who: Who,
  right: Right,
): boolean | undefined {
  const { mode, uid, gid } = stat;
  const overrides = who.override === "all" || (who.override === "own" && uid === who.uid && gid === who.gid);
  if (overrides && (right !== "search" || stat.type === "directory")) return true;
  const has = (shift: number) => ((mode >> shift) & BITS[right]) !== 0;
  if (uid === who.uid) return has(6);
  if (gid === who.gid || who.groups?.includes(gid)) return has(3);
  return who.groups === undefined && has(3) !== has(0) ? undefined : has(0);
}

/** Whether all hold; undefined where one can't be told and none fails. */
export function every(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}
