/** A path and the operations at exactly that path. */
export interface Point {
  /** By name; undefined where nothing lies below. */
  children: Map<string, Point> | undefined;
  readonly own: number[];
  /** Highest index of an operation at or below: something was made here after that index's predecessors. */
  latest: number;
  /** Highest index of a mount at exactly that path. */
  mount: number;
  /** Highest index of what was made at exactly that path. */
  made: number;
  /** Highest index of what made the mount at exactly that path read-only. */
  frozen: number;
}

export const newPoint = (): Point => ({
  children: undefined,
  own: [],
  latest: -1,
  mount: -1,
  made: -1,
  frozen: -1,
});

/** Where the name that begins at `start` ends. */
export function endOfName(path: string, start: number): number {
  const end = path.indexOf("/", start);
  return end < 0 ? path.length : end;
}
