import type { Document, ErrorCode } from "yaml";
import type { At } from "./at.ts";
import type { Finding } from "./finding.ts";
import { colonInValue, syntax, tab } from "./problems.ts";
import { valueEnd } from "./value-end.ts";

/** Errors that leave the rest of the text readable. */
const LOCAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["BAD_DQ_ESCAPE"]);

const PLAIN_WITH_COLON = /^[^"'?[{-].*:(?:\s|$)/;
/** How far blanks before a token are looked for. */
const FAR = 200;

type Fault = Document["errors"][number] | Document["warnings"][number];

/**
 * What the parser found beyond the findings so far. One mistake makes many parser errors, so an error inside what a
 * finding explains is dropped, and of those that cost the parser its bearings only the first one is told.
 */
export function syntaxFindings(
  text: string,
  document: Document,
  findings: readonly Finding[],
  at: At,
): readonly Finding[] {
  const firstFatal = findings.find((finding) => finding.fatal)?.start ?? Number.POSITIVE_INFINITY;
  // One byte for each offset: there may be as many findings as faults, and a hostile file has a lot of both.
  const covered = new Uint8Array(text.length + 1);
  for (const { start, end } of findings) covered.fill(1, start, end + 1);
  const explained = ({ pos: [start] }: Fault): boolean => start >= firstFatal || covered[start] === 1;
  const faults = [...document.errors, ...document.warnings]
    .filter((fault) => !explained(fault))
    .sort((one, other) => one.pos[0] - other.pos[0]);
  const end = faults.findIndex((fault) => !LOCAL.has(fault.code));
  return (end === -1 ? faults : faults.slice(0, end + 1)).map((fault) => describe(text, fault, at));
}

function describe(text: string, fault: Fault, at: At): Finding {
  const { code, message, pos } = fault;
  const start = pos[0] + (/^ *(?=[^ \r\n])/.exec(text.slice(pos[0], pos[0] + FAR))?.[0].length ?? 0);
  const end = Math.max(start, endOnLine(text, start, pos[1]), atLeast(text, start, code));
  const made = { start, end, fatal: !LOCAL.has(code) };
  if (text[start] === "\t") return { ...made, problem: tab({}, at(start, start + 1)) };

  const inBrackets = code === "BLOCK_IN_FLOW";
  if (inBrackets || (code === "BLOCK_AS_IMPLICIT_KEY" && message.startsWith("Nested"))) {
    const value = text.slice(start, valueEnd(text, start, { inBrackets, throughColons: true }));
    const spot = at(start, start + value.length);
    if (PLAIN_WITH_COLON.test(value)) {
      return { ...made, end: start + value.length, problem: colonInValue({ text: value }, spot) };
    }
    if (!inBrackets && /:\s|^\?/.test(value)) return { ...made, problem: syntax({ code, found: "on one line" }, spot) };
  }
  return { ...made, problem: syntax({ code, found: message }, at(start, end)) };
}

/** The end of what an error is about, where the parser names one character only. */
function atLeast(text: string, start: number, code: ErrorCode): number {
  if (code === "BAD_DQ_ESCAPE") return start + 2;
  return code === "BAD_INDENT" ? valueEnd(text, start, { inBrackets: false }) : start;
}

/** The parser's end, kept on the line of the start: an error that spans lines is shown at its first one. */
function endOnLine(text: string, start: number, end: number): number {
  const lineEnd = text.slice(start, end).search(/\r?\n/);
  return lineEnd === -1 ? end : start + lineEnd;
}
