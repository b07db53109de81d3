import type { Invocation } from "../model/invocation.ts";

/**
 * Puts real paths where the plan could only write `{run}/NAME`: in bwrap's own arguments, never in the command that
 * follows `--`.
 */
export function bindRunPaths(invocation: Invocation, places: ReadonlyMap<string, string>): Invocation {
  const end = invocation.args.indexOf("--");
  const args = invocation.args.map((word, index) => (end === -1 || index < end ? bindWord(word, places) : word));
  return { ...invocation, args };
}

/** A word that is such a path, or one below it. */
function bindWord(word: string, places: ReadonlyMap<string, string>): string {
  const name = /^\{run\}\/[^/]+/.exec(word)?.[0] ?? "";
  const real = places.get(name);
  return real === undefined ? word : real + word.slice(name.length);
}
