import type { Leaf } from "../model/effective.ts";
import type { MapNode, Node } from "../model/node.ts";
import type { Fragment } from "../model/profile.gen.ts";
import type { KeyRoute, Origin, Place, Span } from "../model/source.ts";
import { writtenText } from "./written.ts";

/** One layer, ready to be merged: typed values, and beside them the tree that knows where each was written. */
export interface Layer {
  readonly file: string;
  /** Counts from 0, which is sbx's defaults. */
  readonly index: number;
  /** The keys that lead from the top of the file to the fragment. */
  readonly route: KeyRoute;
  readonly chain: readonly Place[];
  readonly flag: string | undefined;
  readonly tree: MapNode;
  readonly value: Fragment;
}

/** A typed value, its node, and who wrote it. */
export interface Cursor<T> {
  readonly value: T;
  readonly node: Node;
  readonly origin: Origin;
  readonly layer: number;
}

type Defined<T> = NonNullable<T>;

/** The whole layer. Its own origin is the top of the fragment, which nothing is attributed to. */
export function cursorAt(layer: Layer): Cursor<Fragment> {
  const { file, route, chain, flag, tree, value, index } = layer;
  const { line, column } = tree.span;
  const origin = { file, line, column, route, chain, ...(flag === undefined ? {} : { flag }) };
  return { value, node: tree, origin, layer: index };
}

/** The value under a key of a section with fixed keys. */
export function at<T extends object, Key extends keyof T & string>(
  cursor: Cursor<T>,
  key: Key,
): Cursor<Defined<T[Key]>> | undefined {
  const { node, value } = cursor;
  if (node.kind !== "map") return undefined;
  const entry = node.entries.find((each) => each.key.text === key);
  if (entry === undefined) return undefined;
  return step(cursor, value[key] as Defined<T[Key]>, entry.value, writtenText(entry.key), entry.key.span);
}

/** Everything in a mapping, in the order of the document. */
export function keyed<T extends object>(
  cursor: Cursor<T>,
): readonly (readonly [string, Cursor<Defined<T[keyof T]>>])[] {
  const { node, value } = cursor;
  if (node.kind !== "map") return [];
  return node.entries.map(({ key, value: inner }) => {
    const typed = value[key.text as keyof T] as Defined<T[keyof T]>;
    return [key.text, step(cursor, typed, inner, writtenText(key), key.span)] as const;
  });
}

/** The items of a list. */
export function items<T>(cursor: Cursor<readonly T[]>): readonly Cursor<T>[] {
  const { node, value } = cursor;
  if (node.kind !== "list") return [];
  return node.items.map((inner, index) => step(cursor, value[index] as T, inner, index, inner.span));
}

/** The value as the merged profile keeps it. */
export const leaf = <T>(cursor: Cursor<T>): Leaf<T> => leafOf(cursor, cursor.value);

/** Another value of the same origin. */
export const leafOf = <T>({ origin, layer }: Cursor<unknown>, value: T): Leaf<T> => ({ value, origin, layer });

function step<T>(parent: Cursor<unknown>, value: T, node: Node, key: string | number, span: Span): Cursor<T> {
  const { file, route, chain, flag } = parent.origin;
  const { line, column } = span;
  // Key by key: there is one for every value of every layer, and a spread is slow.
  const origin = { file, line, column, route: [...route, key], chain };
  return { value, node, origin: flag === undefined ? origin : { ...origin, flag }, layer: parent.layer };
}
