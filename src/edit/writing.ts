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

/** What lines end with in this text. */
export const lineEnd = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");

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
