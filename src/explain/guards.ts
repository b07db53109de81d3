import type { Effective } from "../model/effective.ts";
import type { Host } from "../model/host.ts";
import { isWithin } from "../model/path.ts";
import { literalPath } from "../model/pattern.ts";
import { realpath } from "../model/realpath.ts";

/** What has the last word over a grant: it would be refused, or undone. */
export interface Guards {
  /** How many masks lie at or above a host path, or might, where they are patterns. */
  masks(hostPath: string): number;
  /** How many protections do: of entries, and of what a later run would read. */
  protections(hostPath: string): number;
}

export function guardsOf(effective: Effective | undefined, host: Host): Guards {
  const real = (path: string) => [path, realpath(host, path).path];
  const masks = effective?.mask.map(({ value }) => real(beginning(value))) ?? [];
  const own = [...(effective?.sources.flatMap(({ path }) => path ?? []) ?? []), ...(effective?.inner ?? [])];
  const protections = [
    ...(effective?.protect.map(({ value }) => real(literalPath(value.path))) ?? []),
    ...own.map(real),
  ];
  const over = (guards: readonly (readonly string[])[], path: string) =>
    guards.filter((names) => names.some((name) => isWithin(name, path))).length;
  return { masks: (path) => over(masks, path), protections: (path) => over(protections, path) };
}

/** Where a pattern begins to be one, anything might be meant. */
const beginning = (pattern: string): string => literalPath(pattern.replace(/\/[^/]*(?<!\\)[*?[{(].*$/, "")) || "/";
