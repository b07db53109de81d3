import { type BigIntStats, closeSync, constants, fstatSync, openSync } from "node:fs";
import { ioError } from "../io-error.ts";
import type { Cursor } from "./cursor.ts";
import { pathOf } from "./place.ts";
import { type Linked, placeOf, statOf } from "./survey.ts";

/** A file with names elsewhere, held so that it can't be exchanged. */
export interface Original {
  readonly linked: Linked;
  /** It names the file and opens nothing: a FIFO would wait for somebody. */
  readonly opened: number;
  readonly before: BigIntStats;
}

// open(2): see directory.ts.
const NAMED = 0o10000000 | constants.O_NOFOLLOW;

/** Opens what the survey found; what is another file now is ESTALE. */
export function openOriginals(cursor: Cursor, batch: readonly Linked[]): Original[] {
  const originals: Original[] = [];
  try {
    for (const linked of batch) originals.push(openOriginal(cursor, linked));
    return originals;
  } catch (error) {
    closeOriginals(originals);
    throw error;
  }
}

/** Closes them all. */
export function closeOriginals(originals: readonly Original[]): void {
  for (const { opened } of originals) closeSync(opened);
}

function openOriginal(cursor: Cursor, linked: Linked): Original {
  const [at] = linked.names;
  const directory = cursor.moveTo(at.place);
  const opened = statOf(at, () => openSync(placeOf(directory, at.name), NAMED));
  const before = fstatSync(opened, { bigint: true });
  if (before.ino === linked.ino) return { linked, opened, before };
  closeSync(opened);
  throw ioError("ESTALE", "another file stands there", pathOf(at.place, at.name));
}
