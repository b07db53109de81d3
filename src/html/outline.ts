import type { Host } from "../model/host.ts";
import { ancestors } from "../model/path.ts";
import type { Operation, Plan } from "../model/plan.gen.ts";
import { DEFAULT_ORIGIN, type Origin } from "../model/source.ts";
import { deciding, type Standing, type Tree } from "../tree/index.ts";
import { type Branch, forest } from "./forest.ts";
import { wordsFor } from "./words.ts";

/** What the command can do at a place. */
export type OutlineAccess = "rw" | "cow" | "ro" | "masked" | "device" | "link" | "absent";

/** A place that an entry, or sbx itself, has something to say about. */
export interface OutlineNode {
  readonly path: string;
  /** From the node above; the whole path at the top. */
  readonly name: string;
  readonly access: OutlineAccess;
  readonly content: Standing["content"];
  readonly type: Standing["type"];
  /** What stands there, in words. */
  readonly what: string;
  /** The host path behind it: shown, or hidden by a mask. */
  readonly host?: string;
  /** Who decides. */
  readonly origin: Origin;
  /** Added by sbx itself: it hides and protects what is its own, and pins the directories that lead to what is guarded. */
  readonly guard?: "mask" | "protect" | "pin";
  /** The entry is in the plan, but its source is missing or its condition does not hold. */
  readonly skipped: boolean;
  /** No entry names it: ways part here. */
  readonly plain: boolean;
  /** Indices of the plan's operations at this place and on the way from the node above, in their order. */
  readonly operations: readonly number[];
  readonly children: readonly OutlineNode[];
}

/** The sandbox as a tree of the places that matter; what stands at each of them is the tree's answer. */
export function outline({ operations }: Pick<Plan, "operations">, tree: Tree, facts: Host): OutlineNode {
  const at = new Map<string, number[]>([["/", []]]);
  for (const [index, operation] of operations.entries()) {
    const own = at.get(operation.at);
    if (own === undefined) at.set(operation.at, [index]);
    else own.push(index);
  }
  const leads = new Set([...at.keys()].flatMap(ancestors));
  const isPlain = (path: string) =>
    leads.has(path) && (at.get(path) ?? []).every((index) => isImplied(operations[index]));
  const named = [...at.keys()].filter((path) => path === "/" || !isPlain(path));

  function nodeOf({ path, name, way, children }: Branch): OutlineNode {
    const standing = tree.look(path);
    const here = (at.get(path) ?? []).flatMap((index) => operations[index] ?? []);
    const present = here.filter((operation) => operation.present);
    const skipped = here.length > 0 && present.length === 0;
    const decider = operations[deciding(tree, standing)];
    const said = skipped || (present.length > 0 && present.every(isPin)) ? here.at(-1) : decider;
    const host = decider?.kind === "mask" && decider.at === path ? decider.source : standing.host;
    const guard = guardOf(present, decider, path);
    return {
      path,
      name,
      access: accessOf(standing, decider),
      content: standing.content,
      type: standing.type,
      what: wordsFor({ path, standing, decider, here, skipped, host: facts }),
      ...(host !== undefined && { host }),
      origin: said?.origin ?? DEFAULT_ORIGIN,
      ...(guard !== undefined && { guard }),
      skipped,
      plain: path !== "/" && isPlain(path),
      operations: way.flatMap((on) => at.get(on) ?? []).sort((a, b) => a - b),
      children: children.map(nodeOf),
    };
  }
  const [root] = forest(named);
  // `/` is always one of the paths: nothing stands beside it.
  return nodeOf(root as Branch);
}

/** Every node, parents before children. */
export function* nodesOf(node: OutlineNode): Generator<OutlineNode> {
  yield node;
  for (const child of node.children) yield* nodesOf(child);
}

const isPin = (operation: Operation | undefined): boolean => operation?.kind === "pin";
const isImplied = (operation: Operation | undefined): boolean => operation?.kind === "dir" && operation.implied;

function accessOf({ type, access }: Standing, decider: Operation | undefined): OutlineAccess {
  if (type === "link") return "link";
  return access === "rw" && decider?.kind === "overlay" ? "cow" : access;
}

function guardOf(present: readonly Operation[], decider: Operation | undefined, path: string): OutlineNode["guard"] {
  if (present.length > 0 && present.every(isPin)) return "pin";
  const isOwn = decider?.at === path && decider.origin.file === DEFAULT_ORIGIN.file;
  return isOwn && (decider.kind === "mask" || decider.kind === "protect") ? decider.kind : undefined;
}
