import type { Host } from "./host.ts";
import { below, isAbsolute, normalise, parentOf } from "./path.ts";
import { realpath } from "./realpath.ts";

/** The path that a small file holds, absolute and without links. */
export function pathIn(host: Host, file: string, pattern: RegExp): string | undefined {
  const text = host.readText(file)?.split("\n")[0];
  const named = text === undefined ? undefined : pattern.exec(text)?.[1];
  if (named === undefined) return undefined;
  return realpath(host, isAbsolute(named) ? normalise(named) : normalise(below(parentOf(file), named))).path;
}
