import type { MapNode, Node } from "../model/node.ts";
import type { Span } from "../model/source.ts";

/** A text, and what it says. */
export interface Writing {
  readonly text: string;
  readonly root: MapNode;
}

/** A stretch of a text, by offsets, and what comes in its place. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly insert: string;
}

export const textOf = (text: string, { start, end, insert }: Change): string =>
  text.slice(0, start) + insert + text.slice(end);

/** What the line of a place ends with; where it is the last one, what the line before it does. */
export function lineEnd(text: string, offset: number): string {
  const after = text.indexOf("\n", offset);
  const end = after < 0 ? text.lastIndexOf("\n") : after;
  return end > 0 && text[end - 1] === "\r" ? "\r\n" : "\n";
}

/**
 * The end of the last line that belongs to what ends at a place: comments further in than `margin` columns are about what
 * stands above them, or are a part of it that somebody has commented out.
 */
export function withComments(text: string, stop: number, margin: number): number {
  let end = stop;
  for (let from = text.indexOf("\n", stop); from >= 0; ) {
    const to = lineStop(text, from + 1);
    const [, indent = "", mark] = /^([ \t]*)(#?)/.exec(text.slice(from + 1, to)) ?? [];
    if (mark === "#" && indent.length > margin) end = to;
    else if (to > from + 1 + indent.length || mark === "#") break;
    from = text.indexOf("\n", to);
  }
  return end;
}

/** The offset of a place; lines and columns count from 1. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let number = 1; number < line; number += 1) {
    const end = text.indexOf("\n", start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  return Math.min(text.length, start + column - 1);
}

export const startOf = (text: string, { line, column }: Span): number => offsetOf(text, line, column);
export const endOf = (text: string, { endLine, endColumn }: Span): number => offsetOf(text, endLine, endColumn);

/** Where a line begins, and where it ends: before its line end. */
export const lineStart = (text: string, offset: number): number => text.lastIndexOf("\n", offset - 1) + 1;
export function lineStop(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end < 0) return text.length;
  return text[end - 1] === "\r" && end > offset ? end - 1 : end;
}

/** Whether a list or mapping stands in brackets. */
export const isFlow = ({ text }: Writing, node: Node): boolean =>
  node.kind !== "scalar" && /[[{]/.test(text[startOf(text, node.span)] ?? "");

/** Whether what stands between two offsets is nothing but blanks. */
export const isBlank = (text: string, start: number, end: number): boolean => /^[ \t]*$/.test(text.slice(start, end));
