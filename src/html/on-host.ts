import { type Branch, forest } from "./forest.ts";
import { nodesOf, type OutlineNode } from "./outline.ts";

/** A place of the host that the sandbox shows or hides, or a directory where the ways to such places part. */
export interface HostNode {
  readonly path: string;
  readonly name: string;
  /** Where it can be found inside. */
  readonly inside: readonly OutlineNode[];
  readonly children: readonly HostNode[];
}

/** The host as the sandbox sees it: what of it stands inside, and where. */
export function onHost(root: OutlineNode): HostNode[] {
  const inside = new Map<string, OutlineNode[]>();
  for (const node of nodesOf(root)) {
    if (node.host === undefined || !isOwn(node)) continue;
    const others = inside.get(node.host);
    if (others === undefined) inside.set(node.host, [node]);
    else others.push(node);
  }
  const nodeOf = ({ path, name, children }: Branch): HostNode => ({
    path,
    name,
    inside: inside.get(path) ?? [],
    children: children.map(nodeOf),
  });
  return forest(inside.keys()).map(nodeOf);
}

/** Part of a mount further up is shown there already; what a run makes for itself is no place of the host yet. */
const isOwn = ({ host, plain, skipped, guard }: OutlineNode): boolean =>
  host?.startsWith("/") === true && !plain && !skipped && guard !== "pin";
