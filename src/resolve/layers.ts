import type { MapNode } from "../model/node.ts";
import type { KeyRoute, Place } from "../model/source.ts";
import { fields } from "./fields.ts";
import type { Link } from "./linearise.ts";
import type { Author } from "./spot.ts";
import type { Variant } from "./variant.ts";

/** A layer before anything in it is replaced: a mapping of a file, and how it came to be used. */
export interface WrittenLayer {
  readonly source: Author;
  readonly node: MapNode;
  /** The keys that lead to it from the top of its file. */
  readonly route: KeyRoute;
  readonly chain: readonly Place[];
  readonly flag?: string;
  /** What was typed on the command line has been through a shell: `${` means just that. */
  readonly literal?: boolean;
}

/** The layers that files make: each file, and the governing one's variant behind it. */
export function fileLayers(links: readonly Link[], variant: Variant | undefined): readonly WrittenLayer[] {
  const layers = links.map(({ source, chain }) => ({ source, node: source.root, route: [], chain }));
  const governing = layers.at(-1);
  if (!governing || !variant) return layers;
  return [...layers, { ...governing, node: variant.node, route: ["profiles", variant.name] }];
}

/** The command line as a layer; its relative paths start from where the caller stands. */
export const commandLineLayer = (node: MapNode, cwd: string): WrittenLayer => ({
  source: { file: "command-line", directory: cwd },
  node,
  route: [],
  chain: [],
  literal: true,
});

/** Without what is a file's own, such as `tests`, and what has been dealt with, such as `extends`. */
export const fragmentOf = ({ node }: WrittenLayer): MapNode => ({
  ...node,
  entries: node.entries.filter(({ key }) => Object.hasOwn(fields, key.text)),
});
