import type { Severity } from "../model/problem.ts";

type Style = Severity | "dim" | "bold";

const CODES: Readonly<Record<Style, string>> = {
  error: "1;31",
  warning: "1;33",
  info: "1;36",
  dim: "2",
  bold: "1",
};

/** Paints a text for a terminal. */
export type Paint = (style: Style, text: string) => string;

/** The paint that does what `color` says: colours, or nothing. */
export const painter = (color: boolean): Paint =>
  color ? (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m` : (_, text) => text;
