import type { Effective } from "../model/effective.ts";
import type { Origin } from "../model/source.ts";

/** The entries that keep the caller's whole environment: `clear: false`, or a pattern that fits every name. */
export function inheriting({ env }: Effective): ReadonlySet<Origin> {
  const all = env.pass.filter(({ value }) => /^[*?]*\*[*?]*$/.test(value)).map(({ origin }) => origin);
  return new Set(env.clear.value ? all : [env.clear.origin, ...all]);
}
