import type { Step } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import type { HostEnvironment } from "./environment.ts";
import type { Journal } from "./journal.ts";
import { inheritable, openDescriptors } from "./open-descriptors.ts";
import { type PlaceStep, preparePlace } from "./prepare.ts";
import type { Server } from "./servers/index.ts";

/** What can be told to end, and may complain. */
export interface Stoppable {
  stop(): Promise<Problem[]>;
}

/** What stands on the host for a sandbox: made step by step, taken away in reverse. */
export interface HostSide {
  /** The real path of each `{run}/NAME` of the plan. */
  readonly places: ReadonlyMap<string, string>;
  /** What was told of servers that have ended by themselves so far. */
  readonly deaths: readonly Problem[];
  /** Does the steps in order and stops at the first that fails; what was done by then is undone with all else. */
  perform(steps: readonly Step[]): Promise<Problem | undefined>;
  /** Has something stopped before all that was there earlier; `place` is the `{run}/NAME` that it serves at `path`. */
  hold(place: string, path: string, held: Stoppable): void;
  /** Stops what runs, the latest first, then undoes what was made; every one, whatever becomes of the others. */
  undo(): Promise<Problem[]>;
}

/** What a host side is made with. */
export interface HostSideOptions {
  readonly journal: Journal;
  readonly environment: HostEnvironment;
  /** Places that somebody else has made and takes away. */
  readonly places?: ReadonlyMap<string, string>;
  /** Aborted when waiting for a server is not worth it any more. */
  readonly hurry?: AbortSignal;
}

/** An empty host side. */
export function createHostSide({ journal, environment, places: given = new Map(), hurry }: HostSideOptions): HostSide {
  const places = new Map(given);
  const running: Stoppable[] = [];
  const deaths: Problem[] = [];

  const performOne = async (step: Step): Promise<Problem | undefined> => {
    if (isPlaceStep(step)) return preparePlace(step, { journal, places });
    if (step.kind === "start-api") {
      const { startServer } = await import("./servers/index.ts");
      const inherited = inheritable(openDescriptors());
      const server = await startServer(step, { journal, places, environment, inherited, ...(hurry && { hurry }) });
      if ("rule" in server) return server;
      running.push(server);
      watchFor(server);
      return undefined;
    }
    if (step.kind === "copy-hard-links") {
      const { copyHardLinks } = await import("./hard-links/index.ts");
      return copyHardLinks(step, { journal, ...(hurry && { hurry }) });
    }
    if (step.kind === "keep-layer" || step.kind === "mount-overlay") {
      const { keepLayer, mountOverlay } = await import("./overlay/index.ts");
      if (step.kind === "keep-layer") return holdUnlessRefused(keepLayer(step));
      const inherited = inheritable(openDescriptors());
      const view = await mountOverlay(step, { journal, places, inherited, ...(hurry && { hurry }) });
      if (!("rule" in view)) watchFor(view);
      return holdUnlessRefused(view);
    }
    // Loaded only where it is needed: it would cost every start some time.
    const { makeNode, mountTmpfs } = await import("./backing/index.ts");
    return step.kind === "mount-tmpfs" ? mountTmpfs(step, { journal, places }) : makeNode(step, { places });
  };
  const holdUnlessRefused = (made: Stoppable | Problem): Problem | undefined => {
    if ("rule" in made) return made;
    running.push(made);
    return undefined;
  };
  const watchFor = async (server: Pick<Server, "died">) => void deaths.push(await server.died);

  return {
    places,
    deaths,
    async perform(steps) {
      for (const step of steps) {
        const problem = await performOne(step);
        if (problem) return problem;
      }
      return undefined;
    },
    hold(place, path, held) {
      places.set(place, path);
      running.push(held);
    },
    async undo() {
      const problems: Problem[] = [];
      for (const each of running.splice(0).toReversed()) problems.push(...(await each.stop()));
      return [...problems, ...(await journal.undo())];
    },
  };
}

function isPlaceStep(step: Step): step is PlaceStep {
  return ["make-directory", "make-file", "mount-point", "scratch"].includes(step.kind);
}
