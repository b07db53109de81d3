import { Composer, type Document, Lexer, Parser } from "yaml";
import type { At } from "./at.ts";
import type { Finding } from "./finding.ts";
import { tooDeep } from "./problems.ts";
import { scanner } from "./scan.ts";
import { syntaxFindings } from "./syntax.ts";

/** How deep lists and mappings may be nested: the library's parser, and what walks the tree later, recurse. */
export const MAX_DEPTH = 50;

export interface Parsed {
  /** Absent when it can't be trusted. */
  readonly document: Document.Parsed | undefined;
  readonly findings: readonly Finding[];
}

/**
 * Drives the library's lexer, parser and composer by hand, as its `parseDocument` does, to see each token with its
 * place and to stop before the nesting gets deep. The schema keeps every scalar as text; keys are compared in tree.ts
 * because the library's own check takes time in the square of their number.
 */
export function parse(text: string, at: At): Parsed {
  const parser = new Parser();
  const composer = new Composer({ schema: "failsafe", uniqueKeys: false });
  const scan = scanner(text, at);
  const documents: Document.Parsed[] = [];

  for (const lexeme of new Lexer().lex(text)) {
    const { offset } = parser;
    if (scan.next(lexeme, offset)) break;
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    // On the stack are the document, the open collections, and at times a scalar.
    const top = parser.stack.at(-1);
    if (top && "items" in top && parser.stack.length - 1 > MAX_DEPTH) {
      const problem = tooDeep({ limit: MAX_DEPTH }, at(offset, offset + lexeme.length));
      return { document: undefined, findings: [{ start: offset, end: offset, fatal: true, problem }] };
    }
  }
  scan.end();
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));

  const [document] = documents;
  if (!document) throw new TypeError("the composer made no document");
  const faults = syntaxFindings(text, document, scan.findings, at);
  // `a: b: {c` is one value without quotes, not an open bracket too.
  const last = faults.at(-1);
  const within = ({ start }: Finding): boolean => last?.fatal === true && start > last.start && start < last.end;
  const findings = [...scan.findings.filter((finding) => !within(finding)), ...faults];
  return { document: findings.some((finding) => finding.fatal) ? undefined : document, findings };
}
