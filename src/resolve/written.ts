import type { ScalarNode } from "../model/node.ts";

/** A scalar whose text is no longer what its file says; a route into the file needs the latter. */
interface RewrittenScalar extends ScalarNode {
  readonly written: string;
}

/** The same scalar, at the same place, with another text. */
export function rewrite(scalar: ScalarNode, text: string): ScalarNode {
  if (text === scalar.text) return scalar;
  const rewritten: RewrittenScalar = { ...scalar, text, written: writtenText(scalar) };
  return rewritten;
}

/** What stands in the file. */
export const writtenText = (scalar: ScalarNode): string =>
  "written" in scalar ? (scalar as RewrittenScalar).written : scalar.text;
