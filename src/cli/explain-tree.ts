import { escapeText, type PathExplanation } from "../index.ts";
import { type Layout, paint, placeText } from "./explain-rows.ts";

interface Line {
  readonly indent: number;
  readonly names: readonly string[];
  readonly found: PathExplanation;
}

/** The sandbox as a tree: a line for each mount point, neighbours that are alike on one. */
export function treeText(all: readonly PathExplanation[], layout: Layout): string[] {
  const rows = merged(lines(all)).map(({ indent, names, found }) => ({
    left: `${"  ".repeat(indent)}${shortened(names)}`,
    access: found.access,
    what: what(found),
    place: placeText(layout, (ownLink(found)?.decidedBy ?? found.decidedBy)?.origin ?? NOWHERE),
  }));
  const width = layout.width ?? Number.POSITIVE_INFINITY;
  const left = Math.min(Math.max(...rows.map((row) => row.left.length)), 40);
  const what_ = Math.max(...rows.map((row) => row.what.length));
  return rows.flatMap(({ left: name, access, what, place }) => {
    const front = `${name.padEnd(left)}  ${paint(layout, access, access.padEnd(6))}  `;
    const end = Math.max(name.length, left) + 10;
    const dim = paint(layout, "dim", place);
    if (place === "") return [`${front}${what}`.trimEnd()];
    const padded = end + what_ + 2 + place.length <= width ? what.padEnd(what_) : what;
    if (end + padded.length + 2 + place.length <= width) return [`${front}${padded}  ${dim}`];
    return [`${front}${what}`, `${" ".repeat(left + 10)}${dim}`];
  });
}

const NOWHERE = { file: "default", line: 0, column: 0 };

/** Each path below the nearest one above it that has a line. */
function lines(all: readonly PathExplanation[]): Line[] {
  const above: string[] = [];
  return all.map((found) => {
    const { path } = found;
    while (above.length > 0 && !isWithin(above.at(-1) ?? "/", path)) above.pop();
    const parent = above.at(-1);
    const name = parent === undefined ? path : path.slice(parent === "/" ? 1 : parent.length + 1);
    return { indent: above.push(path) - 1, names: [name], found };
  });
}

const isWithin = (parent: string, path: string): boolean => parent === "/" || path.startsWith(`${parent}/`);

/** What one entry puts side by side, and what is said of it is the same; what has something below it stays alone. */
function merged(all: readonly Line[]): Line[] {
  const kept: Line[] = [];
  const alike = new Map<string, number>();
  for (const [index, line] of all.entries()) {
    // A line further out ends the list of its directory.
    for (const [key, at] of alike) if ((kept[at]?.indent ?? 0) > line.indent) alike.delete(key);
    const isParent = (all[index + 1]?.indent ?? 0) > line.indent;
    const key = likeness(line);
    const first = isParent ? undefined : alike.get(key);
    const before = first === undefined ? undefined : kept[first];
    if (first !== undefined && before !== undefined) {
      kept[first] = { ...before, names: [...before.names, ...line.names] };
      continue;
    }
    if (!isParent) alike.set(key, kept.length);
    kept.push(line);
  }
  return kept;
}

function likeness({ indent, found }: Line): string {
  const { access, type, decidedBy } = found;
  const link = ownLink(found);
  return JSON.stringify([indent, access, type, what(found), (link?.decidedBy ?? decidedBy)?.origin ?? ""]);
}

const MOST_NAMES = 8;

function shortened(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map(escapeText).join(" ");
  return names.length > MOST_NAMES ? `${shown} … ${names.length - MOST_NAMES} more` : shown;
}

/** The link that stands at the path itself. */
const ownLink = ({ path, links }: PathExplanation) => links.find((link) => link.path === path);

function what(found: PathExplanation): string {
  const { path, type, content, host, access, decidedBy } = found;
  const link = ownLink(found);
  // One of the four that every /dev has says as much as all of them.
  if (link?.target.startsWith("/proc/self/fd")) return "→ /proc/self/fd";
  if (link !== undefined) return `→ ${escapeText(link.target)}`;
  if (access === "masked") return `hidden ${type}`;
  switch (content) {
    case "host": {
      const words =
        decidedBy?.kind === "overlay" ? "copy on write" : decidedBy?.kind === "protect" ? "protected" : "host";
      return host === path || type === "device" ? words : `${words} ${escapeText(host ?? "")}`.trimEnd();
    }
    case "tmpfs":
      return "in memory";
    case "generated":
      return type === "socket" ? "socket of a server" : "file of the profile";
    case "proc":
      return "procfs";
    case "dev":
      return type === "directory" ? "bubblewrap's /dev" : "own";
    case "link":
    case null:
      return "";
  }
}
