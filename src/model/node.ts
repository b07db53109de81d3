import type { KeyRoute, Span } from "./source.ts";

/**
 * A YAML document as sbx reads it: every scalar is the text as written (the schema decides types later), every
 * node knows its place. Plain data, so that built-in profiles can be parsed once, at build time.
 */
export type Node = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: "scalar";
  readonly text: string;
  readonly span: Span;
}
export interface ListNode {
  readonly kind: "list";
  readonly items: readonly Node[];
  readonly span: Span;
}
export interface MapNode {
  readonly kind: "map";
  readonly entries: readonly MapEntry[];
  readonly span: Span;
}
export interface MapEntry {
  readonly key: ScalarNode;
  readonly value: Node;
}

/** A place on the way to a file; who could change it could put another file in its stead. */
export interface Way {
  readonly path: string;
  readonly kind: "link" | "directory" | "missing";
}

/** A file that was read and is well-formed YAML of the kind sbx accepts. */
export interface Source {
  /** See {@link Place.file}. */
  readonly file: string;
  /** The directory that relative paths in this file start from; undefined for built-ins, which may not have any. */
  readonly directory: string | undefined;
  /** Where the file lies on this host; absent for built-ins and git revisions. */
  readonly path?: string;
  /** Further places that decide what the file is: links on the way to it, and where it would be looked for first. */
  readonly ways?: readonly Way[];
  /** The text, for code frames; absent for built-ins until one is needed. */
  readonly text?: string;
  readonly root: MapNode;
}

/** The value at `key` of a mapping. */
export function child(node: Node | undefined, key: string | number): Node | undefined {
  if (node?.kind === "map") return node.entries.find((entry) => entry.key.text === String(key))?.value;
  if (node?.kind === "list") return node.items[Number(key)];
  return undefined;
}

/** The node at the end of a route, or undefined. */
export function nodeAt(root: Node | undefined, route: KeyRoute): Node | undefined {
  let node = root;
  for (const key of route) node = child(node, key);
  return node;
}

/** The span of the *key* at the end of a route (of the value inside a list); of the nearest parent when there is none. */
export function spanAt(root: Node, route: KeyRoute): Span {
  let node: Node = root;
  let span = root.span;
  for (const key of route) {
    if (node.kind === "scalar") break;
    if (node.kind === "map") {
      const entry: MapEntry | undefined = node.entries.find((candidate) => candidate.key.text === String(key));
      if (!entry) break;
      span = entry.key.span;
      node = entry.value;
    } else {
      const item: Node | undefined = node.items[Number(key)];
      if (!item) break;
      span = item.span;
      node = item;
    }
  }
  return span;
}

/** The span of the key, or of the item of a list, that begins at a place. */
export function spanFrom(node: Node, line: number, column: number): Span | undefined {
  const begins = ({ span }: Node): boolean => span.line === line && span.column === column;
  const parts =
    node.kind === "map"
      ? node.entries.flatMap(({ key, value }) => [key, value])
      : node.kind === "list"
        ? node.items
        : [];
  for (const part of parts) {
    const span = begins(part) ? part.span : spanFrom(part, line, column);
    if (span !== undefined) return span;
  }
  return undefined;
}
