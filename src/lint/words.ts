import type { Host } from "../model/host.ts";
import { isWithin, relativeTo } from "../model/path.ts";

/** A path as people write it: below the home directory with `~`. */
export function short({ home }: Pick<Host, "home">, path: string): string {
  if (home === "/" || !isWithin(home, path)) return path;
  return path === home ? "~" : `~/${relativeTo(home, path)}`;
}

/** `a`, `a and b`, `a, b and c`, `a, b, c and 4 more`. */
export function listed(words: readonly string[], most = 4): string {
  const shown = words.length > most ? words.slice(0, most - 1) : words;
  const rest = words.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
