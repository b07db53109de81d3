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
  /** Whether something waits for the end of a row. */
  readonly isWaiting: boolean;
  /** It has waited long enough. */
  overdue(): string;
}

type Name = string | undefined;

// More is not kept back: a longer line is cut into several while others write.
const MOST = 64 * 1024;

/**
 * As long as one origin is under way its text passes as it comes. While there are more, whole lines do, each with its
 * origin in front; a row that was open when the second one came ends as it began, and the others wait for that, but not
 * for ever. Text without an origin is the embedding program's: it has no label, and nobody else gets one because of it.
 */
export function layout({ isTerminal }: { readonly isTerminal: boolean }): Layout {
  const underWay = new Map<string, number>();
  /** The beginnings of lines that are to have a label. */
  const begun = new Map<Name, string>();
  const filters = new Map<Name, Harmless>();
  /** What has been written without the end of its line. */
  let open: { readonly owner: Name } | undefined;
  let waiting = "";

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

  const overdue = (): string => {
    if (waiting === "") return "";
    const lines = (open ? "\n" : "") + waiting;
    open = undefined;
    waiting = "";
    return lines;
  };
  const own = (lines: string): string => {
    waiting += lines;
    const mayGoOn = open?.owner !== undefined && underWay.has(open.owner);
    return mayGoOn && waiting.length <= MOST ? "" : overdue();
  };
  const asItComes = (text: string, name: Name): string => {
    const all = take(name) + text;
    if (all === "") return "";
    const before = open && open.owner !== name ? "\n" : "";
    open = all.endsWith("\n") ? undefined : { owner: name };
    return before + all;
  };
  const byLines = (text: string, name: Name): string => {
    const lines = (take(name) + text).split("\n");
    const rest = lines.pop() ?? "";
    if (rest.length > MOST) lines.push(rest);
    else if (rest !== "") begun.set(name, rest);
    return own(lines.map((line) => row(line, name)).join(""));
  };
  const placed = (text: string, name: Name): string => (isCrowded(name) ? byLines(text, name) : asItComes(text, name));
  /** More of the row that is open. */
  const continued = (text: string, name: Name): string => {
    const end = text.indexOf("\n") + 1;
    if (end === 0) return waiting === "" ? text : overdue() + placed(text, name);
    open = undefined;
    return text.slice(0, end) + overdue() + placed(text.slice(end), name);
  };
  const end = (name: Name): string => {
    const rest = isTerminal ? filterOf(name).rest() : "";
    filters.delete(name);
    if (!isCrowded(name)) return asItComes(rest, name);
    const left = take(name) + rest;
    return left === "" ? "" : own(row(left, name));
  };
  return {
    began: (name) => void underWay.set(name, (underWay.get(name) ?? 0) + 1),
    text(raw, name) {
      const text = isTerminal ? filterOf(name).add(raw) : raw;
      if (name !== undefined && !underWay.has(name)) underWay.set(name, 1);
      return open && open.owner === name ? continued(text, name) : placed(text, name);
    },
    ended(name) {
      const others = (underWay.get(name) ?? 1) - 1;
      if (others > 0) {
        underWay.set(name, others);
        return "";
      }
      const text = end(name);
      underWay.delete(name);
      return text + (open?.owner === name ? overdue() : "");
    },
    allEnded() {
      const texts = [...underWay.keys(), undefined].map(end);
      underWay.clear();
      return texts.join("") + overdue();
    },
    own,
    get isWaiting() {
      return waiting !== "";
    },
    overdue,
  };
}
