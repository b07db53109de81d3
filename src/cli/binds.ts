import type { Bind, Variable } from "../index.ts";
import { UsageError } from "./usage-error.ts";

/** Reads `SRC[:DEST]`; `\:` is a colon in a path. Relative paths start from the caller's directory. */
export function bindOf(text: string, access: Bind["access"], argument: number, cwd: string): Bind {
  const parts = text.split(/(?<!\\):/).map((part) => part.replaceAll("\\:", ":"));
  const [from = "", to = from, more] = parts;
  if (from === "" || to === "" || more !== undefined) {
    throw new UsageError(`${JSON.stringify(text)} is no SRC[:DEST]; a colon in a path is written \\:`);
  }
  const absolute = (path: string) =>
    path.startsWith("/") || path === "~" || path.startsWith("~/") ? path : `${cwd}/${path}`;
  return { source: absolute(from), destination: absolute(to), access, argument };
}

/** Reads `NAME[=VALUE]`. */
export function variableOf(text: string, argument: number): Variable {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new UsageError(`${JSON.stringify(name)} is no variable name`);
  return { name, value: equals < 0 ? undefined : text.slice(equals + 1), argument };
}
