import { closeSync } from "node:fs";
import type { Problem, Spot } from "../../model/problem.ts";
import { openDirectory } from "../directory.ts";
import { isIoError, reasonOf } from "../io-error.ts";
import type { Journal } from "../journal.ts";
import { notMade } from "../problems.ts";
import { makeCopiesDirectory } from "./copies-directory.ts";
import { type Copy, copyBatch } from "./copy-batch.ts";
import { findCopyProgram } from "./copy-program.ts";
import type { Cursor } from "./cursor.ts";
import { keepDirectory } from "./kept-directory.ts";
import { closeOriginals, type Original, openOriginals } from "./open-originals.ts";
import { createPace } from "./pace.ts";
import { noCopyProgram } from "./problems.ts";
import { putInPlace } from "./put-in-place.ts";
import type { Linked } from "./survey.ts";
import { reach } from "./within-reach.ts";

/** What copying shares with the other steps of a run. */
export interface CopyOptions {
  readonly journal: Pick<Journal, "runDirectory" | "freshName" | "intend">;
  /** Aborted when the run is to end. */
  readonly hurry?: AbortSignal | undefined;
}

/** The files to copy, and where they are. */
export interface Found {
  readonly linked: readonly Linked[];
  /** Stands in the tree at `path`. */
  readonly cursor: Cursor;
  readonly path: string;
}

// Descriptors of twice that many files are open at once; the program that copies them is started as often.
const BATCH = 256;

/** Exchanges files for copies of their own: while some are copied, those before them are put in place. */
export async function copyAll(found: Found, spot: Spot, options: CopyOptions): Promise<Problem | undefined> {
  const { linked, cursor } = found;
  const { hurry } = options;
  const isInReach = reach();
  const pace = createPace(hurry);
  let bench: Bench | undefined;
  let begun: Begun | undefined;
  const begin = (opened: readonly Original[], number: number): Begun | Problem => {
    const originals = opened.filter((original) => isInReach(original.before, original.opened));
    const made = originals.length === 0 ? undefined : (bench ?? makeBench(found.path, spot, options));
    if (made === undefined) return { opened, target: undefined, copies: Promise.resolve([]) };
    if ("rule" in made) return made;
    bench = made;
    const target = made.targets[number % 2 === 0 ? 0 : 1];
    const copies = copyBatch(originals, { program: made.program, target, cursor, spot, hurry });
    // Whoever waits for it hears of it, but perhaps not at once.
    copies.catch(() => {});
    return { opened, target, copies };
  };
  const finish = async ({ opened, target, copies }: Begun): Promise<Problem | undefined> => {
    try {
      const made = await copies;
      if ("rule" in made) return made;
      if (target !== undefined) putInPlace(made, cursor, target);
      return undefined;
    } finally {
      closeOriginals(opened);
    }
  };
  try {
    for (let number = 0; number * BATCH < linked.length; number++) {
      const opened = openOriginals(cursor, linked.slice(number * BATCH, (number + 1) * BATCH));
      const next = begin(opened, number);
      if ("rule" in next) {
        closeOriginals(opened);
        return next;
      }
      const last = begun;
      begun = next;
      const problem = last && (await finish(last));
      if (problem) return problem;
      await pace.pause();
    }
    const last = begun;
    begun = undefined;
    return last && (await finish(last));
  } finally {
    if (begun) {
      await begun.copies.catch(() => {});
      closeOriginals(begun.opened);
    }
    bench?.remove();
  }
}

/** Files that are being copied. */
interface Begun {
  readonly opened: readonly Original[];
  readonly target: number | undefined;
  readonly copies: Promise<Copy[] | Problem>;
}

/** Where copies are made, and by what. */
interface Bench {
  readonly program: string;
  /** Taken in turn: copies of one batch have the names of another's. */
  readonly targets: readonly [number, number];
  remove(): void;
}

function makeBench(path: string, spot: Spot, { journal }: CopyOptions): Bench | Problem {
  const program = findCopyProgram();
  if (program === undefined) return noCopyProgram({ program: "cp", reason: "it is not there" }, spot);
  const run = journal.runDirectory();
  if (typeof run !== "string") return run;
  const top = openDirectory(path);
  const giveBack = keepDirectory(top);
  const end = () => {
    giveBack();
    closeSync(top);
  };
  try {
    const copies = makeCopiesDirectory(top, path, journal, spot);
    const remove = () => {
      copies.remove();
      end();
    };
    return { program, targets: copies.targets, remove };
  } catch (error) {
    end();
    if (!isIoError(error)) throw error;
    const at = error.path ?? path;
    return notMade({ path: at, type: "directory", at, reason: reasonOf(error) }, spot);
  }
}
