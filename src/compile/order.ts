import { ancestors } from "../model/path.ts";

/** Parents before children, otherwise as declared; what stands at one path keeps its order. */
export function parentsFirst<T>(items: readonly T[], at: (item: T) => string): T[] {
  const byPath = new Map<string, T[]>();
  for (const item of items) {
    const here = byPath.get(at(item));
    if (here === undefined) byPath.set(at(item), [item]);
    else here.push(item);
  }
  const ordered: T[] = [];
  const emit = (path: string): void => {
    const here = byPath.get(path);
    if (here === undefined) return;
    ordered.push(...here);
    byPath.delete(path);
  };
  for (const item of items) {
    const path = at(item);
    if (!byPath.has(path)) continue;
    for (const parent of ancestors(path)) emit(parent);
    emit(path);
  }
  return ordered;
}
