import { isAbsolute, normalise } from "../model/path.ts";
import type { Author } from "./spot.ts";

/** Where paths start from. */
export interface Base {
  readonly home: string;
  /** Undefined where a relative path is an error: in built-ins and packages. */
  readonly directory: string | undefined;
}

export type PathFlaw = "empty" | "control" | "above-root" | "user" | "relative";

export interface AbsolutePath {
  readonly path: string | undefined;
  readonly flaw: PathFlaw | undefined;
}

/** The base for what a file wrote. A package's files do have a directory, but it is nothing that a profile means. */
export const baseOf = (source: Pick<Author, "file" | "directory">, home: string): Base => ({
  home,
  directory: source.file.startsWith("package:") ? undefined : source.directory,
});

/** A path as written, made absolute and normal. `quote` prepares what is put in front of it; an `inert` one has no home in front. */
export function absolutePath(
  text: string,
  base: Base,
  { inert, quote = (part) => part }: { readonly inert: boolean; readonly quote?: (part: string) => string },
): AbsolutePath {
  if (text === "") return bad("empty");
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) return bad("control");
  if (isAbsolute(text)) return normal(text);
  if (!inert && text.startsWith("~")) {
    if (text !== "~" && !text.startsWith("~/")) return bad("user");
    return normal(`${quote(base.home)}${text.slice(1)}`);
  }
  if (base.directory === undefined) return bad("relative");
  return normal(`${quote(base.directory)}/${text}`);
}

const bad = (flaw: PathFlaw): AbsolutePath => ({ path: undefined, flaw });

function normal(path: string): AbsolutePath {
  let depth = 0;
  for (const part of path.split("/")) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) return bad("above-root");
  }
  return { path: normalise(path), flaw: undefined };
}
