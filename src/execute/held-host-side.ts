import { mkdirSync } from "node:fs";
import type { WantedLock } from "../model/invocation.ts";
import { below } from "../model/path.ts";
import type { Step } from "../model/plan.gen.ts";
import type { Problem, Spot } from "../model/problem.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import { inside, withDirectory } from "./directory.ts";
import type { HostEnvironment } from "./environment.ts";
import { createHostSide, type HostSide, type Stoppable } from "./host-side.ts";
import { isIoError, reasonOf } from "./io-error.ts";
import { createJournal } from "./journal.ts";
import { keeperMark, startKeeper } from "./keeper.ts";
import { undoKilledRuns } from "./killed-runs.ts";
import { makeOnRecord } from "./make-place.ts";
import { inheritable, openDescriptors } from "./open-descriptors.ts";
import { noKeeper, notMade } from "./problems.ts";
import { lockRoot, type RootLock } from "./root-lock.ts";

/** What is held for several runs. */
export interface HostSideWishes {
  readonly prepare: readonly Step[];
  readonly lock?: WantedLock;
  readonly environment: HostEnvironment;
  /** A command that undoes what is left when this process ends without {@link HeldHostSide.undo}. */
  readonly cleaner?: readonly string[];
  /** Aborted when waiting for a server is not worth it any more. */
  readonly hurry?: AbortSignal;
}

/** A host side that outlives single runs. */
export interface HeldHostSide extends Pick<HostSide, "places" | "deaths" | "undo"> {
  /** What could not be undone of earlier, killed runs. */
  readonly left: readonly Problem[];
  /** Makes a path for a socket, with a directory of its own, which goes with the host side. */
  socketPath(name: string, spot: Spot): string | Problem;
  hold(place: string, path: string, held: Stoppable): void;
}

/** How {@link holdHostSide} fails: everything that was done is undone. */
export interface NotHeld {
  readonly problems: readonly Problem[];
}

/** Makes what a plan needs on the host, for as many runs as may come. What earlier killed runs left is undone first. */
export async function holdHostSide(wishes: HostSideWishes): Promise<HeldHostSide | NotHeld> {
  const { prepare, environment, cleaner, hurry } = wishes;
  const journal = createJournal(environment);
  const side = createHostSide({ journal, environment, ...(hurry && { hurry }) });
  const inherited = inheritable(openDescriptors());
  const keeper = startKeeper({ mark: keeperMark(), terminal: undefined, cleaner, environment, inherited });
  let lock: RootLock | undefined;
  const undo = async (): Promise<Problem[]> => {
    try {
      return await side.undo();
    } finally {
      lock?.release();
      lock = undefined;
      keeper?.dismiss();
    }
  };
  const fail = async (problem: Problem): Promise<NotHeld> => ({ problems: [problem, ...(await undo())] });
  if (keeper === undefined) return fail(noKeeper({}, DEFAULT_ORIGIN));
  const left = await undoKilledRuns(environment);
  const locked = wishes.lock && lockRoot(wishes.lock);
  if (locked && "rule" in locked) return fail(locked);
  lock = locked;
  try {
    const failed = await side.perform(prepare);
    if (failed) return await fail(failed);
  } catch (error) {
    await undo();
    throw error;
  }

  const socketPath = (name: string, spot: Spot): string | Problem => {
    const run = journal.runDirectory();
    if (typeof run !== "string") return run;
    const path = below(run, name);
    try {
      withDirectory(run, (opened) => {
        const intent = journal.intend({ kind: "remove-tree", path, type: "directory", spot });
        makeOnRecord(opened, path, intent, () => mkdirSync(inside(opened, name), 0o700));
      });
      return below(path, "socket");
    } catch (error) {
      if (!isIoError(error)) throw error;
      return notMade({ path, type: "directory", at: path, reason: reasonOf(error) }, spot);
    }
  };
  return { places: side.places, deaths: side.deaths, left, hold: side.hold, socketPath, undo };
}
