import { escapePattern } from "../model/pattern.ts";

/** A text after its variables were replaced. */
export interface Text {
  readonly plain: string;
  /** The same where patterns are read: what came from the host is escaped with backslashes, so that it matches itself. */
  readonly pattern: string;
  /** Its beginning came from the host: a `~` there is a character like any other. */
  readonly inert: boolean;
}

/** What an author wrote (or typed on the command line): patterns and a leading `~` mean what they say. */
export const authorText = (text: string): Text => ({ plain: text, pattern: text, inert: false });

/** What the machine said: it stands for itself, whatever is in it. */
export const hostText = (text: string): Text => ({ plain: text, pattern: escapePattern(text), inert: true });

/** One text after the other. */
export function joinTexts(texts: readonly Text[]): Text {
  return {
    plain: texts.map((text) => text.plain).join(""),
    pattern: texts.map((text) => text.pattern).join(""),
    inert: texts.find((text) => text.plain !== "")?.inert ?? false,
  };
}
