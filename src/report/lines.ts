import type { Place } from "../model/source.ts";

/** A line of a file, and those before it. */
export interface Line {
  readonly written: string;
  readonly above: readonly string[];
}

export type LineAt = (place: Pick<Place, "file" | "line">) => Line | undefined;

/** Finds lines of files, each of which is read once. */
export function linesOf(sources: (file: string) => string | undefined): LineAt {
  const files = new Map<string, readonly string[]>();
  return ({ file, line }) => {
    let lines = files.get(file);
    if (lines === undefined) {
      lines = sources(file)?.split(/\r?\n/) ?? [];
      files.set(file, lines);
    }
    const written = lines[line - 1];
    return written === undefined ? undefined : { written, above: lines.slice(0, line - 1) };
  };
}
