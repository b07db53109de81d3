import type { Host } from "../model/host.ts";
import { ancestors, below, isWithin, relativeTo } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import { realpath } from "../model/realpath.ts";
import type { GrowingTree, Standing, Walk } from "../tree/index.ts";
import type { Draft } from "./draft.ts";
import { linkInTheWay, linkLoop, linkOutOfRoot } from "./problems.ts";

type Report = (problem: Problem) => void;

/** A link may be followed unless something in the sandbox could have planted it. */
export function followable(walk: Walk, { operation }: Draft, host: Host, tree: GrowingTree, report: Report): boolean {
  if (walk.loop) {
    report(linkLoop({ path: operation.at }, operation.origin));
    return false;
  }
  for (const link of walk.links) {
    if (leadsOut(link) && isLackingInRoot(tree, link) && !isMarkOutside(operation, host, tree)) {
      report(linkOutOfRoot({ at: operation.at, link: link.path, target: link.target ?? "" }, operation.origin));
      return false;
    }
    if (link.host === undefined || link.access !== "rw") continue;
    const inRoot = tree.operations[link.mount]?.at === "/" && !link.target?.startsWith("/");
    if (inRoot) continue;
    const data = { at: operation.at, link: link.path, target: link.target ?? "" };
    report(linkInTheWay(data, operation.origin, relatedTo(tree.operations[link.mount], "the writable place")));
    return false;
  }
  return true;
}

/** Whether a link, seen from outside of the sandbox, leads out of the root: by an absolute target, or up and up. */
function leadsOut({ path, target = "" }: Standing): boolean {
  if (target.startsWith("/")) return true;
  let depth = ancestors(path).length - 1;
  for (const name of target.split("/")) {
    if (name === "..") depth -= 1;
    else if (name !== "" && name !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

/** A mark that leads out of the root by itself: that was told when it was drafted. */
function isMarkOutside(operation: Operation, host: Host, tree: GrowingTree): boolean {
  const root = tree.operations.find(isStagedRoot);
  if (operation.kind !== "bind" || root?.kind !== "bind" || isWithin(root.source, operation.source)) return false;
  return realpath(host, below(root.source, relativeTo("/", operation.at))).path === operation.source;
}

/** Whether a link leads to something that would have to be made in a root directory of the author's own. */
function isLackingInRoot(tree: GrowingTree, link: Standing): boolean {
  const end = tree.walk(link.path);
  return end.type === "absent" && isStagedRoot(tree.operations[end.mount]);
}

export const relatedTo = (operation: Operation | undefined, message: string) =>
  operation === undefined || operation.origin.line === 0 ? [] : [{ ...operation.origin, message }];

/** A root directory of the author's own: mount points may be made in it although it is read-only inside. */
export const isStagedRoot = (mount: Operation | undefined): boolean =>
  mount?.kind === "bind" && mount.at === "/" && mount.source !== "/";
