import { parentOf } from "../model/path.ts";
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
  const reached = new Map<string, boolean | undefined>();
  /** Whether everything in a directory can be reached: it is searched, with all above it. */
  const reach = (directory: string): boolean | undefined => {
    if (reached.has(directory)) return reached.get(directory);
    const own = allows(look(directory).owned, who, SEARCH);
    const answer = directory === "/" ? own : both([own, reach(parentOf(directory))]);
    reached.set(directory, answer);
    return answer;
  };
  return (walk) => {
    const way = [...walk.links.map(({ path }) => parentOf(path)), ...walk.left, parentOf(walk.path)];
    const find = both(way.map(reach));
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
