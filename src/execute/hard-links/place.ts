/** A name in a directory: bytes where they are no UTF-8. */
export type Name = string | Buffer;

/** A directory of a tree. Paths are put together only to be told: they may be longer than any call takes. */
export interface Place {
  /** undefined at the top, whose name is a whole path. */
  readonly parent: Place | undefined;
  readonly name: Name;
  readonly depth: number;
}

/** A name of a file, and where it stands. */
export interface NameAt {
  readonly place: Place;
  readonly name: Name;
}

/** The top of a tree. */
export const topPlace = (path: string): Place => ({ parent: undefined, name: path, depth: 0 });

/** A directory in another one. */
export const placeIn = (parent: Place, name: Name): Place => ({ parent, name, depth: parent.depth + 1 });

/** What an error speaks of. */
export function pathOf(place: Place, name?: Name): string {
  const names = name === undefined ? [] : [String(name)];
  for (let at: Place | undefined = place; at; at = at.parent) names.unshift(String(at.name));
  return names.join("/").replace(/^\/\//, "/");
}
