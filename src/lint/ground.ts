import { parentOf } from "../model/path.ts";
import type { Tree, Walk } from "../tree/index.ts";

/** What stands at a path of the sandbox, or the nearest directory above, in which it could be made. */
export function groundOf(path: string, tree: Tree): Walk {
  let place = tree.walk(path);
  while (place.type === "absent" && place.path !== "/") place = tree.walk(parentOf(place.path));
  return place;
}
