import { escapeText, type Origin, widthOf } from "../index.ts";
import { type Layout, paint, placeText } from "./explain-rows.ts";

/** Comments that stand for origins until the lines are laid out; nothing in the text can look like one. */
export interface Markers {
  marked(index: number): string;
  /** The text before the marker of a line, and its number. */
  read(line: string): { readonly text: string; readonly index: number } | undefined;
}

export function markersFor(yaml: string): Markers {
  let token = "~";
  while (yaml.includes(token)) token += "~";
  return {
    marked: (index) => `${token}${index}`,
    read(line) {
      const at = line.lastIndexOf(`#${token}`);
      if (at < 0) return undefined;
      return { text: line.slice(0, at).replace(/(?<=\S) $/, ""), index: Number(line.slice(at + 1 + token.length)) };
    },
  };
}

/** A key whose value takes lines of its own: YAML allows a comment behind it. */
const OPEN = /^\s*(- )*("([^"\\]|\\.)*"|'([^']|'')*'|[^\s"'#][^"'#]*):( \{\}| \[\])?$/;
/** Further right nobody looks for the place. */
const WIDEST = 120;

interface Line {
  readonly text: string;
  readonly origin: Origin | undefined;
}

/** YAML with the origin of each entry behind it, one below the other; above it where the line is too long for that. */
export function withOrigins(
  yaml: string,
  { origins, markers }: { readonly origins: readonly Origin[]; readonly markers: Markers },
  layout: Layout,
): string {
  const lines = linesOf(yaml.replace(/\n$/, "").split("\n"), markers, origins);
  const places = lines.map(({ origin }) => (origin === undefined ? "" : `# ${originText(origin, layout)}`));
  const longest = Math.max(0, ...places.map(widthOf));
  const most = Math.min(layout.width ?? WIDEST, WIDEST);
  const entries = lines.filter(({ origin }) => origin !== undefined);
  const needed = entries.map(({ text }) => widthOf(text) + 2 + longest);
  // A line that is too long anyway does not push the others' places away.
  const edge = Math.max(0, ...needed.filter((width) => width <= most));
  const column = edge - longest;
  const shown = lines.map(({ text }, index) => {
    const place = places[index] ?? "";
    if (place === "") return text;
    const free = Math.max(1, column - widthOf(text));
    const isBeside = widthOf(text) + free + widthOf(place) <= Math.max(edge, layout.width ?? edge);
    const dim = paint(layout, "dim", place);
    // Behind a line that nothing may stand behind there is no text: its origin has a line of its own.
    if (text.trim() === "") return `${text}${dim}`;
    return isBeside ? `${text}${" ".repeat(free)}${dim}` : `${/^ */.exec(text)?.[0] ?? ""}${dim}\n${text}`;
  });
  return `${shown.join("\n")}\n`;
}

function linesOf(rows: readonly string[], markers: Markers, origins: readonly Origin[]): Line[] {
  const lines: Line[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? "";
    const found = markers.read(row);
    if (found === undefined) {
      lines.push({ text: row, origin: undefined });
      continue;
    }
    const origin = origins[found.index];
    const next = rows[index + 1] ?? "";
    const isAbove = found.text.trim() === "" && OPEN.test(next);
    lines.push({ text: isAbove ? next : found.text, origin });
    if (isAbove) index += 1;
  }
  return lines;
}

const originText = (origin: Origin, layout: Layout): string =>
  `${placeText(layout, origin)}${origin.flag === undefined ? "" : ` (flag set ${escapeText(origin.flag)})`}`;
