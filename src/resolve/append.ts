import type { Leaf } from "../model/effective.ts";

/** Adds to a list what it does not have yet; what it has keeps its place and its author. */
export function append<T>(list: Leaf<T>[], added: readonly Leaf<T>[]): void {
  for (const item of added) if (!list.some((earlier) => earlier.value === item.value)) list.push(item);
}
