import { LAYER_FILE, UPPER, WORK } from "../model/overlay.ts";
import { below } from "../model/path.ts";
import type { FootprintEntry, Step } from "../model/plan.gen.ts";

/** Every path that the steps create on the host. What bwrap makes lies in the sandbox's own tmpfs only. */
export const footprint = (steps: readonly Step[]): FootprintEntry[] => steps.flatMap(created);

function created(step: Step): readonly FootprintEntry[] {
  const { origin } = step;
  switch (step.kind) {
    case "make-directory":
      return [{ path: step.path, type: "directory", stays: true, origin }];
    case "make-file":
      return [{ path: step.path, type: "file", stays: true, origin }];
    case "mount-point":
      return [{ path: step.path, type: step.type, stays: false, origin }];
    case "scratch": {
      const path = step.below === undefined ? step.path : `${step.below}/sbx-*`;
      return [{ path, type: "directory", stays: false, origin }];
    }
    case "keep-layer":
      return [
        { path: step.path, type: "directory", stays: true, origin },
        { path: below(step.path, LAYER_FILE), type: "file", stays: true, origin },
        ...[UPPER, WORK].map((name) => ({
          path: below(step.path, name),
          type: "directory" as const,
          stays: true,
          origin,
        })),
      ];
    case "mount-overlay":
    case "mount-tmpfs":
      return [{ path: step.path, type: "directory", stays: false, origin }];
    case "make-node":
      return [{ path: step.path, type: "file", stays: false, origin }];
    case "start-api":
      return [{ path: step.socket, type: "file", stays: false, origin }];
    case "copy-hard-links":
      return [];
  }
}
