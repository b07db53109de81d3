/** A stretch of a file; lines and columns count from 1, the end is exclusive. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** The keys that lead from the top of a document to a value: `["mounts", "/srv", "from"]`. */
export type KeyRoute = readonly (string | number)[];

/** A point in a named file. */
export interface Place {
  /** Absolute path, `builtin:NAME`, `package:NAME@V/path`, `command-line` (line = argument) or `default` (line 0). */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Who wrote a value: the place, its keys, and the `extends` entries that led there, outermost first. */
export interface Origin extends Place {
  readonly route: KeyRoute;
  readonly chain: readonly Place[];
  /** The flag set the value came from, when it came from one. */
  readonly flag?: string;
}

/** The origin of what no file says: sbx's own defaults. */
export const DEFAULT_ORIGIN: Origin = Object.freeze({ file: "default", line: 0, column: 0, route: [], chain: [] });
