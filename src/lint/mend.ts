import type { Edit } from "../model/edit.ts";
import { flowValue } from "../model/flow.ts";
import { isWithin, relativeTo } from "../model/path.ts";
import { escapePattern } from "../model/pattern.ts";
import type { Exposure } from "./exposure.ts";
import type { Facts } from "./facts.ts";
import type { Fix } from "./fix.ts";
import { realPlace } from "./real-places.ts";
import { short } from "./words.ts";

/** A path as the linted file would name it. */
export function writtenPath({ host, source }: Pick<Facts, "host" | "source">, path: string): string {
  const { directory } = source;
  if (directory !== undefined && path !== directory && isWithin(directory, path)) {
    const inner = relativeTo(directory, path);
    // A leading `~` would be a home directory, and a leading `-` an item.
    return /^[~-]/.test(inner) ? `./${inner}` : inner;
  }
  return short(host, path);
}

/** The same as a key of a profile, where `~` alone is no text. */
export function writtenKey(facts: Pick<Facts, "host" | "source">, path: string): string {
  const written = writtenPath(facts, path);
  return written === "~" ? '"${HOME}"' : written;
}

/** Hides what an entry shows by the way. What it shows by name can't be hidden as well. */
export function hide(facts: Facts, { paths, named }: Exposure): Fix | undefined {
  return named ? undefined : guard(facts, "mask", paths, (path) => path);
}

/**
 * Makes read-only what an entry makes writable by the way, where it is there. What is missing the command could still make:
 * that is for a person to weigh, and no fix to be made unseen.
 */
export function lock(facts: Facts, { paths, named }: Exposure): Fix | undefined {
  // A link can't be protected, but what it leads to can.
  const real = paths.map((path) => (facts.host.lstat(path)?.type === "link" ? realPlace(facts.host, path).path : path));
  return named ? undefined : guard(facts, "protect", real, (path) => ({ path, missing: "skip" }));
}

/** More than the known places of any kind: nobody reads as many, let alone types them. */
const MANY = 40;

function guard(
  facts: Facts,
  field: "mask" | "protect",
  paths: readonly string[],
  item: (path: string) => string | Readonly<Record<string, string>>,
): Fix {
  const written = paths.map((path) => everyones(escapePattern(writtenPath(facts, path))));
  const items = [...new Set(written)].map(item);
  const edits = items.map((each): Edit => ({ kind: "append", to: [field], item: each }));
  const shown = items.length > MANY ? items.slice(0, 3) : items;
  const more = items.length > shown.length ? `, and ${items.length - shown.length} more of them` : "";
  const title = `add \`${field}: [${shown.map(flowValue).join(", ")}]\`${more}`;
  return { title, edits, safe: field === "mask" };
}

/**
 * A runtime directory is of one user; the variable for it is not set everywhere, and a profile that needs it stops there. What
 * is drawn by lot is another one each time.
 */
const everyones = (pattern: string): string =>
  pattern.replace(/^\/run\/user\/\d+(?=\/)/, "/run/user/*").replace(/^\/tmp\/ssh-X{10}$/, "/tmp/ssh-*");
