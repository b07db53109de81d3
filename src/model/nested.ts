import { nodeAt, type Source } from "./node.ts";
import { below, isAbsolute, normalise } from "./path.ts";

/** The profiles further in that a governing profile lets govern their own directories: absolute paths. */
export function nestedProfiles({ root, directory }: Source): readonly string[] {
  const nested = nodeAt(root, ["nested"]);
  if (nested?.kind !== "list" || directory === undefined) return [];
  return nested.items.flatMap((item) => {
    if (item.kind !== "scalar") return [];
    return [isAbsolute(item.text) ? normalise(item.text) : normalise(below(directory, item.text))];
  });
}
