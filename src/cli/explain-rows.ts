import { escapeText, type Place } from "../index.ts";
import { wantsColor } from "./problems.ts";

/** How a result is laid out on a terminal. */
export interface Layout {
  readonly cwd: string;
  /** Columns of the terminal; undefined where lines may be as long as they like. */
  readonly width: number | undefined;
  readonly color: boolean;
}

/** The layout for standard output. */
export const layoutFor = (cwd: string, stream: NodeJS.WriteStream = process.stdout): Layout => ({
  cwd,
  width: stream.isTTY ? stream.columns : undefined,
  color: wantsColor(stream),
});

export type Style = "rw" | "ro" | "masked" | "absent" | "device" | "dim" | "bold";

const CODES: Readonly<Record<Style, string>> = {
  rw: "33",
  ro: "32",
  masked: "31",
  absent: "90",
  device: "33",
  dim: "2",
  bold: "1",
};

export const paint = ({ color }: Layout, style: Style, text: string): string =>
  color && text !== "" ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;

const LABEL = 12;
const INDENT = 2 + LABEL;

/** A label, what there is to say, and the place it was written at: behind it, or below where that is too long. */
export function row(layout: Layout, label: string, text: string, place = ""): string[] {
  const width = layout.width ?? Number.POSITIVE_INFINITY;
  const front = `  ${paint(layout, "dim", label.padEnd(LABEL))}`;
  const lines = wrapped(text, width - INDENT);
  const last = lines.at(-1) ?? "";
  const isBeside = INDENT + last.length + 2 + place.length <= width;
  const shown = lines.map((line, index) => (index === 0 ? front : " ".repeat(INDENT)) + line);
  if (place === "") return shown.map((line) => line.trimEnd());
  const dim = paint(layout, "dim", place);
  if (isBeside) return [...shown.slice(0, -1), `${shown.at(-1)}  ${dim}`];
  const below = wrapped(place, width - INDENT - 2);
  return [...shown, ...below.map((line) => `${" ".repeat(INDENT + 2)}${paint(layout, "dim", line)}`)];
}

/** Broken between words; what has none to break at stays whole, for it is to be copied. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** `file:line:column`, the file from the current directory where it lies below; empty for what no file says. */
export function placeText({ cwd }: Layout, { file, line, column }: Place): string {
  if (line === 0) return "";
  return `${fileText(cwd, file)}:${line}:${column}`;
}

export const fileText = (cwd: string, file: string): string =>
  escapeText(cwd !== "/" && file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file);
