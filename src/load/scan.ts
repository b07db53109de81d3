import { CST } from "yaml";
import type { Problem } from "../model/problem.ts";
import type { At } from "./at.ts";
import type { Finding } from "./finding.ts";
import {
  alias,
  anchor,
  directive,
  severalDocuments,
  tab,
  tag,
  unclosedBracket,
  unclosedQuote,
  unquotedStart,
  unquotedVariable,
} from "./problems.ts";
import { valueEnd } from "./value-end.ts";

type Report = (spot: ReturnType<At>) => Problem;

/** Watches the lexer's tokens for what sbx refuses and for the known traps, where the exact place is still at hand. */
export interface Scan {
  readonly findings: readonly Finding[];
  /** True when a second document starts here: nothing after it needs reading. */
  next(lexeme: string, offset: number): boolean;
  end(): void;
}

/** The first characters that YAML reserves and that its lexer takes for a plain value nevertheless. */
const RESERVED_START = /^[,%@`|>]/;
/** After an anchor or tag: a value that has quotes, brackets or lines of its own, and is none that lost its quotes. */
const SEPARATE_VALUE = /^[ \t]+["'[{|>&!*]/;
const REFUSED = { anchor, alias, tag };
const BLANK = new Set(["space", "newline", "comment", "doc-mode", "doc-end", "byte-order-mark", "flow-error-end"]);

/** Starts watching one text. */
export function scanner(text: string, at: At): Scan {
  const findings: Finding[] = [];
  const brackets: { readonly char: string; readonly offset: number }[] = [];
  let scalarNext = false;
  let inBlockText = false;
  let started = false;
  let ended = false;
  let tabSeen = false;
  let dollarAt: number | undefined;
  let lost = false;

  const find = (start: number, end: number, fatal: boolean, report: Report): void => {
    findings.push({ start, end, problem: report(at(start, end)), fatal });
    lost ||= fatal;
  };
  const findTab = (source: string, offset: number): void => {
    const index = source.indexOf("\t");
    if (index === -1 || tabSeen) return;
    tabSeen = true;
    find(offset + index, offset + index + 1, true, (spot) => tab({}, spot));
  };
  /** The value as it was probably meant, for a suggestion. */
  const meant = (start: number, atLeast: number): { readonly end: number; readonly text: string } => {
    const end = Math.max(valueEnd(text, start, { inBrackets: brackets.length > 0 }), atLeast);
    return { end, text: text.slice(start, end) };
  };

  const plain = (source: string, offset: number): void => {
    findTab(source, offset);
    dollarAt = source.endsWith("$") && text[offset + source.length] === "{" ? offset : undefined;
    if (!RESERVED_START.test(source)) return;
    const value = meant(offset, offset + 1);
    find(offset, value.end, false, (spot) => unquotedStart({ first: source[0] ?? "", text: value.text }, spot));
  };
  const refuse = (type: keyof typeof REFUSED, source: string, offset: number): void => {
    const end = offset + source.length;
    const value = SEPARATE_VALUE.test(text.slice(end, end + 20)) ? { end, text: source } : meant(offset, end);
    // A glob such as *.{a,b} is one alias and a mapping to the parser.
    const shown = type === "alias" ? value : { end, text: source };
    const problem = REFUSED[type]({ text: shown.text, value: value.text }, at(offset, shown.end));
    findings.push({ start: offset, end: value.end, fatal: shown.end > end, problem });
  };
  const bracket = (char: string, offset: number): void => {
    if (char === "{" || char === "[") {
      if (char === "{" && dollarAt !== undefined) {
        const start = dollarAt;
        dollarAt = undefined;
        const value = meant(start, offset + 1);
        find(start, value.end, true, (spot) => unquotedVariable({ text: value.text }, spot));
      }
      brackets.push({ char, offset });
      return;
    }
    const open = brackets.pop();
    if (!open || lost || char === (open.char === "[" ? "]" : "}")) return;
    const { file, line, column } = at(open.offset);
    const first = { file, line, column, message: "opened here" };
    find(offset, offset + 1, true, (spot) => unclosedBracket({ open: open.char, found: char }, spot, [first]));
  };
  const closeAll = (): void => {
    const open = brackets.at(-1);
    brackets.length = 0;
    if (!open || lost) return;
    find(open.offset, open.offset + 1, true, (spot) => unclosedBracket({ open: open.char, found: "" }, spot));
  };
  const secondDocument = (type: string, offset: number, length: number): boolean => {
    const second = type === "doc-start" ? started : ended && !BLANK.has(type);
    if (second) find(offset, offset + length, true, (spot) => severalDocuments({}, spot));
    if (type === "doc-end") ended = true;
    if (!BLANK.has(type) && type !== "directive-line") started = true;
    return second;
  };

  const next = (source: string, offset: number): boolean => {
    if (scalarNext) {
      scalarNext = false;
      if (inBlockText) inBlockText = false;
      else plain(source, offset);
      return false;
    }
    const type = CST.tokenType(source) ?? "error";
    if (type === "scalar") scalarNext = true;
    if (secondDocument(type, offset, type === "scalar" ? 1 : source.length)) return true;
    if (type === "space") findTab(source, offset);
    if (type === "block-scalar-header") inBlockText = true;
    if (type === "directive-line") {
      find(offset, offset + source.length, true, (spot) => directive({ text: source }, spot));
    }
    if (type === "flow-error-end") closeAll();
    if (/^flow-(?:map|seq)-/.test(type)) bracket(source, offset);
    if ((type === "single-quoted-scalar" || type === "double-quoted-scalar") && !isClosed(source)) {
      const quote = source[0] ?? "";
      find(offset, offset + 1, true, (spot) => unclosedQuote({ quote }, spot));
    }
    if (type === "anchor" || type === "alias" || type === "tag") refuse(type, source, offset);
    return false;
  };

  return { findings, next, end: closeAll };
}

/** Whether a quoted text ends with its own quote; the parser only looks whether the last character is one. */
function isClosed(source: string): boolean {
  const quote = source[0] ?? "";
  if (source.length < 2 || !source.endsWith(quote)) return false;
  // Between the two, quotes stand in pairs.
  if (quote === "'") return source.split("'").length % 2 === 1;
  let backslashes = 0;
  while (source[source.length - 2 - backslashes] === "\\") backslashes += 1;
  return backslashes % 2 === 0;
}
