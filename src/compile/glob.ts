import picomatch from "picomatch";
import type { Host } from "../model/host.ts";
import { below, isWithin } from "../model/path.ts";
import { literalPath, PATTERN_LETTER } from "../model/pattern.ts";

/**
 * The host paths that a pattern matches now, sorted; dot files count, links are not followed. A file whose very name
 * is the pattern counts too (`app/[id]/.env`). `unlisted` gets every directory on the way that could not be listed.
 */
export function expandGlob(host: Host, pattern: string, unlisted: (directory: string) => void): string[] {
  const parts = pattern.split("/");
  const fixed = parts.findIndex((part) => PATTERN_LETTER.test(part));
  const base = literalPath(parts.slice(0, fixed).join("/")) || "/";
  const deep = parts.slice(fixed).some((part) => part.includes("**"));
  const matches = matcher(pattern);
  const found = new Set<string>();
  const visit = (directory: string, depth: number): void => {
    const names = host.readdir(directory);
    if (names === undefined) {
      if (host.lstat(directory)?.type === "directory") unlisted(directory);
      return;
    }
    for (const name of names) {
      const path = below(directory, name);
      // A name that is no UTF-8 can't be looked at, nor into.
      if (host.lstat(path) === undefined) unlisted(path);
      if (matches(path)) found.add(path);
      const further = deep || depth < parts.length - 1;
      if (further && host.lstat(path)?.type === "directory") visit(path, depth + 1);
    }
  };
  visit(base, fixed);
  const literal = literalPath(pattern);
  if (host.lstat(literal) !== undefined) found.add(literal);
  // What lies below a match goes with it, but for links: what they lead to does not.
  const isBelow = (path: string, all: readonly string[]) =>
    all.some((other) => other !== path && isWithin(other, path));
  return [...found].sort().filter((path, _, all) => host.lstat(path)?.type === "link" || !isBelow(path, all));
}

const matchers = new Map<string, (path: string) => boolean>();
/** Profiles that are planned one after the other, and several times, ask for a few patterns. */
const MOST_MATCHERS = 64;

function matcher(pattern: string): (path: string) => boolean {
  const known = matchers.get(pattern);
  if (known !== undefined) return known;
  if (matchers.size >= MOST_MATCHERS) matchers.clear();
  const matches = ofName(pattern) ?? ofPattern(pattern);
  matchers.set(pattern, matches);
  return matches;
}

/** A name anywhere below a directory, as most masks are: the end decides. */
function ofName(pattern: string): ((path: string) => boolean) | undefined {
  const [, directory, name] = /^(\/.*)\/\*\*\/([^/*?[\]{}()\\!+@|"]+)$/.exec(pattern) ?? [];
  if (directory === undefined || name === undefined || /[*?[\]{}()\\!+@|"]/.test(directory)) return undefined;
  const [start, end] = [`${directory}/`, `/${name}`];
  return (path) => path.endsWith(end) && path.startsWith(start);
}

function ofPattern(pattern: string): (path: string) => boolean {
  const plain = pattern.replace(/(?<!\\)[()!+@|]/g, "\\$&");
  // "s": a name may hold a line feed.
  return picomatch(plain, { dot: true, nonegate: true, noextglob: true, flags: "s" });
}
