import { child, type MapNode, type Node, type ScalarNode, type Source } from "../model/node.ts";
import type { Problem, Result } from "../model/problem.ts";
import type { Place } from "../model/source.ts";
import { extendsCycle, extendsVariable } from "./problems.ts";
import { placeOf, spotOf } from "./spot.ts";

/** Loads the file that an `extends` entry names; the pipeline knows how. */
export type Lookup = (reference: string, from: Source, origin: Place) => Result<Source>;

/** A file of the chain, and the `extends` entries that led to it, outermost first. */
export interface Link {
  readonly source: Source;
  readonly chain: readonly Place[];
}

interface Step {
  readonly source: Source;
  /** The entry that led here; the governing file has none. */
  readonly place: Place | undefined;
}

/**
 * The governing file and everything it builds on, in merge order: depth first, parents as listed, each file at its
 * first occurrence. The parents of the chosen variant come after the file's own. Which files are open is kept per
 * branch, so that two parents may share one of theirs.
 */
export function linearise(source: Source, variant: MapNode | undefined, lookup: Lookup): Result<readonly Link[]> {
  const links: Link[] = [];
  const problems: Problem[] = [];

  const visit = (parents: readonly ScalarNode[], branch: readonly Step[]): void => {
    const { source: from } = branch.at(-1) as Step;
    for (const reference of parents) {
      const place = placeOf(from, reference.span);
      if (reference.text.includes("${")) {
        problems.push(extendsVariable({ reference: reference.text }, spotOf(from, reference.span)));
        continue;
      }
      const { value: parent, problems: found } = lookup(reference.text, from, place);
      problems.push(...found);
      if (parent === undefined) continue;
      const start = branch.findIndex((step) => step.source.file === parent.file);
      if (start >= 0) problems.push(cycle([...branch.slice(start), { source: parent, place }], reference));
      else if (!links.some((link) => link.source.file === parent.file)) {
        visit(parentsIn(parent.root), [...branch, { source: parent, place }]);
      }
    }
    links.push({ source: from, chain: branch.flatMap((step) => step.place ?? []) });
  };

  visit([...parentsIn(source.root), ...parentsIn(variant)], [{ source, place: undefined }]);
  return { value: links, problems };
}

/** The entries of an `extends`: one name, or a list. */
function parentsIn(node: Node | undefined): readonly ScalarNode[] {
  const parents = child(node, "extends");
  if (parents?.kind === "scalar") return [parents];
  return parents?.kind === "list" ? parents.items.filter((item) => item.kind === "scalar") : [];
}

function cycle(steps: readonly Step[], closing: ScalarNode): Problem {
  const last = steps.at(-2) as Step;
  const related = steps.slice(1, -1).flatMap(({ source, place }) => {
    return place === undefined ? [] : [{ ...place, message: `extends ${source.file}` }];
  });
  return extendsCycle({ chain: steps.map((step) => step.source.file) }, spotOf(last.source, closing.span), related);
}
