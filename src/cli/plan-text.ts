import {
  escapeText,
  glance,
  type Origin,
  type OutlineNode,
  type Plan,
  planNodes,
  settingsOf,
  variablesOf,
} from "../index.ts";
import { type Layout, paint, placeText } from "./explain-rows.ts";
import { glanceRows } from "./plan-glance.ts";
import { type Row, rowLines } from "./plan-rows.ts";
import { treeRows } from "./plan-tree.ts";

/** How much of a plan is shown. */
export interface PlanTextOptions {
  /** Also what sbx adds by itself, and what was left out, place by place. */
  readonly all: boolean;
}

/**
 * A plan as people read it: what matters at a glance, the tree of what stands where, everything else; each with who asked
 * for it at the right edge.
 */
export function planText(plan: Plan, root: OutlineNode, layout: Layout, { all }: PlanTextOptions): string {
  const nodes = [...planNodes(root)];
  const settings = settingsOf(plan).filter(({ label }) => label !== "network");
  const sections: Row[][] = [
    glanceRows(glance(plan, root), layout),
    treeRows(root, layout, { all }),
    all ? [] : foldedRows(nodes, layout),
    labelled(settings, layout),
    labelled(
      variablesOf(plan).map((variable) => ({ ...variable, label: `env ${variable.label}` })),
      layout,
    ),
    footprintRows(plan, layout),
  ];
  return rowLines(sections, layout);
}

/** What a plan would create on the host, and whether it goes again. */
export function footprintText(plan: Plan, layout: Layout): string {
  if (plan.footprint.length === 0) return "Nothing is created on the host.\n";
  return rowLines([footprintRows(plan, layout)], layout);
}

function footprintRows({ footprint }: Plan, layout: Layout): Row[] {
  return footprint.map(({ path, type, stays, origin }) => ({
    front: "",
    text: `creates ${type} ${escapeText(path)}, which ${stays ? "stays" : "is removed again"}`,
    place: placeText(layout, origin),
  }));
}

interface Said {
  readonly label: string;
  readonly value: string;
  readonly origin: Origin;
}

function labelled(all: readonly Said[], layout: Layout): Row[] {
  const names = all.map(({ label }) => escapeText(label));
  const width = Math.min(Math.max(0, ...names.map((name) => name.length)), 30);
  return all.map(({ value, origin }, index) => ({
    front: `${paint(layout, "dim", (names[index] ?? "").padEnd(width))}  `,
    text: escapeText(value),
    place: placeText(layout, origin),
  }));
}

const GUARDS = {
  mask: ["hidden by sbx", "what it keeps for itself, and git's"],
  protect: ["kept read-only", "what a later run would read"],
  pin: ["pinned", "directories that lead to what is hidden or read-only: they can't be renamed away"],
} as const;

/** What sbx adds, and what was left out: a line for each kind. */
function foldedRows(nodes: readonly OutlineNode[], layout: Layout): Row[] {
  const row = (label: string, text: string): Row => ({
    front: `${paint(layout, "dim", label.padEnd(14))}  `,
    text,
    place: "",
  });
  const guards = (Object.keys(GUARDS) as (keyof typeof GUARDS)[]).flatMap((kind) => {
    const count = nodes.filter(({ guard }) => guard === kind).length;
    const [label, why] = GUARDS[kind];
    return count === 0 ? [] : [row(label, `${places(count)}: ${why}`)];
  });
  const skipped = nodes.filter((node) => node.skipped);
  const left =
    skipped.length === 0
      ? []
      : [row("left out", `${skipped.map(({ path }) => escapeText(path)).join(" ")} (not on this host)`)];
  const all = [...guards, ...left];
  return all.length === 0 ? [] : [...all, row("", "sbx plan --all lists each of them")];
}

const places = (count: number): string => (count === 1 ? "1 place" : `${count} places`);
