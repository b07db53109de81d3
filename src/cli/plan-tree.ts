import { escapeText, type OutlineAccess, type OutlineNode, widthOf } from "../index.ts";
import { type Layout, paint, placeText, type Style } from "./explain-rows.ts";
import { columns, type Row } from "./plan-rows.ts";
import type { PlanTextOptions } from "./plan-text.ts";

interface Line {
  /** The guides that lead to it. */
  readonly guide: string;
  readonly names: readonly string[];
  readonly node: OutlineNode;
}

/** The sandbox as a tree, a line for each place; without `all`, what sbx guards and what was left out is folded away. */
export function treeRows(root: OutlineNode, layout: Layout, { all }: PlanTextOptions): Row[] {
  const [shown = root] = all ? [root] : without(root, ({ guard, skipped }) => guard !== undefined || skipped);
  const drawn = lines(shown, all);
  // A long name must not push everything else to the right.
  const widest = layout.width === undefined ? 46 : Math.max(24, Math.floor(layout.width / 2));
  const named = drawn.map((line) => ({ ...line, name: label(line.names, widest - columns(line.guide)) }));
  const left = Math.min(widest, Math.max(...named.map(({ guide, name }) => columns(guide) + widthOf(name))));
  return named.map(({ guide, name, names, node }) => {
    const pad = " ".repeat(Math.max(0, left - columns(guide) - widthOf(name)));
    const strong = node.path === "/" || node.children.length > 0 ? paint(layout, "bold", name) : name;
    return {
      front: `${paint(layout, "dim", guide)}${strong}${pad}  ${paint(layout, STYLES[node.access], node.access.padEnd(6))}  `,
      text: words(node, names.length > 1),
      place: placeText(layout, node.origin),
    };
  });
}

const STYLES: Readonly<Record<OutlineAccess, Style>> = {
  rw: "rw",
  cow: "rw",
  ro: "ro",
  masked: "masked",
  device: "device",
  link: "dim",
  absent: "absent",
};

/** One of the four links that every /dev has says as much as all of them. */
function words({ what, access }: OutlineNode, together: boolean): string {
  const text = together && access === "link" && what.startsWith("→ /proc/self/fd/") ? "→ /proc/self/fd" : what;
  return escapeText(text);
}

/** The tree without some nodes; what lies below them moves up, and ways that no longer part are joined again. */
function without(node: OutlineNode, isHidden: (node: OutlineNode) => boolean): readonly OutlineNode[] {
  const children = node.children.flatMap((child) => without(child, isHidden));
  const stays = node.path === "/" || !(isHidden(node) || (node.plain && children.length < 2));
  if (stays) return [{ ...node, children }];
  return children.map((child) => ({ ...child, name: `${node.name}/${child.name}` }));
}

function lines(root: OutlineNode, all: boolean): Line[] {
  const drawn: Line[] = [{ guide: "", names: [root.name], node: root }];
  const below = (node: OutlineNode, guide: string): void => {
    const groups = all ? node.children.map((child) => [child] as const) : alike(node.children);
    for (const [index, group] of groups.entries()) {
      const isLast = index === groups.length - 1;
      const [first] = group;
      drawn.push({ guide: `${guide}${isLast ? "└ " : "├ "}`, names: group.map(({ name }) => name), node: first });
      below(first, `${guide}${isLast ? "  " : "│ "}`);
    }
  };
  below(root, "");
  return drawn;
}

type Group = readonly [OutlineNode, ...OutlineNode[]];

/** Neighbours of which the same is said, by the same line or by none, on one; what has something below it stays alone. */
function alike(nodes: readonly OutlineNode[]): Group[] {
  const groups = new Map<string, Group>();
  for (const node of nodes) {
    const { access, type, origin } = node;
    const isAlone = node.children.length > 0;
    const key = isAlone ? node.path : JSON.stringify([access, type, words(node, true), origin.file, origin.line]);
    const before = groups.get(key);
    groups.set(key, before === undefined ? [node] : [...before, node]);
  }
  return [...groups.values()];
}

/** As many names as there is room for, at least one, and how many more there are. */
function label(names: readonly string[], room: number): string {
  const texts = names.map(escapeText);
  const short = (count: number) =>
    count === texts.length ? texts.join(" ") : `${texts.slice(0, count).join(" ")} … ${texts.length - count} more`;
  let count = texts.length;
  while (count > 1 && widthOf(short(count)) > room) count -= 1;
  return short(count);
}
