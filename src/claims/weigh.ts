import type { Host } from "../model/host.ts";
import type { RelatedPlace } from "../model/problem.ts";
import type { Seen } from "../model/seen.ts";
import type { Tree } from "../tree/index.ts";
import type { PathClaim } from "./claim.ts";
import { contradicts, holds } from "./judge.ts";
import { contradiction, refutations } from "./problems.ts";
import type { Answer, ClaimResult } from "./result.ts";
import { deciders, fixFor, foundWords } from "./words.ts";

/** What a claim about a path is held against. */
export interface Scene {
  readonly tree: Tree;
  readonly host: Host;
}

/** A claim about a path, by the simulation and, where it was tried, by what was found in the sandbox: both must agree. */
export function weighPath(claim: PathClaim, { tree, host }: Scene, simulated: Seen, found?: Seen): ClaimResult {
  const { kind, path, spot } = claim;
  const walk = tree.walk(path);
  const answer = (seen: Seen): Answer => ({
    holds: holds(kind, seen) ?? null,
    found: foundWords(path, seen, seen.type === "absent" ? undefined : walk.host),
  });
  const answers = { simulated: answer(simulated), tried: found && answer(found) };
  const related: readonly RelatedPlace[] = deciders(tree, path);
  if (found && contradicts(simulated, found)) {
    const data = { what: path, simulated: answers.simulated.found, found: answer(found).found };
    return { claim, ...answers, outcome: "defect", problem: contradiction(data, spot, related) };
  }
  const refuting = [answers.simulated, answers.tried].findIndex((each) => each?.holds === false);
  if (refuting >= 0) {
    const [seen, by] =
      refuting === 0 ? ([simulated, "simulation"] as const) : ([found ?? simulated, "sandbox"] as const);
    const fix = fixFor(kind, path, seen, host, tree.operations[walk.decidedBy]);
    const data = { path, found: answer(seen).found, fix, by };
    return { claim, ...answers, outcome: "fails", problem: refutations[kind](data, spot, related) };
  }
  const isKnown = [answers.simulated, answers.tried].some((each) => each?.holds === true);
  return { claim, ...answers, outcome: isKnown ? "holds" : "skipped", problem: undefined };
}
