import { child, nodeAt, spanAt, spanFrom } from "../model/node.ts";
import type { RelatedPlace, Spot } from "../model/problem.ts";
import { DEFAULT_ORIGIN, type Origin, type Place } from "../model/source.ts";
import type { Facts } from "./facts.ts";

type Known = Pick<Facts, "effective" | "source">;

/** Where an entry is, with its end. What nobody wrote is told at the top of the linted file. */
export function spotOf({ effective, source }: Known, origin: Origin): Spot {
  if (origin.file === DEFAULT_ORIGIN.file) return { file: source.file, ...topOf({ source }) };
  const { file, line, column, route } = origin;
  const root = effective.sources.find((each) => each.file === file)?.root;
  const span = root && spanAt(root, route);
  if (span?.line === line && span.column === column) return { file, ...span };
  return { file, line, column, ...(root && spanFrom(root, line, column)) };
}

/** The first key of the linted file. */
function topOf({ source }: Pick<Facts, "source">) {
  const { root } = source;
  return root.entries[0]?.key.span ?? root.span;
}

/** How an entry of another file came in: the `extends` entry that led to it, and the `use` that turned it on. */
export function waysOf({ effective, source }: Known, { file, chain, flag }: Origin): RelatedPlace[] {
  const ways = chain
    .slice(0, 1)
    .map((place): RelatedPlace => ({ ...place, message: `this brings ${nameOf(file)} in` }));
  const use = flag === undefined ? undefined : useOf({ effective }, flag);
  if (use === undefined || (use.file === source.file && use.file === file)) return ways;
  return [...ways, { ...use, message: `this turns on the flag set ${flag}` }];
}

/**
 * Where a finding is told: at the entry that decides, unless that is none of the reader's own. What a built-in brings, or a
 * flag set that was written for others to turn on, is told where it was chosen.
 */
export function toldAt(
  known: Known,
  entry: Spot,
  ways: readonly RelatedPlace[],
  isOthers: boolean,
): { readonly spot: Spot; readonly ways: readonly RelatedPlace[] } {
  const choice = ways.at(-1);
  const isBuiltin = entry.file.startsWith("builtin:") && entry.file !== known.source.file;
  if (choice === undefined || choice.file.startsWith("builtin:") || !(isBuiltin || isOthers))
    return { spot: entry, ways };
  const { file, line, column } = choice;
  const root = known.effective.sources.find((each) => each.file === file)?.root;
  const spot = { file, line, column, ...(root && spanFrom(root, line, column)) };
  const decides = { file: entry.file, line: entry.line, column: entry.column, message: "the entry that decides" };
  return { spot, ways: [decides, ...ways.slice(0, -1)] };
}

/** Whether an entry is there because another file than its own, or whoever lints, turned its flag set on. */
export function isChosen({ effective, asked }: Pick<Facts, "effective" | "asked">, { file, flag }: Origin): boolean {
  if (flag === undefined || !effective.flags.includes(flag)) return false;
  const use = useOf({ effective }, flag);
  return asked.includes(flag) || (use !== undefined && use.file !== file);
}

/** The `use` entry that turns a flag set on: the last one, which could have been left out. */
function useOf({ effective }: Pick<Facts, "effective">, flag: string): Place | undefined {
  const { sources, variant } = effective;
  const own = sources.at(-1);
  const inVariant = variant === undefined ? undefined : nodeAt(own?.root, ["profiles", variant, "use"]);
  const lists = sources.map(({ file, root }) => ({ file, use: child(root, "use") }));
  for (const { file, use } of [{ file: own?.file ?? "", use: inVariant }, ...lists.toReversed()]) {
    const items = use?.kind === "list" ? use.items : [];
    const item = items.find((each) => each.kind === "scalar" && each.text === flag);
    if (item !== undefined) return { file, line: item.span.line, column: item.span.column };
  }
  return undefined;
}

const nameOf = (file: string): string => file.replace(/^builtin:/, "the built-in ").replace(/^.*\//, "");
