import { escapeText } from "../report/escape.ts";
import { type Harmless, harmless, settledRow } from "./harmless.ts";

/** Puts the output of several runs into one text; each answer is what is to be written next, in one piece. */
export interface Layout {
  /** An origin is under way from here, or from its first text, until `ended`. */
  began(origin: string): void;
  text(text: string, origin: string | undefined): string;
  ended(origin: string): string;
  /** Every origin has ended. */
  allEnded(): string;
  /** Whole lines of the monitor's own. */
  own(lines: string): string;
}

type Name = string | undefined;

// A line that is longer than this is cut into several while others write.
const LONGEST = 64 * 1024;

/**
 * As long as one origin is under way its text passes as it comes. While there are more, whole lines do, each with its
 * origin in front; a line that had begun before is ended, and goes on in one of those. Text without an origin is
 * the embedding program's: it has no label, and nobody else gets one because of it.
 */
export function layout({ isTerminal }: { readonly isTerminal: boolean }): Layout {
  const underWay = new Map<string, number>();
  const begun = new Map<Name, string>();
  const filters = new Map<Name, Harmless>();
  let isRowOpen = false;
  let rowOf: Name;

  const filterOf = (name: Name): Harmless => {
    const filter = filters.get(name) ?? harmless();
    filters.set(name, filter);
    return filter;
  };
  const isCrowded = (name: Name): boolean => [...underWay.keys()].some((other) => other !== name);
  const take = (name: Name): string => {
    const text = begun.get(name) ?? "";
    begun.delete(name);
    return text;
  };
  const row = (line: string, name: Name): string => {
    const label = name === undefined ? "" : `${escapeText(name)} | `;
    return `${label}${isTerminal ? settledRow(line) : line}\n`;
  };
  const own = (lines: string): string => {
    if (lines === "") return "";
    const before = isRowOpen ? "\n" : "";
    isRowOpen = false;
    return before + lines;
  };
  const asItComes = (text: string, name: Name): string => {
    const all = take(name) + text;
    if (all === "") return "";
    const before = isRowOpen && rowOf !== name ? "\n" : "";
    rowOf = name;
    isRowOpen = !all.endsWith("\n");
    return before + all;
  };
  const byLines = (text: string, name: Name): string => {
    const lines = (take(name) + text).split("\n");
    const open = lines.pop() ?? "";
    if (open.length > LONGEST) lines.push(open);
    else if (open !== "") begun.set(name, open);
    return own(lines.map((line) => row(line, name)).join(""));
  };
  const end = (name: Name): string => {
    const isLabelled = isCrowded(name);
    const rest = isTerminal ? filterOf(name).rest() : "";
    filters.delete(name);
    if (!isLabelled) return asItComes(rest, name);
    const left = take(name) + rest;
    return left === "" ? "" : own(row(left, name));
  };
  const ended = (name: string): string => {
    const others = (underWay.get(name) ?? 1) - 1;
    if (others > 0) {
      underWay.set(name, others);
      return "";
    }
    const text = end(name);
    underWay.delete(name);
    return text;
  };
  return {
    began: (name) => void underWay.set(name, (underWay.get(name) ?? 0) + 1),
    text(raw, name) {
      const text = isTerminal ? filterOf(name).add(raw) : raw;
      if (name !== undefined && !underWay.has(name)) underWay.set(name, 1);
      return isCrowded(name) ? byLines(text, name) : asItComes(text, name);
    },
    ended,
    allEnded() {
      const texts = [...underWay.keys(), undefined].map(end);
      underWay.clear();
      return texts.join("");
    },
    own,
  };
}
