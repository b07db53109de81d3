import type { Room } from "../support/sbx.ts";

/** Where a promise is tried: as one user, with one bwrap. */
export interface World {
  readonly room: Room;
  readonly user: "root" | "ordinary";
}

/** Something that `sbx run` promises, and how one sees that it is kept. */
export interface Kept {
  /** For whoever reads docs/running.md. */
  readonly promise: string;
  /** What is done to see it. */
  readonly proof: string;
  /** What is seen then, to the letter. */
  readonly seen: string;
  readonly look: (world: World) => Promise<string>;
  /** Why it can't be tried here; undefined when it can. */
  readonly needs?: (world: World) => string | undefined;
}

/** Promises that belong together. */
export interface Chapter {
  readonly title: string;
  readonly text: string;
  readonly promises: readonly Kept[];
}
