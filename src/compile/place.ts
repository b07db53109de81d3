import type { Host } from "../model/host.ts";
import { ancestors, below, relativeTo } from "../model/path.ts";
import type { Operation, Step } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import { type GrowingTree, grownAs, growTree, isRunPath, type Standing, typeOf } from "../tree/index.ts";
import type { Draft } from "./draft.ts";
import { followable, isStagedRoot, relatedTo } from "./followable.ts";
import { parentsFirst } from "./order.ts";
import { linkOnHost, nothingCanBeMade, readOnlyParent, samePlace, typeClash, unreadableSource } from "./problems.ts";

type Report = (problem: Problem) => void;

/** Operations with their final destinations, and the host-side steps that they need. */
export interface Placed {
  readonly operations: readonly Operation[];
  readonly steps: readonly Step[];
}

/**
 * Settles every destination: follows the links on the way, inside the tree only, makes missing parents, and finds
 * what would fail or hide something. bwrap itself would follow links of the host (CVE-2026-87766) or stop.
 */
export function place(drafts: readonly Draft[], host: Host, report: Report): Placed {
  const problems: Problem[] = [];
  // Mostly no destination lies behind a link: then it is settled where it stands.
  const direct = standAll(
    parentsFirst(drafts, ({ operation }) => operation.at),
    host,
    (problem) => problems.push(problem),
  );
  if (direct === undefined) return standAll(settle(drafts, host, report), host, report, true) as Placed;
  for (const problem of problems) report(problem);
  return direct;
}

/** Lays all operations over an empty tree; undefined where one has its destination behind a link that is not settled. */
function standAll(drafts: readonly Draft[], host: Host, report: Report, settled = false): Placed | undefined {
  const tree = growTree(host);
  const steps: Step[] = [];
  for (const draft of drafts) {
    const { present, at } = draft.operation;
    if (present && !settled) {
      const { path, links, loop } = tree.walk(at, { last: draft.needs !== "link" });
      if (loop || links.length > 0 || path !== at) return undefined;
    }
    if (present) steps.push(...draft.steps);
    stand(draft, host, tree, steps, report);
  }
  grownAs(tree, tree.operations, host);
  return { operations: tree.operations, steps };
}

/** Moves destinations behind links to where the links lead, until nothing moves any more. */
function settle(drafts: readonly Draft[], host: Host, report: Report): readonly Draft[] {
  let current = [...drafts];
  for (let round = 0; round <= drafts.length * 2; round += 1) {
    current = parentsFirst(current, (draft) => draft.operation.at);
    const tree = growTree(host);
    let moved = false;
    const dropped = new Set<Draft>();
    for (const [index, draft] of current.entries()) {
      const { operation } = draft;
      if (operation.present) {
        const walk = tree.walk(operation.at, { last: draft.needs !== "link" });
        // What is wrong is only said once everything stands where it belongs.
        const isLink = walk.path !== operation.at || walk.loop || walk.links.length > 0;
        if (moved && isLink && !followable(walk, draft, host, tree, () => {})) continue;
        if (!followable(walk, draft, host, tree, report)) dropped.add(draft);
        else if (walk.path !== operation.at) {
          const rival = current.find((other) => other.operation.present && other.operation.at === walk.path);
          if (rival !== undefined && operation.kind === "dir" && operation.implied) dropped.add(draft);
          else if (rival !== undefined && moved) continue;
          else if (rival !== undefined) {
            const related = [{ ...rival.operation.origin, message: `this is ${operation.at}, behind a link` }];
            report(samePlace({ at: walk.path }, operation.origin, related));
            dropped.add(draft);
          } else {
            current[index] = { ...draft, operation: { ...operation, at: walk.path } };
            moved = true;
            continue;
          }
        }
      }
      tree.add(operation);
    }
    current = current.filter((draft) => !dropped.has(draft));
    if (!moved && dropped.size === 0) return current;
  }
  return current;
}

/** Lays one operation over the tree, with whatever its destination still lacks. */
function stand(draft: Draft, host: Host, tree: GrowingTree, steps: Step[], report: Report): void {
  const { operation, needs } = draft;
  const { at, origin } = operation;
  if (!operation.present) {
    tree.add(operation);
    return;
  }
  // Overrides of procfs were looked for there when they were drafted.
  const standing = draft.partOf === undefined ? inProc(tree.look(at), tree, host) : tree.look(at);
  if (standing.type === "absent") {
    const made = make(draft, tree, report);
    steps.push(...made.steps);
    for (const parent of made.operations) tree.add(parent);
    tree.add(operation);
    return;
  }
  if (standing.type === "unknown" && isStagedRoot(tree.operations[standing.mount])) {
    // A directory that its own owner may not search, perhaps: what is missing there nobody can tell.
    report(unreadableSource({ source: standing.host ?? at }, origin));
    return;
  }
  const found = standing.type === "directory" ? "directory" : standing.type === "link" ? "link" : "file";
  const clashes = standing.type !== "unknown" && found !== needs;
  const sameLink = operation.kind === "symlink" && standing.target === operation.target;
  if (clashes || (needs === "link" && !sameLink)) {
    const related = relatedTo(tree.operations[standing.decidedBy], "it comes from here");
    report(typeClash({ at, wanted: needs, found: standing.type }, origin, related));
  }
  // What stands there already is not made again: bwrap 0.8 stops at an existing link, and --dir changes no mode.
  const already = sameLink || operation.kind === "dir";
  tree.add(already ? { ...operation, present: false } : operation);
}

/**
 * What stands in procfs depends on who looks, but a file that the host's does not have is in no other, but for those of
 * single processes.
 */
function inProc(standing: Standing, tree: GrowingTree, host: Host): Standing {
  const mount = tree.operations[standing.mount];
  if (mount?.kind !== "proc" || standing.type !== "unknown") return standing;
  const inner = relativeTo(mount.at, standing.path);
  if (/^(\d|self\/|thread-self\/|net\/)/.test(inner)) return standing;
  const stat = host.lstat(below("/proc", inner));
  if (stat?.type === "link") return standing;
  return { ...standing, type: stat === undefined ? "absent" : typeOf(stat) };
}

interface Made {
  readonly operations: readonly Operation[];
  readonly steps: readonly Step[];
}

/** Makes the parents of a destination (and on the host, the mount point itself). */
function make({ operation, needs }: Draft, tree: GrowingTree, report: Report): Made {
  const { at, origin } = operation;
  const nothing: Made = { operations: [], steps: [] };
  const above = ancestors(at);
  const base = above.findLast((path) => tree.look(path).type !== "absent") ?? "/";
  const missing = above.filter((path) => path !== base && path.startsWith(base === "/" ? "/" : `${base}/`));
  const ground = tree.look(base);
  const mount = tree.operations[ground.mount];
  const first = missing[0] ?? at;
  if (ground.type !== "directory" || ground.content === "proc" || ground.content === "generated") {
    const content = ground.content === "proc" ? "procfs" : ground.access === "masked" ? "masked" : `a ${ground.type}`;
    const related = relatedTo(tree.operations[ground.decidedBy], "it comes from here");
    report(nothingCanBeMade({ at, parent: base, content }, origin, related));
    return nothing;
  }
  // In a layer in memory bwrap makes what is missing, as in a tmpfs.
  if (ground.host === undefined || mount?.kind === "overlay") {
    if (ground.access === "rw") return { operations: missing.map((path) => impliedDir(path, origin)), steps: [] };
  } else if (ground.access === "rw" || isStagedRoot(mount)) {
    return onHost(ground, { at, base, missing, needs, origin }, report);
  }
  report(readOnlyParent({ at, missing: first, parent: base }, origin, relatedTo(mount, "read-only here")));
  return nothing;
}

/** The mount points that a writable host directory lacks: made before the start, removed after the end. */
function onHost(
  ground: Standing,
  wish: { at: string; base: string; missing: readonly string[]; needs: Draft["needs"]; origin: Operation["origin"] },
  report: Report,
): Made {
  const { at, base, missing, needs, origin } = wish;
  const hostPath = (path: string) => below(ground.host ?? "", relativeTo(base, path));
  if (needs === "link") {
    report(linkOnHost({ at, host: hostPath(at) }, origin));
    return { operations: [], steps: [] };
  }
  const step = (path: string, type: "directory" | "file"): Step => ({
    kind: "mount-point",
    path: hostPath(path),
    type,
    origin,
  });
  return { operations: [], steps: [...missing.map((path) => step(path, "directory")), step(at, needs)] };
}

const impliedDir = (at: string, origin: Operation["origin"]): Operation => ({
  kind: "dir",
  at,
  mode: "0755",
  implied: true,
  present: true,
  origin,
});

/** Whether the host provides what lies behind an operation's own source. */
export const hasHostSource = (operation: Operation): operation is Operation & { readonly source: string } =>
  "source" in operation && operation.present && operation.kind !== "mask" && !isRunPath(operation.source);
