import { escapeText } from "../report/escape.ts";

/** Makes a text that comes in pieces fit for a terminal. */
export interface Harmless {
  add(text: string): string;
  /** What was held back because its end had not come. */
  rest(): string;
}

// Styles | what acts on the cursor's own row only | text | an escape of any other kind.
const PARTS = /(\u001b\[[0-9;:]*m)|(\u001b\[[0-2]?K|[\n\r\t])|[^\u001b\n\r\t]+|\u001b/g;
// The beginning of an escape sequence of the first two kinds.
const BEGUN = /\u001b(?:\[[0-9;:]{0,64})?$/;

/**
 * A command's output on a terminal must not hide or change what stands there already, nor look like what the monitor
 * says. So styles are left out, which makes them the monitor's own mark; line ends, tabs, and what redraws the same row (a
 * progress bar) pass; every other control character is shown as sbx shows it elsewhere.
 */
export function harmless(): Harmless {
  let begun = "";
  return {
    add(text) {
      const all = begun + text;
      begun = BEGUN.exec(all)?.[0] ?? "";
      return all
        .slice(0, all.length - begun.length)
        .replace(PARTS, (part, style?: string, kept?: string) => (style ? "" : (kept ?? escapeText(part))));
    },
    rest() {
      const left = escapeText(begun);
      begun = "";
      return left;
    },
  };
}

/** A line that stands behind a label: only what would have been visible in the end, for a redrawn row hides the label. */
export function settledRow(line: string): string {
  const redrawn = line.replace(/\r+$/, "");
  return redrawn.slice(redrawn.lastIndexOf("\r") + 1).replaceAll(/\u001b\[[0-2]?K/g, "");
}
