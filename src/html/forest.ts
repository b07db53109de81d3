import { ancestors, components, relativeTo } from "../model/path.ts";

/** A path in a tree of paths; directories that only lead to one other path are part of that one's name. */
export interface Branch {
  readonly path: string;
  /** From the branch above; the whole path where there is none. */
  readonly name: string;
  /** The paths from the branch above, without it, down to this one. */
  readonly way: readonly string[];
  readonly children: readonly Branch[];
}

interface Point {
  readonly path: string;
  readonly children: Map<string, Point>;
}

/** Paths as a tree: each of them, and the directories where their ways part. Siblings in the order of their names. */
export function forest(paths: Iterable<string>): Branch[] {
  const wanted = new Set(paths);
  const root: Point = { path: "/", children: new Map() };
  for (const path of wanted) {
    let point = root;
    for (const name of components(path)) {
      const above = point.path === "/" ? "" : point.path;
      const next = point.children.get(name) ?? { path: `${above}/${name}`, children: new Map() };
      point.children.set(name, next);
      point = next;
    }
  }

  function branches(point: Point, above: string | undefined): Branch[] {
    const children = [...point.children].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, child]) => child);
    if (!wanted.has(point.path) && children.length < 2) return children.flatMap((child) => branches(child, above));
    const { path } = point;
    return [
      {
        path,
        name: above === undefined ? path : relativeTo(above, path),
        way: [...ancestors(path), path].filter((on) => above === undefined || on.length > above.length),
        children: children.flatMap((child) => branches(child, path)),
      },
    ];
  }
  return branches(root, undefined);
}
