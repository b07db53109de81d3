import { below } from "../model/path.ts";
import type { Facts } from "./facts.ts";

const NONE: readonly string[] = [];

/** Those of the names that the project has, or that an entry asks for. */
export function inProject({ plan, host }: Facts, names: readonly string[]): readonly string[] {
  const paths = names.map((name) => below(plan.project, name)).filter((path) => host.lstat(path) !== undefined);
  return paths.length === 0 ? NONE : paths;
}
