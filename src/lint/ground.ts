import { isWithin, parentOf } from "../model/path.ts";
import type { Plan } from "../model/plan.gen.ts";
import { type Tree, type Walk, writableAt } from "../tree/index.ts";
import type { Facts } from "./facts.ts";

/** What stands at a path of the sandbox, or the nearest directory above, in which it could be made. */
export function groundOf(path: string, tree: Tree): Walk {
  let place = tree.walk(path);
  while (place.type === "absent" && place.path !== "/") place = tree.walk(parentOf(place.path));
  return place;
}

/** What a process means by a path, which a link of proc(5) can lead elsewhere; undefined: wherever it happens to be. */
export function meantBy(path: string): string | undefined {
  const [, link, rest = ""] = /^\/proc\/(?:self|thread-self|\d+)\/(cwd|root|fd)(\/.*)?$/.exec(path) ?? [];
  if (link === "root") return rest || "/";
  return link !== undefined || !path.startsWith("/") ? undefined : path;
}

/** Whether a search path leads into the project, wherever that is mounted: what lies there is the command's own. */
export function isProjects(entry: string, { plan, tree }: Pick<Facts, "plan" | "tree">): boolean {
  const meant = meantBy(entry);
  if (meant === undefined) return false;
  return isWithin(plan.project, groundOf(meant, tree).host ?? meant);
}

const known = new WeakMap<Plan, readonly string[]>();

/** The host paths that a plan mounts writable. */
function openSources(plan: Plan): readonly string[] {
  const before = known.get(plan);
  if (before !== undefined) return before;
  const sources = plan.operations.flatMap((each) =>
    each.kind === "bind" && each.access !== "ro" ? [each.source] : [],
  );
  known.set(plan, sources);
  return sources;
}

/** Whether the command can change what stands there, at this place or at another one that shows the same. */
export function isWritable({ access, host }: Walk, facts: Pick<Facts, "host" | "plan" | "tree">): boolean {
  if (access === "rw") return true;
  if (host === undefined) return false;
  const isNear = openSources(facts.plan).some((source) => isWithin(source, host) || isWithin(host, source));
  return isNear && writableAt(facts, { path: host, links: [] }).length > 0;
}
