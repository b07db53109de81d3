import { formsIn, isPath } from "./known-secrets.ts";
import { piecesOf } from "./pieces.ts";
import { looksSecret } from "./secret.ts";

/** From the first character to the one behind the last. */
type Stretch = readonly [number, number];

const WORD = "(?:\\\\?[\"'])?([A-Za-z_][A-Za-z0-9_-]*)(?:\\\\?[\"'])?";
/** What gives something to a name: a key, a variable, an option. What a path ends with is none. */
const GIVES = new RegExp(String.raw`(?<![A-Za-z0-9_./~-])-{0,2}${WORD}\s*([:=])\s*`, "g");
/** An option and what it is given, beside one another or as items of a list; and as netrc(5) has it. */
const TWO_WORDS =
  /(?<![A-Za-z0-9_./~-])(?:--([A-Za-z][A-Za-z0-9-]*)["']?(?:\s+|\s*,\s*)["']?(?!-)|(?<=(?:machine|login|default)\s.*)(password|passwd)\s+)[^\s,\]}"']+/gi;
/** An item that is an option, whose value is the next item. */
const OPTION_ITEM = /^\s*- +["']?--([A-Za-z][A-Za-z0-9-]*)["']?\s*$/;
/** A key whose mapping begins on the same line. */
const OPENED = new RegExp(String.raw`${WORD}\s*:\s*\{[^{}]*$`);
/** A key at the beginning of its line; what says how the lines below are read leaves that to them. */
const KEYED = new RegExp(String.raw`^\s*(?:- +)?${WORD}\s*:(?:\s|$)`);
const HEADER = /^(?:[|>][+-]?\d?[+-]?\s*)?(?:#.*)?$/;
/** What a parameter's mapping gives it. */
const GIVEN = /^(default|example)$/;

/** The stretches of a profile's line that are nobody's business; `above` are the lines before it. */
export function secretStretches(line: string, above: readonly string[] = []): readonly Stretch[] {
  const owner = ownerOf(line, above);
  const found = piecesOf(line).flatMap(([start, piece]) =>
    stretchesIn(piece, owner).map(([from, to]): Stretch => [start + from, start + to]),
  );
  return disjoint(found);
}

function stretchesIn(line: string, owner: string | undefined): readonly Stretch[] {
  const found: Stretch[] = [...formsIn(line)];
  for (const { index, 0: whole, 1: name = "", 2: sign = "" } of line.matchAll(GIVES)) {
    const outer = OPENED.exec(line.slice(0, index))?.[1] ?? owner;
    // `pass` is a field of the language as well.
    const isField = name === "pass" && sign === ":";
    if (isField || !(isName(name) || (GIVEN.test(name) && isName(outer)))) continue;
    const start = index + whole.length;
    const end = sign === "=" ? endOfWord(line, start) : endOfValue(line, start, /[{[]/.test(line.slice(0, index)));
    if (end > start && !isPath(line.slice(start, end).replace(/^(["'])(.*)\1$/, "$2"))) found.push([start, end]);
  }
  for (const { index, 0: whole, 1: option, 2: word } of line.matchAll(TWO_WORDS)) {
    const value = whole.slice(whole.length - (/[^\s,]+$/.exec(whole)?.[0].length ?? 0));
    if (isName(option ?? word) && !isPath(value))
      found.push([index + whole.length - value.length, index + whole.length]);
  }
  // The text itself, or a part of it, below its name.
  const begin = line.search(/(?<=^\s*- +)\S|(?<=^\s*)[^\s-]|(?<=^\s*)-(?! )/);
  if (begin >= 0 && isName(owner) && !/^\s*#/.test(line) && !KEYED.test(line))
    found.push([begin, line.trimEnd().length]);
  return found;
}

const isName = (name: string | undefined): boolean => name !== undefined && looksSecret(name.replaceAll("-", "_"));

const QUOTED = /^(?:"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)/;

/** Where a word of a command ends that assigns something. */
function endOfWord(line: string, start: number): number {
  const rest = line.slice(start);
  return start + (QUOTED.exec(rest)?.[0] ?? /^[^,\]}\s"']*/.exec(rest)?.[0] ?? "").length;
}

/** Where a key's value ends, if it has one on this line: a mapping has what is secret in it at its own keys. */
function endOfValue(line: string, start: number, isFlow: boolean): number {
  const rest = line.slice(start);
  if (HEADER.test(rest) || /^\{[^}]*:/.test(rest)) return start;
  const closed = QUOTED.exec(rest)?.[0] ?? /^(?:\{[^}]*\}?|\[[^\]]*\]?)/.exec(rest)?.[0];
  if (closed !== undefined) return start + closed.length;
  const plain = isFlow ? (/^[^,}\]]*/.exec(rest)?.[0] ?? "") : rest;
  const comment = plain.search(/\s#/);
  return start + (comment < 0 ? plain : plain.slice(0, comment)).trimEnd().length;
}

/** The key that a line lies below. */
function ownerOf(line: string, above: readonly string[]): string | undefined {
  const indent = line.search(/\S/);
  if (indent < 0) return undefined;
  const option = OPTION_ITEM.exec(above.at(-1) ?? "")?.[1];
  if (option !== undefined && /^\s*- /.test(line)) return option;
  for (let index = above.length - 1; index >= 0; index -= 1) {
    const before = above[index] ?? "";
    const other = before.search(/\S/);
    if (other < 0 || /^\s*#/.test(before)) continue;
    // The items of a list may stand as far out as its key.
    const isLevel = other === indent && /^\s*- /.test(line) && !/^\s*- /.test(before);
    if (other >= indent && !isLevel) continue;
    const owner = KEYED.exec(before)?.[1];
    return owner === "pass" ? undefined : owner;
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
