import { formsIn } from "./known-secrets.ts";
import { looksSecret } from "./secret.ts";

/** From the first character to the one behind the last. */
type Stretch = readonly [number, number];

const KEY = "[\"']?([A-Za-z_][A-Za-z0-9_-]*)[\"']?";
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'`;
/** A key with a text, or a word that assigns, on one line of YAML; what JSON quotes needs no blank behind the colon. */
const ASSIGNED = new RegExp(
  String.raw`(?<![A-Za-z0-9_-])${KEY}(?:\s*:(?:\s+|(?=["']))(?![[{>|])(${QUOTED}|[^,}\s][^,}]*)|=([^,\]}\s"']+))`,
  "dg",
);
/** A key with nothing behind it on its line, or what says how the lines below are read. */
const BARE = new RegExp(String.raw`^\s*(?:- +)?${KEY}\s*:\s*(?:[>|][+-]?\d?[+-]?)?\s*(?:#.*)?$`);
/** A key whose mapping begins on the same line. */
const OPENED = new RegExp(String.raw`${KEY}\s*:\s*\{[^{}]*$`);
/** An item, a comment or a key: not the text of the key above. */
const ENTRY = new RegExp(String.raw`^\s*(?:- |#|${KEY}\s*:(?:\s|$))`);
/** What a parameter's mapping gives it. */
const GIVEN = /^(default|example)$/;

/** The stretches of a profile's line that are nobody's business; `above` are the lines before it. */
export function secretStretches(line: string, above: readonly string[] = []): readonly Stretch[] {
  const owner = ownerOf(line, above);
  const found: Stretch[] = [...formsIn(line)];
  for (const { index, indices, 1: name = "" } of line.matchAll(ASSIGNED)) {
    const stretch = indices?.[2] ?? indices?.[3];
    const outer = OPENED.exec(line.slice(0, index))?.[1] ?? owner;
    const isSecret = isName(name) || (GIVEN.test(name) && isName(outer));
    if (stretch !== undefined && isSecret)
      found.push(isFlow(line, index) ? stretch : [stretch[0], endOf(line, stretch)]);
  }
  // The text itself, below its name.
  const begin = line.search(/\S/);
  if (begin >= 0 && isName(owner) && !ENTRY.test(line)) found.push([begin, line.trimEnd().length]);
  return disjoint(found);
}

const isName = (name: string | undefined): boolean => name !== undefined && looksSecret(name.replaceAll("-", "_"));

const isFlow = (line: string, index: number): boolean => /[{[]/.test(line.slice(0, index));

/** A text without quotes goes on to the end of its line, commas and braces included. */
function endOf(line: string, [from, to]: Stretch): number {
  if (/["']/.test(line.charAt(from))) return to;
  const rest = line.slice(from);
  const comment = rest.search(/\s#/);
  return from + (comment < 0 ? rest : rest.slice(0, comment)).trimEnd().length;
}

/** The key that a line lies below, where that key has nothing on its own line. */
function ownerOf(line: string, above: readonly string[]): string | undefined {
  const indent = line.search(/\S/);
  if (indent <= 0) return undefined;
  for (let index = above.length - 1; index >= 0; index -= 1) {
    const before = above[index] ?? "";
    const other = before.search(/\S/);
    if (other < 0 || other >= indent) continue;
    return BARE.exec(before)?.[1];
  }
  return undefined;
}

function disjoint(stretches: readonly Stretch[]): readonly Stretch[] {
  const all: [number, number][] = [];
  for (const [from, to] of stretches.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else all.push([from, to]);
  }
  return all;
}
