import { chmodSync, mkdirSync } from "node:fs";
import { below } from "../model/path.ts";
import type { ScratchStep, Step } from "../model/plan.gen.ts";
import type { Problem, Spot } from "../model/problem.ts";
import { inside, withDirectory } from "./directory.ts";
import { ioError, isIoError, naming, reasonOf } from "./io-error.ts";
import type { Journal } from "./journal.ts";
import { makeOnRecord, makePlace, nameOf, type Wanted } from "./make-place.ts";
import { linkOnTheWay, notMade } from "./problems.ts";

/** The steps that make files and directories. */
export type PlaceStep = Extract<Step, { readonly kind: "make-directory" | "make-file" | "mount-point" | "scratch" }>;

/** What the steps of one run share. */
export interface Preparation {
  /** What is to be undone is put on record there before it is done. */
  readonly journal: Pick<Journal, "runDirectory" | "freshName" | "intend">;
  /** The real path of each `{run}/NAME`. */
  readonly places: Map<string, string>;
}

/** Makes one place; what is to be undone of it is in the journal before. */
export function preparePlace(step: PlaceStep, preparation: Preparation): Problem | undefined {
  const { path, origin: spot } = step;
  switch (step.kind) {
    case "make-directory": {
      const wanted = { type: "directory", mode: Number.parseInt(step.mode, 8) } as const;
      return asProblem(path, "directory", spot, () => makePlace(path, wanted, () => undefined));
    }
    case "make-file":
      return asProblem(path, "file", spot, () => makePlace(path, { type: "file", mode: 0o644 }, () => undefined));
    case "mount-point": {
      const { journal } = preparation;
      const directory = journal.runDirectory();
      if (typeof directory !== "string") return directory;
      // The modes that bwrap gives to those it makes itself.
      const wanted = { type: step.type, mode: step.type === "file" ? 0o444 : 0o755 };
      return asProblem(path, step.type, spot, () =>
        makePlace(path, wanted, (place, type) => journal.intend({ kind: "remove-empty", path: place, type, spot })),
      );
    }
    case "scratch":
      return makeScratch(step, preparation);
  }
}

// Names of an earlier run's, or somebody's mischief.
const ATTEMPTS = 100;

/** In the run directory under the name that the plan gave it; elsewhere under a fresh one. */
function makeScratch(step: ScratchStep, { journal, places }: Preparation): Problem | undefined {
  const directory = journal.runDirectory();
  if (typeof directory !== "string") return directory;
  const parent = step.below ?? directory;
  const spot = step.origin;
  return asProblem(step.below ?? step.path, "directory", spot, () =>
    withDirectory(parent, (opened) => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const path = below(parent, step.below === undefined ? nameOf(step.path) : journal.freshName());
        const intent = journal.intend({ kind: "remove-tree", path, type: "directory", spot });
        const name = nameOf(path);
        const make = () => mkdirSync(inside(opened, name), 0o700);
        // An error speaks of the directory: that is what the author named.
        const wasMade = naming(parent, () => makeOnRecord(opened, path, intent, make));
        if (!wasMade) continue;
        // Its own directory keeps the host's other users out, so that this one can let the sandbox's users in.
        mkdirSync(inside(opened, `${name}/scratch`));
        chmodSync(inside(opened, `${name}/scratch`), 0o755);
        return void places.set(step.path, below(path, "scratch"));
      }
      throw ioError("EEXIST", "no name is free", parent);
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
