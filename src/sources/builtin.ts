import { builtins } from "../generated/builtins.ts";
import type { MapNode, Source } from "../model/node.ts";

/** A built-in profile, parsed when sbx was built; undefined when there is none of that name. */
export function builtin(name: string): Source | undefined {
  if (!Object.hasOwn(builtins, name)) return undefined;
  const root: MapNode = JSON.parse(builtins[name]?.tree ?? "");
  return { file: `builtin:${name}`, directory: undefined, root };
}

/** The names of the built-in profiles with their descriptions, sorted. */
export const builtinNames = (): readonly (readonly [string, string])[] =>
  Object.entries(builtins).map(([name, { description }]) => [name, description]);
