import type { MapNode, Node, ScalarNode, Source } from "../model/node.ts";
import { escapePattern } from "../model/pattern.ts";
import type { Problem } from "../model/problem.ts";
import { type AbsolutePath, absolutePath, type Base } from "./absolute.ts";
import { PATHS, type PathRow } from "./paths.ts";
import { refusedPath, relativePath } from "./problems.ts";
import { spotOf } from "./spot.ts";
import type { Text } from "./text.ts";
import { rewrite } from "./written.ts";

/** How the texts of one layer are settled. */
export interface Settling {
  readonly source: Pick<Source, "file">;
  readonly base: Base;
  /** Replaces the variables; undefined when that could not be done. */
  readonly expand: (scalar: ScalarNode) => Text | undefined;
  readonly report: (problem: Problem) => void;
}

/** A row of the table, and how many of its keys lie behind. */
interface Active {
  readonly row: PathRow;
  readonly depth: number;
}

/** A fragment with every variable replaced and every path absolute; places stay. */
export function settleFragment(fragment: MapNode, settling: Settling, rows = PATHS): MapNode {
  const active = rows.map((row) => ({ row, depth: 0 }));
  return settleMap(fragment, active, settling);
}

function settleMap(node: MapNode, active: readonly Active[], settling: Settling): MapNode {
  const keyRow = reached(next(active, "{}"));
  const entries = node.entries.map((entry) => {
    const key = settleScalar(entry.key, keyRow, settling);
    return { key, value: settle(entry.value, next(active, "*", key.text), settling) };
  });
  return { ...node, entries };
}

function settle(node: Node, active: readonly Active[], settling: Settling): Node {
  if (node.kind === "scalar") return settleScalar(node, reached(active), settling);
  if (node.kind === "map") return settleMap(node, active, settling);
  return { ...node, items: node.items.map((item) => settle(item, next(active, "*", "[]"), settling)) };
}

function settleScalar(scalar: ScalarNode, row: PathRow | undefined, settling: Settling): ScalarNode {
  const text = settling.expand(scalar);
  if (text === undefined) return scalar;
  if (row === undefined || row.except.includes(text.plain)) return rewrite(scalar, text.plain);
  const { path, flaw } = absoluteFor(row, text, settling.base);
  if (path !== undefined) return rewrite(scalar, path);
  const written = text.plain;
  const { file } = settling.source;
  const spot = spotOf(settling.source, scalar.span);
  settling.report(
    flaw === "relative"
      ? relativePath({ path: written, builtin: file.startsWith("builtin:") }, spot)
      : refusedPath({ path: written, flaw: flaw ?? "empty" }, spot),
  );
  return scalar;
}

function absoluteFor({ kind }: PathRow, text: Text, base: Base): AbsolutePath {
  const { inert } = text;
  switch (kind) {
    case "path":
      return absolutePath(text.plain, base, { inert });
    case "pattern":
      return absolutePath(text.pattern, base, { inert, quote: escapePattern });
    case "device": {
      const optional = text.pattern.endsWith("?");
      const pattern = optional ? text.pattern.slice(0, -1) : text.pattern;
      const { path, flaw } = absolutePath(pattern, base, { inert, quote: escapePattern });
      return { path: path !== undefined && optional ? `${path}?` : path, flaw };
    }
  }
}

const next = (active: readonly Active[], ...keys: readonly string[]): readonly Active[] =>
  active.flatMap(({ row, depth }) => (keys.includes(row.route[depth] ?? "") ? [{ row, depth: depth + 1 }] : []));

const reached = (active: readonly Active[]): PathRow | undefined =>
  active.find(({ row, depth }) => depth === row.route.length)?.row;
