import { below, isAbsolute } from "../model/path.ts";
import type { Facts } from "./facts.ts";

const NONE: readonly string[] = [];

/** Those of the names that the project or another directory has that an entry makes writable, or that an entry asks for. */
export function inWorkplaces({ plan, host, machine = host }: Facts, names: readonly string[]): readonly string[] {
  const granted = plan.operations.flatMap((each) =>
    each.kind === "bind" && each.access === "rw" && each.type === "directory" && isAbsolute(each.source)
      ? [each.source]
      : [],
  );
  // What the run makes first is empty.
  const places = new Set([plan.project, ...granted.filter((source) => machine.lstat(source) !== undefined)]);
  const paths = [...places].flatMap((place) => names.map((name) => below(place, name)));
  const found = paths.filter((path) => host.lstat(path) !== undefined);
  return found.length === 0 ? NONE : found;
}
