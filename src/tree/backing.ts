import type { Host } from "../model/host.ts";
import { ancestors } from "../model/path.ts";
import type { Step } from "../model/plan.gen.ts";
import { ABSENT, type Content, type Facts, ownedBy } from "./content.ts";

/** The path of each node from the directory that it is made in, and the host's node. */
type NodesOfOne = ReadonlyMap<string, string>;

/** `{run}/NAME` → the nodes that steps make in that directory. */
export type Nodes = ReadonlyMap<string, NodesOfOne>;

/** The nodes that the steps of a plan make. */
export function nodesOf(steps: readonly Step[]): Nodes {
  const all = new Map<string, Map<string, string>>();
  for (const step of steps) {
    if (step.kind !== "make-node") continue;
    const [, whole = "", inner = ""] = /^(\{run\}\/[^/]+)\/(.+)$/.exec(step.path) ?? [];
    const nodes = all.get(whole) ?? new Map<string, string>();
    all.set(whole, nodes.set(inner, step.source));
  }
  return all;
}

/** A directory of the run's own, with the nodes that steps make in it. */
export function lookBacked(nodes: NodesOfOne | undefined, root: Facts, host: Host): Content {
  const absent = { ...ABSENT, parent: root };
  const parents = new Set([...(nodes?.keys() ?? [])].flatMap((inner) => ancestors(`/${inner}`)));
  return {
    kind: "mount",
    look(inner) {
      if (inner === "" || parents.has(`/${inner}`)) return root;
      const source = nodes?.get(inner);
      if (source === undefined) return absent;
      return { type: "device", access: "device", content: "dev", owned: host.lstat(source) ?? ownedBy(host, 0o666) };
    },
  };
}
