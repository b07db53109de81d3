import { builtins } from "../generated/builtins.ts";
import type { MapNode, Source } from "../model/node.ts";

const read = new Map<string, Source>();

/** A built-in profile, parsed when sbx was built; undefined when there is none of that name. */
export function builtin(name: string): Source | undefined {
  const known = read.get(name);
  if (known !== undefined || !Object.hasOwn(builtins, name)) return known;
  const root: MapNode = JSON.parse(builtins[name]?.tree ?? "");
  const source = { file: `builtin:${name}`, directory: undefined, root };
  read.set(name, source);
  return source;
}

/** The names of the built-in profiles with their descriptions, sorted. */
export const builtinNames = (): readonly (readonly [string, string])[] =>
  Object.entries(builtins).map(([name, { description }]) => [name, description]);
