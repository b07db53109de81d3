import { child } from "../model/node.ts";
import { isWithin } from "../model/path.ts";
import type { Problem } from "../model/problem.ts";
import type { Layer } from "./cursor.ts";
import type { Merged } from "./merged.ts";
import { relativeCwd } from "./problems.ts";
import { writtenText } from "./written.ts";

/**
 * In a root directory of the author's own a place beside the profile means nothing, unless an entry shows it there:
 * made absolute, it would be made in that root under the host's name.
 */
export function relativeCwdProblem(
  { root, entries, process: { cwd } }: Pick<Merged, "root" | "entries" | "process">,
  layers: readonly Layer[],
): Problem | undefined {
  if (typeof root.value === "string" || cwd === undefined || cwd.value === "caller") return undefined;
  const tree = layers.find(({ index }) => index === cwd.layer)?.tree;
  const node = child(child(tree, "process"), "cwd");
  if (node?.kind !== "scalar") return undefined;
  const written = writtenText(node);
  // What begins with a variable is the variable's affair.
  if (/^(\/|~|\$\{)/.test(written)) return undefined;
  const shown = [...entries].flatMap(([at, { value }]) => (/^(mount|marked)$/.test(value.kind) ? [at] : []));
  if (shown.some((at) => isWithin(at, cwd.value))) return undefined;
  return relativeCwd({ path: written, meant: cwd.value }, cwd.origin);
}
