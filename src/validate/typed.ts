import { type Coercion, coercions } from "../generated/coercions.ts";
import type { Node } from "../model/node.ts";
import type { Fragment, Profile } from "../model/profile.gen.ts";

/** What a document can be: a whole profile, or the part of one that is merged. */
export type Base = keyof Typed;

/** The types of the plain data; true of a document once validation found nothing wrong with it. */
export interface Typed {
  readonly profile: Profile;
  readonly fragment: Fragment;
}

/** A located tree as plain data: booleans and integers where the schema has them, text everywhere else. */
export function typed<B extends Base>(node: Node, base: B): Typed[B] {
  return plain(node, coercions[base]) as Typed[B];
}

function plain(node: Node, coercion: Coercion | undefined): unknown {
  switch (node.kind) {
    case "scalar":
      return scalar(node.text, coercion);
    case "list":
      return node.items.map((item) => plain(item, coercion?.items));
    case "map": {
      // Without a prototype a key `__proto__` is a key like any other.
      const object: Record<string, unknown> = Object.create(null);
      for (const { key, value } of node.entries) object[key.text] = plain(value, entryCoercion(coercion, key.text));
      return object;
    }
  }
}

function entryCoercion(coercion: Coercion | undefined, key: string): Coercion | undefined {
  const keys = coercion?.keys;
  return keys && Object.hasOwn(keys, key) ? keys[key] : coercion?.values;
}

function scalar(text: string, coercion: Coercion | undefined): string | number | boolean {
  switch (coercion?.scalar) {
    case undefined:
      return text;
    case "boolean":
      return text === "true" || (text === "false" ? false : text);
    case "true":
      return text === "true" || text;
    case "false":
      return text === "false" ? false : text;
    case "integer":
      return /^(0|[1-9][0-9]*)$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
  }
}
