import type { Effective } from "../model/effective.ts";
import type { Node, Source } from "../model/node.ts";
import type { KeyRoute, Place, Span } from "../model/source.ts";

/** A key or a scalar as an author wrote it, before anything is put in for a parameter. */
export interface OwnText {
  readonly file: string;
  readonly text: string;
  readonly kind: "key" | "value";
  /** The keys that lead to it, its own included. Inside of a flag set or a variant they begin there. */
  readonly route: KeyRoute;
  /** The same from the top of the file. */
  readonly full: KeyRoute;
  /** Where an entry is told: at its key, or at itself in a list. */
  readonly span: Span;
  /** Where the text itself is. */
  readonly own: Span;
}

/** What somebody here wrote, whatever it comes to: built-ins are sbx's own. Each file is looked at once for all its plans. */
export function inOwnFiles<T>(
  look: (source: Source) => Iterable<T>,
): (effective: Pick<Effective, "sources">) => readonly T[] {
  const seen = new WeakMap<Source["root"], readonly T[]>();
  const inOne = (source: Source): readonly T[] => {
    const before = seen.get(source.root);
    if (before !== undefined) return before;
    const found = [...look(source)];
    seen.set(source.root, found);
    return found;
  };
  return ({ sources }) => sources.filter(({ file }) => !file.startsWith("builtin:")).flatMap(inOne);
}

/** Every key and scalar of a file. */
export const textsOf = ({ file, root }: Source): Iterable<OwnText> => textsIn(file, root, [], [], root.span);

/** Those of all files that somebody here wrote. */
export const ownTexts = inOwnFiles(textsOf);

function* textsIn(file: string, node: Node, route: KeyRoute, full: KeyRoute, span: Span): Iterable<OwnText> {
  if (node.kind === "scalar") {
    yield { file, text: node.text, kind: "value", route, full, span, own: node.span };
    return;
  }
  if (node.kind === "list") {
    for (const [index, item] of node.items.entries())
      yield* textsIn(file, item, [...route, index], [...full, index], item.span);
    return;
  }
  for (const { key, value } of node.entries) {
    const next = isScope(route) ? [key.text] : [...route, key.text];
    const whole = [...full, key.text];
    yield { file, text: key.text, kind: "key", route: next, full: whole, span: key.span, own: key.span };
    yield* textsIn(file, value, next, whole, key.span);
  }
}

/** Inside of flag sets and variants the same fields stand again. */
const isScope = (route: KeyRoute): boolean => route.length === 2 && (route[0] === "flags" || route[0] === "profiles");

/** Where the comments of a file hold what a pattern matches. */
export function* commentsOf(
  { file, text = "", root }: Source,
  matches: (text: string) => boolean,
): Iterable<Place & { readonly text: string }> {
  // Most files hold nothing of the kind.
  if (!matches(text)) return;
  const spans = [...spansOf(root)];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (!matches(line)) continue;
    const number = index + 1;
    const column = commentColumn(line, number, spans);
    if (column !== undefined && matches(line.slice(column - 1)))
      yield { file, line: number, column, text: line.slice(column - 1) };
  }
}

/** Where the comment of a line begins: at the first ` #` outside of everything that was read. */
function commentColumn(line: string, number: number, spans: readonly Span[]): number | undefined {
  for (const { index } of line.matchAll(/(?<=^|\s)#/g)) {
    if (!spans.some((span) => holds(span, number, index + 1))) return index + 1;
  }
  return undefined;
}

const holds = (span: Span, line: number, column: number): boolean =>
  (span.line < line || (span.line === line && span.column <= column)) &&
  (line < span.endLine || (line === span.endLine && column < span.endColumn));

function* spansOf(node: Node): Iterable<Span> {
  if (node.kind === "scalar") yield node.span;
  else if (node.kind === "list") for (const item of node.items) yield* spansOf(item);
  else
    for (const { key, value } of node.entries) {
      yield key.span;
      yield* spansOf(value);
    }
}
