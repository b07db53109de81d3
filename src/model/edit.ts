import type { KeyRoute } from "./source.ts";

/** An item of a list: a text, or a mapping on one line. */
export type Item = string | Readonly<Record<string, string>>;

/** A change to a profile's text, by what it means. */
export type Edit =
  /** Puts an item at the end of a list, which is made where it is missing. */
  | { readonly kind: "append"; readonly to: KeyRoute; readonly item: Item }
  /** Gives a key a text, or a truth; the key is made where it is missing. */
  | { readonly kind: "set"; readonly at: KeyRoute; readonly text: string | boolean }
  /** Takes out a key with its value, or an item of a list. */
  | { readonly kind: "remove"; readonly at: KeyRoute };
