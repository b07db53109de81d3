import { type Node, nodeAt, type Source } from "../model/node.ts";
import type { KeyRoute, Place } from "../model/source.ts";

/** Whether a file of the project (or something that it extends, built-ins excepted) wrote a value. */
export const isForeign = ({ file }: Pick<Place, "file">): boolean =>
  !file.startsWith("builtin:") && file !== "default" && file !== "command-line";

/**
 * Whether a file of the project decided a value: it wrote it, or it says what a parameter is that a built-in's entry
 * is made of (`extends: node` with `params: {cache: ~/.ssh}`).
 */
export function foreignTo(sources: readonly Source[]): (origin: Place & { readonly route: KeyRoute }) => boolean {
  const changed = foreignParams(sources);
  return (origin) => {
    if (isForeign(origin)) return true;
    const root = sources.find(({ file }) => file === origin.file)?.root;
    if (root === undefined || changed.size === 0) return false;
    const written = [...origin.route.map(String), ...textsOf(nodeAt(root, origin.route))];
    return written.some((text) =>
      [...text.matchAll(/\$\{([A-Za-z0-9_-]+)/g)].some(([, name = ""]) => changed.has(name)),
    );
  };
}

/** The parameters that files of the project declare, anew perhaps. */
function foreignParams(sources: readonly Source[]): Set<string> {
  const declared = sources.filter(isForeign).flatMap(({ root }) => {
    const params = nodeAt(root, ["params"]);
    return params?.kind === "map" ? params.entries.map(({ key }) => key.text) : [];
  });
  return new Set(declared);
}

function textsOf(node: Node | undefined): string[] {
  switch (node?.kind) {
    case undefined:
      return [];
    case "scalar":
      return [node.text];
    case "list":
      return node.items.flatMap(textsOf);
    case "map":
      return node.entries.flatMap(({ key, value }) => [key.text, ...textsOf(value)]);
  }
}
