import { below, components, parentOf } from "../model/path.ts";
import { MAX_LINKS } from "../model/realpath.ts";
import { ABSENT } from "./content.ts";
import type { Standing, Walk } from "./standing.ts";

/** What looking through links needs to know of a tree. */
interface Ground {
  /** What stands at exactly this path. */
  look(path: string): Standing;
  /** Whether a path leads through no link, nor up again: then what it finds stands at the path itself. */
  isPlain(path: string, last: boolean): boolean;
}

/** Finds what stands at a path as a process inside does: links are followed, in the last component when asked. */
export const walker =
  ({ look, isPlain }: Ground) =>
  (path: string, { last } = { last: true }): Walk => {
    if (isPlain(path, last)) return walked(look(path), NONE, NONE);
    const pending = components(path);
    const links: Standing[] = [];
    const left: string[] = [];
    let current = "/";
    let broken = false;
    let unsure = false;
    for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
      if (name === "" || name === ".") continue;
      if (name === "..") {
        // The kernel goes up only from what is there; the text alone says where that would have led.
        const { type } = look(current);
        broken ||= type !== "directory" && type !== "unknown";
        unsure ||= type === "unknown";
        left.push(current);
        current = parentOf(current);
        continue;
      }
      const standing = look(below(current, name));
      const target = standing.type === "link" && (last || pending.length > 0) ? standing.target : undefined;
      if (target === undefined) {
        current = standing.path;
        continue;
      }
      links.push(standing);
      if (links.length > MAX_LINKS) return { ...walked(standing, links, left), loop: true };
      if (target.startsWith("/")) current = "/";
      pending.unshift(...target.split("/"));
    }
    const found = look(current);
    if (unsure && !broken) return { ...walked(found, links, left), type: "unknown" };
    if (!broken) return walked(found, links, left);
    const { path: to, mount, decidedBy } = found;
    return { ...ABSENT, path: to, mount, decidedBy, links, left, loop: false };
  };

const NONE: readonly never[] = [];

const walked = (found: Standing, links: readonly Standing[], left: readonly string[]): Walk => ({
  ...found,
  links,
  left,
  loop: false,
});
