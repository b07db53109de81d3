import { below, isWithin, relativeTo } from "../model/path.ts";
import type { BindOperation, Operation } from "../model/plan.gen.ts";
import { hasHostSource } from "./place.ts";
import type { Guarded } from "./protect.ts";

/**
 * Read-only grants inside a writable one, of the very path that it shows: a directory between the two could be renamed
 * and made anew, and what the author wrote to be read-only would be the command's.
 */
export function carvedOut(operations: readonly Operation[]): Guarded[] {
  const binds = operations.filter(
    (operation): operation is BindOperation => operation.kind === "bind" && hasHostSource(operation),
  );
  return binds
    .filter(({ access }) => access === "ro")
    .filter(({ at, source }) =>
      binds.some((outer) => {
        if (outer.access === "ro" || outer.at === at || !isWithin(outer.at, at)) return false;
        return below(outer.source, relativeTo(outer.at, at)) === source;
      }),
    )
    .map(({ source, origin }) => ({ path: source, missing: "masked", origin }));
}
