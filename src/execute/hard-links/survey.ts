import { lstatSync } from "node:fs";
import { inside } from "../directory.ts";
import { isIoError } from "../io-error.ts";
import type { Cursor } from "./cursor.ts";
import { entriesOf } from "./entries.ts";
import type { Pace } from "./pace.ts";
import { type Name, type NameAt, type Place, pathOf, placeIn } from "./place.ts";

/** A file with several names, and those of them that lie in the tree. */
export interface Linked {
  readonly ino: bigint;
  readonly links: number;
  readonly names: readonly [NameAt, ...NameAt[]];
}

/** The files of a tree that have names outside of it. Those whose names all lie in it can be written to as they are. */
export async function survey(cursor: Cursor, top: Place, pace: Pace): Promise<Linked[]> {
  const found = new Map<number | bigint, Counted>();
  const todo = [top];
  for (let place = todo.pop(); place; place = todo.pop()) {
    for (const entry of await listed(cursor, place, pace)) {
      if (entry.isDirectory) todo.push(placeIn(place, entry.name));
      else count(found, cursor.moveTo(place), { place, name: entry.name });
      if (pace.isDue()) await pace.pause();
    }
  }
  return [...found.values()].filter(({ links, names }) => names.length < links);
}

async function listed(cursor: Cursor, place: Place, pace: Pace) {
  try {
    return await entriesOf(cursor.moveTo(place), pace);
  } catch (error) {
    // What the cursor could not enter it names itself. opendir(3) of Node names nothing.
    throw isIoError(error) && error.syscall !== "open" ? Object.assign(error, { path: pathOf(place) }) : error;
  }
}

interface Counted {
  readonly ino: bigint;
  links: number;
  readonly names: [NameAt, ...NameAt[]];
}

/** Looks at one name alone. */
export function surveyFile(directory: number, at: NameAt): Linked[] {
  const found = new Map<number | bigint, Counted>();
  count(found, directory, at);
  return [...found.values()].filter(({ links, names }) => names.length < links);
}

function count(found: Map<number | bigint, Counted>, directory: number, at: NameAt): void {
  const { nlink, ino: rounded } = statOf(at, () => lstatSync(placeOf(directory, at.name)));
  if (nlink === 1) return;
  // Exact numbers take twice as long, and are needed only where these can't be told from others.
  const isExact = Number.isSafeInteger(rounded);
  const ino = isExact
    ? BigInt(rounded)
    : statOf(at, () => lstatSync(placeOf(directory, at.name), { bigint: true })).ino;
  const key = isExact ? rounded : ino;
  const known = found.get(key);
  // Others may stage the same files elsewhere meanwhile.
  if (known) {
    known.names.push(at);
    known.links = Math.max(known.links, nlink);
  } else found.set(key, { ino, links: nlink, names: [at] });
}

/** The path of a name in an open directory. */
export const placeOf = (directory: number, name: Name): string | Buffer =>
  typeof name === "string" ? inside(directory, name) : inside(directory, name);

/** Runs `action`; an error of the operating system then names the file. */
export function statOf<T>({ place, name }: NameAt, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw isIoError(error) ? Object.assign(error, { path: pathOf(place, name) }) : error;
  }
}
