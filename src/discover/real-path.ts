import type { Host } from "../model/host.ts";
import { below, components, parentOf } from "../model/path.ts";

/** The kernel's limit on links in one look-up (path_resolution(7)). */
const MAX_LINKS = 40;

/** A host path without links, by host facts alone; from the first missing component on as written. */
export function realPath(path: string, host: Host): string {
  const pending = components(path);
  let current = "/";
  for (let links = 0; pending.length > 0; ) {
    const name = pending.shift() ?? "";
    if (name === "" || name === ".") continue;
    const next = name === ".." ? parentOf(current) : below(current, name);
    const target = links < MAX_LINKS && host.lstat(next)?.type === "link" ? host.readlink(next) : undefined;
    if (target === undefined) {
      current = next;
      continue;
    }
    links += 1;
    if (target.startsWith("/")) current = "/";
    pending.unshift(...target.split("/"));
  }
  return current;
}
