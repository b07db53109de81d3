import { components } from "../model/path.ts";
import type { Plan } from "../model/plan.gen.ts";
import { nodesOf, type OutlineNode } from "./outline.ts";

/** What a reader asks first: what can be written, read, reached, and what of the caller's environment goes in. */
export interface Glance {
  /** Host paths that the command can change, by their places inside. */
  readonly writable: readonly string[];
  /** Writable, and gone with the sandbox. */
  readonly memory: readonly string[];
  readonly copyOnWrite: readonly string[];
  readonly readOnly: readonly string[];
  readonly hidden: readonly string[];
  readonly devices: readonly string[];
  readonly network: Plan["network"];
  /** How many variables there are, and which of them the caller's environment fills. */
  readonly variables: number;
  readonly passed: readonly string[];
}

export function glance({ operations, network, env }: Plan, root: OutlineNode): Glance {
  // What sbx guards is no answer to what the profile lets in; what stands in a mount is not a mount.
  const told = [...nodesOf(root)].filter(({ guard, plain, skipped }) => guard === undefined && !plain && !skipped);
  const at = (is: (node: OutlineNode) => boolean) =>
    told
      .filter(is)
      .map(({ path }) => path)
      .sort(byDepth);
  const isMemory = (node: OutlineNode) => node.operations.some((index) => operations[index]?.kind === "tmpfs");
  return {
    writable: at(({ access, content }) => access === "rw" && content === "host"),
    memory: at((node) => node.access === "rw" && node.content === "tmpfs" && isMemory(node)),
    copyOnWrite: at(({ access }) => access === "cow"),
    readOnly: at(({ access, content }) => access === "ro" && content === "host"),
    hidden: at(({ access }) => access === "masked"),
    devices: at(({ access }) => access === "device"),
    network,
    variables: Object.keys(env).length,
    passed: Object.keys(env).filter((name) => typeof env[name]?.value !== "string"),
  };
}

/** What lies further up says more. */
const byDepth = (a: string, b: string): number => components(a).length - components(b).length;
