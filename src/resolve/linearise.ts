import { child, type MapNode, type Node, type ScalarNode, type Source } from "../model/node.ts";
import { isWithin, parentOf, relativeTo } from "../model/path.ts";
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
  readonly reference: ScalarNode | undefined;
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
      if (start >= 0) {
        const ring = branch.slice(start);
        problems.push(
          cycle(ring.map((step, turn) => ({ from: step.source, reference: ring[turn + 1]?.reference ?? reference }))),
        );
      } else if (!links.some((link) => link.source.file === parent.file)) {
        visit(parentsIn(parent.root), [...branch, { source: parent, place, reference }]);
      }
    }
    links.push({ source: from, chain: branch.flatMap((step) => step.place ?? []) });
  };

  visit([...parentsIn(source.root), ...parentsIn(variant)], [{ source, place: undefined, reference: undefined }]);
  return { value: links, problems };
}

/** The entries of an `extends`: one name, or a list. */
function parentsIn(node: Node | undefined): readonly ScalarNode[] {
  const parents = child(node, "extends");
  if (parents?.kind === "scalar") return [parents];
  return parents?.kind === "list" ? parents.items.filter((item) => item.kind === "scalar") : [];
}

/** An entry that leads on in a circle, and who wrote it. */
interface Turn {
  readonly from: Source;
  readonly reference: ScalarNode;
}

/** The same from whichever of its files it was met: several of them may be linted together. */
function cycle(turns: readonly Turn[]): Problem {
  const files = turns.map(({ from }) => from.file);
  const start = files.indexOf(files.toSorted()[0] ?? "");
  const ring = [...turns.slice(start), ...turns.slice(0, start)];
  const { from, reference } = ring.at(-1) as Turn;
  const directory = parentOf(files[start] ?? "");
  const names = ring.map(({ from: { file } }) => (isWithin(directory, file) ? relativeTo(directory, file) : file));
  const related = ring.slice(0, -1).map((turn, index) => ({
    ...placeOf(turn.from, turn.reference.span),
    message: `extends ${names[index + 1]}`,
  }));
  return extendsCycle({ chain: [...names, names[0] ?? ""] }, spotOf(from, reference.span), related);
}
