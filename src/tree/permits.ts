import { ancestors, below } from "../model/path.ts";
import type { Owned, Standing, Walk } from "./standing.ts";

/** Whom the command runs as, by the host's numbers. */
export interface Who {
  readonly uid: number;
  readonly gid: number;
  /** CAP_DAC_OVERRIDE: for nobody's files, for its own user's and group's (in a user namespace), or for everybody's. */
  readonly overrides: "none" | "own" | "all";
}

/** What mode bits let the command do; undefined where they don't settle it: who is in which group nobody knows here. */
export interface Permitted {
  /** Searching every directory on the way: without that, nothing can be known of a path. */
  readonly find: boolean | undefined;
  readonly read: boolean | undefined;
  /** Whether mode bits allow it; a mount may be read-only all the same. */
  readonly write: boolean | undefined;
}

const [READ, WRITE, SEARCH] = [4, 2, 1];

/** Tells what mode bits let a command do with what stands at a path (path_resolution(7)); access lists are not known. */
export function permitter(look: (path: string) => Standing, who: Who): (walk: Walk) => Permitted {
  const searched = new Map<string, boolean | undefined>();
  const search = (directory: string): boolean | undefined => {
    if (!searched.has(directory)) searched.set(directory, allows(look(directory).owned, who, SEARCH));
    return searched.get(directory);
  };
  return (walk) => {
    const ends = [...walk.links.map(({ path }) => path), ...walk.left.map((path) => below(path, ".")), walk.path];
    const way = new Set(ends.flatMap(ancestors));
    const find = both([...way].map(search));
    const may = (bit: number) => both([find, allows(walk.owned, who, bit)]);
    return { find, read: may(READ), write: may(WRITE) };
  };
}

function allows(owned: Owned | undefined, { uid, gid, overrides }: Who, bit: number): boolean | undefined {
  if (owned === undefined) return undefined;
  const isOwn = owned.uid === uid && owned.gid === gid;
  if (overrides === "all" || (overrides === "own" && isOwn)) return true;
  const [user, group, others] = [6, 3, 0].map((shift) => ((owned.mode >> shift) & bit) !== 0);
  if (owned.uid === uid) return user;
  if (owned.gid === gid) return group;
  return group === others ? others : undefined;
}

function both(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}
