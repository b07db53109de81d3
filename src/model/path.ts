import { posix } from "node:path";

const SLASH = 47;

/** `child` is `parent` or lies below it. Both absolute and normal. */
export function isWithin(parent: string, child: string): boolean {
  if (!child.startsWith(parent)) return false;
  // Asked a million times: no new text for it.
  return parent === "/" || child.length === parent.length || child.charCodeAt(parent.length) === SLASH;
}

/** `child` as seen from `parent`: "" for the same path, else without a leading slash. */
export function relativeTo(parent: string, child: string): string {
  if (child === parent) return "";
  return child.slice(parent === "/" ? 1 : parent.length + 1);
}

/** `base` plus a relative path that may be "". */
export function below(base: string, relative: string): string {
  if (relative === "") return base;
  return base === "/" ? `/${relative}` : `${base}/${relative}`;
}

/** The directory that a path lies in; `/` for itself. */
export function parentOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at > 0 ? path.slice(0, at) : posix.dirname(path);
}

/** The components of an absolute path; none for `/`. */
export const components = (path: string): string[] => (path === "/" ? [] : path.slice(1).split("/"));

/** Every directory above an absolute path, `/` first, without the path itself. */
export function ancestors(path: string): string[] {
  if (path === "/") return [];
  const all = ["/"];
  for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) all.push(path.slice(0, at));
  return all;
}

/** Absolute, without `.`, `..`, doubled or trailing slashes. */
export function normalise(path: string): string {
  if (isNormal(path)) return path;
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}

/** Whether a path has a name at least, and neither `.`, `..`, doubled nor trailing slashes. */
export const isNormal = (path: string): boolean => isAbsolute(path) && !UNEVEN.test(path);

/** A part that is empty, `.` or `..`. */
const UNEVEN = /\/\.{0,2}(\/|$)/;

export const isAbsolute = (path: string): boolean => path.startsWith("/");
