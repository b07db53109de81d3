import { widthOf } from "../index.ts";
import { type Layout, paint, wrapped } from "./explain-rows.ts";

/** A line of a result: what begins it, what may be wrapped, and the place where it was written. */
export interface Row {
  /** May hold colours; the lines that follow are indented by its width. */
  readonly front: string;
  readonly text: string;
  readonly place: string;
}

/** Further right nobody looks for the place. */
const WIDEST = 130;

/** Sections with an empty line between; places stand at the right edge, or below where the line is too long for it. */
export function rowLines(sections: readonly (readonly Row[])[], layout: Layout): string {
  const rows = sections.flat();
  const most = Math.min(layout.width ?? WIDEST, WIDEST);
  const needed = rows.map(({ front, text, place }) => columns(front) + widthOf(text) + gap(place));
  // A line that is too long anyway does not push the others' places away.
  const edge = Math.max(0, ...needed.filter((width) => width <= most));
  const texts = sections.map((section) => section.flatMap((row) => lines(row, edge, layout)).join("\n"));
  return `${texts.filter((text) => text !== "").join("\n\n")}\n`;
}

const gap = (place: string): number => (place === "" ? 0 : 2 + widthOf(place));

function lines({ front, text, place }: Row, edge: number, layout: Layout): string[] {
  const indent = columns(front);
  const room = layout.width === undefined ? Number.POSITIVE_INFINITY : layout.width - indent;
  // A front that leaves next to nothing stands alone.
  const isNarrow = room < Math.min(16, widthOf(text));
  const under = isNarrow ? 4 : indent;
  const parts = wrapped(text, isNarrow ? (layout.width ?? 0) - under : room);
  const shown = parts.map((part, index) => (index === 0 && !isNarrow ? front : " ".repeat(under)) + part);
  if (isNarrow) shown.unshift(front);
  const whole = shown.map((line) => line.trimEnd());
  if (place === "") return whole;
  const last = whole.at(-1) ?? "";
  const dim = paint(layout, "dim", place);
  const free = edge - columns(last) - widthOf(place);
  if (free >= 2) return [...whole.slice(0, -1), `${last}${" ".repeat(free)}${dim}`];
  if (layout.width === undefined) return [...whole.slice(0, -1), `${last}  ${dim}`];
  return [...whole, `${" ".repeat(Math.max(0, edge - widthOf(place)))}${dim}`];
}

/** Columns of a text that may hold colours. */
export const columns = (text: string): number => widthOf(text.replace(COLOURS, ""));
const COLOURS = /\u001b\[[\d;]*m/g;
