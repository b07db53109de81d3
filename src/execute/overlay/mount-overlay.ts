import { closeSync, mkdirSync } from "node:fs";
import { UPPER, WORK } from "../../model/overlay.ts";
import { below } from "../../model/path.ts";
import type { MountOverlayStep } from "../../model/plan.gen.ts";
import type { Problem } from "../../model/problem.ts";
import { isMountPoint, unmountTop } from "../backing/unmount.ts";
import { inside, openBelow, withDirectory } from "../directory.ts";
import { isIoError, naming, reasonOf } from "../io-error.ts";
import type { Intent, Journal } from "../journal.ts";
import { standingAt } from "../made.ts";
import { makeOnRecord, nameOf } from "../make-place.ts";
import { type FuseHelper, startFuse } from "./fuse.ts";
import { mountKernelOverlay } from "./kernel.ts";
import { makeParts } from "./parts.ts";
import { layerDied, layerLeft, notMounted } from "./problems.ts";

/** What mounting shares with the other steps of a run. */
export interface OverlayScene {
  readonly journal: Pick<Journal, "runDirectory" | "intend" | "holdSandbox">;
  /** The real path of each `{run}/NAME`. */
  readonly places: Map<string, string>;
  /** The descriptors above 2 that a program started from here would inherit. */
  readonly inherited: readonly number[];
  /** Aborted when waiting is not worth it any more. */
  readonly hurry?: AbortSignal | undefined;
}

/** A view that stands. */
export interface MountedOverlay {
  /** Resolves when what makes it has ended by itself. */
  readonly died: Promise<Problem>;
  /** Takes it down, so that all that was written lies in the layer. */
  stop(): Promise<Problem[]>;
}

/** The parts of a view, by their real paths. */
export interface OverlayParts {
  readonly lower: string;
  readonly upper: string;
  readonly work: string;
  /** The mount point. */
  readonly point: string;
}

// No destination's name has that in it: a percent sign stands before a number there.
const LAYER_SUFFIX = "%layer";

/** Mounts a copy-on-write view on a fresh directory of the run's. */
export async function mountOverlay(step: MountOverlayStep, scene: OverlayScene): Promise<MountedOverlay | Problem> {
  const { source, by, keep, origin } = step;
  const run = scene.journal.runDirectory();
  if (typeof run !== "string") return run;
  const name = nameOf(step.path);
  const path = below(run, name);
  const refuse = (reason: string) => notMounted({ source, by, reason }, origin);
  let intent: Intent | undefined;
  try {
    const layer = keep ?? makeLayer(below(run, name + LAYER_SUFFIX), run, step, scene);
    // On record before there is a directory: from then on whoever mounts could be killed, or we, at any moment.
    intent = scene.journal.intend({ kind: "unmount", path, type: "directory", spot: origin });
    withDirectory(run, (parent) => naming(path, () => mkdirSync(inside(parent, name), 0o700)));
    const parts = { lower: source, upper: below(layer, UPPER), work: below(layer, WORK), point: path };
    const made = await mountParts(parts, step, scene);
    const stands = withDirectory(run, (parent) => isMountPoint(parent, name, path));
    if (!stands) {
      intent.dropped();
      return refuse(typeof made === "string" ? made : "nothing is mounted");
    }
    withDirectory(run, (parent) => {
      const found = standingAt(parent, name);
      if (found) intent?.made(found);
    });
    if (typeof made === "string") return refuse(made);
    scene.places.set(step.path, path);
    return mounted(step, path, run, made);
  } catch (error) {
    intent?.dropped();
    if (!isIoError(error)) throw error;
    return refuse(error.path === undefined ? reasonOf(error) : `${error.path}: ${reasonOf(error)}`);
  }
}

/** The reason when it came to nothing. */
async function mountParts(
  parts: OverlayParts,
  { by, keep, program }: MountOverlayStep,
  scene: OverlayScene,
): Promise<FuseHelper | undefined | string> {
  if (by === "kernel") return mountKernelOverlay(parts, { isKept: keep !== undefined });
  if (program === undefined) throw new Error("the step names no fuse-overlayfs");
  return startFuse(parts, { ...scene, program });
}

/** A layer that goes with the run. */
function makeLayer(path: string, run: string, { source, origin }: MountOverlayStep, scene: OverlayScene): string {
  withDirectory(run, (parent) => {
    const intent = scene.journal.intend({ kind: "remove-tree", path, type: "directory", spot: origin });
    makeOnRecord(parent, path, intent, () => mkdirSync(inside(parent, nameOf(path)), 0o700));
    const layer = openBelow(parent, nameOf(path), path);
    try {
      makeParts(layer, path, source);
    } finally {
      closeSync(layer);
    }
  });
  return path;
}

function mounted(
  { source, origin }: MountOverlayStep,
  path: string,
  run: string,
  helper: FuseHelper | undefined,
): MountedOverlay {
  let isStopped = false;
  const died = new Promise<Problem>((resolve) => {
    void helper?.ended.then((how) => {
      if (!isStopped) resolve(layerDied({ source, how }, origin));
    });
  });
  return {
    died,
    async stop() {
      isStopped = helper?.hasEnded() !== true;
      const reasons: (string | undefined)[] = [];
      try {
        // While the helper lives: it has to write what the kernel still holds.
        reasons.push(withDirectory(run, (parent) => unmountTop(parent, nameOf(path), path)));
      } catch (error) {
        if (!isIoError(error)) throw error;
        reasons.push(reasonOf(error));
      }
      reasons.push(await helper?.end());
      return reasons.filter((reason) => reason !== undefined).map((reason) => layerLeft({ source, reason }, origin));
    },
  };
}
