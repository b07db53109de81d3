import { below } from "../model/path.ts";
import type { Facts } from "./facts.ts";

/** Those of the names that the project has, or that an entry asks for. */
export function inProject({ plan, host }: Facts, names: readonly string[]): string[] {
  const paths = names.map((name) => below(plan.project, name));
  return paths.filter((path) => host.lstat(path) !== undefined);
}
