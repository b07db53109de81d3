import { mkdirSync, mkdtempSync } from "node:fs";
import { below } from "../model/path.ts";
import type { ScratchStep, Step } from "../model/plan.gen.ts";
import type { Problem, Spot } from "../model/problem.ts";
import { inside, withDirectory } from "./directory.ts";
import { isIoError, naming, reasonOf } from "./io-error.ts";
import type { Made } from "./made.ts";
import { makePlace, nameOf, noteMade, type Wanted } from "./make-place.ts";
import { linkOnTheWay, notMade } from "./problems.ts";
import type { RunDirectory } from "./run-directory.ts";
import type { Undo } from "./undo.ts";

/** The steps that this version can do. */
export type DoableStep = Extract<Step, { readonly kind: "make-directory" | "make-file" | "mount-point" | "scratch" }>;

/** Whether this version can do a step. */
export const canDo = (step: Step): step is DoableStep =>
  step.kind === "make-directory" || step.kind === "make-file" || step.kind === "mount-point" || step.kind === "scratch";

/** What the steps of one run share. */
export interface Preparation {
  /** How to undo what was done so far, in the order in which it was done. */
  readonly undos: Undo[];
  /** The real path of each `{run}/NAME`. */
  readonly places: Map<string, string>;
  readonly runDirectory: RunDirectory;
}

/** Does the steps in order and stops at the first that fails; what has been done by then is in `undos`. */
export function prepare(steps: readonly DoableStep[], preparation: Preparation): Problem | undefined {
  for (const step of steps) {
    const problem = perform(step, preparation);
    if (problem) return problem;
  }
  return undefined;
}

function perform(step: DoableStep, preparation: Preparation): Problem | undefined {
  const removeLater = (made: Made) => preparation.undos.push({ kind: "remove-empty", made, spot: step.origin });
  const stays = () => {};
  switch (step.kind) {
    case "make-directory":
      return make(step.path, { type: "directory", mode: Number.parseInt(step.mode, 8) }, step.origin, stays);
    case "make-file":
      return make(step.path, { type: "file", mode: 0o644 }, step.origin, stays);
    case "mount-point":
      // The modes that bwrap gives to those it makes itself.
      return make(step.path, { type: step.type, mode: step.type === "file" ? 0o444 : 0o755 }, step.origin, removeLater);
    case "scratch":
      return makeScratch(step, preparation);
  }
}

function make(path: string, wanted: Wanted, spot: Spot, onMade: (made: Made) => void): Problem | undefined {
  return asProblem(path, wanted.type, spot, () => makePlace(path, wanted, onMade));
}

/** In the run directory under the name that the plan gave it; elsewhere under a fresh one. */
function makeScratch(step: ScratchStep, { undos, places, runDirectory }: Preparation): Problem | undefined {
  const parent = step.below ?? runDirectory.path();
  if (typeof parent !== "string") return parent;
  const makeIn = (directory: number) => {
    if (step.below !== undefined) return nameOf(mkdtempSync(inside(directory, "sbx-")));
    mkdirSync(inside(directory, nameOf(step.path)), 0o700);
    return nameOf(step.path);
  };
  return asProblem(step.below ?? step.path, "directory", step.origin, () =>
    withDirectory(parent, (directory) => {
      const path = below(
        parent,
        naming(parent, () => makeIn(directory)),
      );
      noteMade(directory, path, "directory", (made) => undos.push({ kind: "remove-tree", made, spot: step.origin }));
      places.set(step.path, path);
    }),
  );
}

function asProblem(path: string, type: Wanted["type"], spot: Spot, action: () => void): Problem | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!isIoError(error)) throw error;
    const at = error.path ?? path;
    if (error.code === "ELOOP") return linkOnTheWay({ path, link: at }, spot);
    return notMade({ path, type, at, reason: reasonOf(error) }, spot);
  }
}
