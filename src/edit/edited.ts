import type { Edit, Item } from "../model/edit.ts";
import { child, type MapNode, type Node } from "../model/node.ts";
import type { KeyRoute, Span } from "../model/source.ts";

const NOWHERE: Span = { line: 0, column: 0, endLine: 0, endColumn: 0 };

/** What a profile says once an edit is made: the measure for its text. */
export function edited(root: MapNode, edit: Edit): MapNode {
  switch (edit.kind) {
    case "append":
      return changed(root, edit.to, (node) => ({
        kind: "list",
        span: NOWHERE,
        items: [...(node?.kind === "list" ? node.items : []), nodeOf(edit.item)],
      })) as MapNode;
    case "set":
      return changed(root, edit.at, () => nodeOf(String(edit.text))) as MapNode;
    case "remove":
      return changed(root, edit.at, () => undefined) as MapNode;
  }
}

function changed(node: Node, route: KeyRoute, change: (node: Node | undefined) => Node | undefined): Node {
  const [key, ...rest] = route;
  if (key === undefined) return change(node) ?? node;
  const inner = child(node, key);
  const after = rest.length === 0 ? change(inner) : inner && changed(inner, rest, change);
  if (node.kind === "list") {
    const items = node.items.flatMap((item, index) => (index === Number(key) ? (after ?? []) : item));
    return { ...node, items };
  }
  if (node.kind === "scalar") return node;
  const isNew = inner === undefined && after !== undefined;
  const entries = node.entries.flatMap((entry) => {
    if (entry.key.text !== String(key)) return [entry];
    return after === undefined ? [] : [{ ...entry, value: after }];
  });
  return { ...node, entries: isNew ? [...entries, { key: scalar(String(key)), value: after }] : entries };
}

function nodeOf(item: Item): Node {
  if (typeof item === "string") return scalar(item);
  const entries = Object.entries(item).map(([key, value]) => ({ key: scalar(key), value: scalar(value) }));
  return { kind: "map", span: NOWHERE, entries };
}

/** As the profile language writes it: a `${` that stands for itself is escaped. */
const scalar = (text: string) => ({ kind: "scalar", text: text.replaceAll("${", () => "$${"), span: NOWHERE }) as const;
