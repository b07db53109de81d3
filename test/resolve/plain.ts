import type { Effective } from "../../src/model/effective.ts";

/** Values without their origins, for comparing: leaves become values, maps become lists of pairs (their order counts). */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return [...value].map(([key, inner]) => [key, plain(inner)]);
  if (typeof value !== "object" || value === null) return value;
  if ("origin" in value && "layer" in value && "value" in value) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** The entries as `path → kind and spec`, in order. */
export const entriesOf = (effective: Effective): unknown => plain(effective.entries);
