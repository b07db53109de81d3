import { closeSync, fstatSync, ftruncateSync, writeSync } from "node:fs";
import { isWithin, parentOf } from "../model/path.ts";
import type { Problem, Spot } from "../model/problem.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import { withDirectory } from "./directory.ts";
import type { Times } from "./directory-times.ts";
import type { HostEnvironment } from "./environment.ts";
import { ioError, isIoError, naming, reasonOf } from "./io-error.ts";
import { isAllowed, type JournalRecord, journalLine } from "./journal-file.ts";
import { type Identity, identityOf, type ObjectType, type Seen } from "./made.ts";
import { leftBehind, linkOnTheWay, notRemoved } from "./problems.ts";
import { ownIdentity, startOf } from "./process-identity.ts";
import { removeRunDirectory } from "./remove-run-directory.ts";
import { freshName, JOURNAL, makeRunDirectory, type RunDirectory } from "./run-directory.ts";
import { type Attempted, type Undo, type UndoKind, undoAll } from "./undo.ts";

/** What is about to be made, and how it is to be undone. */
export interface Intended {
  readonly kind: UndoKind;
  /** Absolute, without links. With `remove-tree` in the run directory, or with a name of `freshName`. */
  readonly path: string;
  readonly type: ObjectType;
  /** Who asked for it. */
  readonly spot: Spot;
}

/** Something that is on record before it is made. To be followed by exactly one of these. */
export interface Intent {
  /**
   * It was made; what fstat or lstat say of it, as bigints, says best which object it is. With the times of its
   * directory that one gets its own back.
   */
  made(found: Seen, times?: Times): void;
  /** Nothing was made after all. */
  dropped(): void;
}

/**
 * What a run does on the host, on record before it is done, so that whoever comes after a killed run can undo it. On
 * disk only from the first thing on that needs it: a run that makes nothing touches no file.
 */
export interface Journal {
  /** Nothing has been made that is to be undone. */
  readonly isEmpty: boolean;
  /** A directory for what lives as long as the run; made when it is first asked for. */
  runDirectory(): string | Problem;
  /** A name for something outside of the run directory that nobody else uses. */
  freshName(): string;
  /** On disk when this returns; an error of the operating system when it can't be. */
  intend(intended: Intended): Intent;
  /** Notes a process of the sandbox that has to be gone before anything is undone. */
  holdSandbox(pid: number): void;
  /** Undoes everything, latest first, whatever becomes of each; what fails for now stays on record. */
  undo(): Promise<Problem[]>;
}

/** The journal of a run that is about to begin. */
export function createJournal(env: HostEnvironment): Journal {
  let known: RunDirectory | Problem | undefined;
  let intents = 0;
  let names = 0;
  const open = new Map<number, Undo>();
  const processes: JournalRecord[] = [];

  const directory = (): RunDirectory | Problem => {
    known ??= makeRunDirectory(env, (file) => {
      for (const record of [{ is: "owner", owner: ownIdentity() } as const, ...processes]) append(file, record);
    });
    return known;
  };
  const place = (): RunDirectory => {
    const made = directory();
    if ("rule" in made) throw ioError("EPERM", made.message, String(made.data.path));
    return made;
  };
  // What is done can't be undone for want of a record: the directory's own removal, or a replay, comes to the same.
  const note = (record: JournalRecord) => {
    if (known && !("rule" in known)) unlessFull(known.journal, record);
  };

  return {
    get isEmpty() {
      return known === undefined || "rule" in known;
    },
    runDirectory() {
      const made = directory();
      return "rule" in made ? made : made.path;
    },
    freshName: () => freshName(place().path, ++names),
    intend({ kind, path, type, spot }) {
      const { path: run, journal } = place();
      const undo = { kind, path, type, spot, parent: identityAt(parentOf(path)), time: Date.now() };
      if (!isAllowed(undo, run)) throw new Error(`not a thing that a run may undo: ${kind} ${path}`);
      const number = intents + 1;
      naming(path, () => append(journal, { is: "intent", number, undo }));
      intents = number;
      open.set(number, { ...undo, made: undefined });
      return {
        made(found, times) {
          const made = identityOf(found);
          open.set(number, { ...undo, made, ...(times && !isWithin(run, parentOf(path)) && { times }) });
          note({ is: "made", number, made });
        },
        dropped() {
          open.delete(number);
          note({ is: "dropped", number });
        },
      };
    },
    holdSandbox(pid) {
      const start = startOf(pid);
      if (start === undefined) return;
      const record = { is: "process", pid, start } as const;
      if (known === undefined) processes.push(record);
      else note(record);
    },
    async undo() {
      if (known === undefined || "rule" in known) return [];
      const scene = { runDirectory: known.path, sameBoot: true };
      const entries = [...open].map(([number, undo]) => ({ number, undo }));
      const attempted = await undoAll(entries, scene, (number) => note({ is: "settled", number }));
      const problems = attempted.filter((each) => !isToldOf(attempted, each)).flatMap(asProblems);
      if (attempted.some(({ undone }) => undone.state === "failed")) note({ is: "ended" });
      else problems.push(...remove(known));
      closeSync(known.journal);
      known = undefined;
      return problems;
    },
  };
}

/** Writes a record behind the others: all of it, or nothing. */
export function append(journal: number, record: JournalRecord): void {
  const bytes = Buffer.from(journalLine(record));
  const before = fstatSync(journal).size;
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(journal, bytes, written);
  } catch (error) {
    ftruncateSync(journal, before);
    throw error;
  }
}

/** Writes a record where it can be done without. */
export function unlessFull(journal: number, record: JournalRecord): void {
  try {
    append(journal, record);
  } catch (error) {
    if (!isIoError(error)) throw error;
  }
}

function identityAt(path: string): Identity | undefined {
  try {
    return withDirectory(path, (directory) => identityOf(fstatSync(directory, { bigint: true })));
  } catch (error) {
    if (!isIoError(error)) throw error;
    return undefined;
  }
}

/** A directory that is not empty because something stays in it of which a problem tells already. */
const isToldOf = (attempted: readonly Attempted[], { undo, undone }: Attempted): boolean =>
  undone.state === "kept" &&
  undone.because === "not-empty" &&
  attempted.some(
    (other) => other.undo !== undo && other.undone.state === "kept" && isWithin(undo.path, other.undo.path),
  );

function asProblems({ undo: { path, spot }, undone }: Attempted): Problem[] {
  switch (undone.state) {
    case "removed":
    case "gone":
      return [];
    case "kept": {
      const { isDirectory } = undone;
      return [leftBehind({ path, why: WHY[undone.because], isDirectory }, spot)];
    }
    case "link":
      return [linkOnTheWay({ path, link: undone.link }, spot)];
    case "failed":
      return [notRemoved({ path, reason: undone.reason }, spot)];
  }
}

const WHY = {
  "not-the-same": "something else stands there now",
  "not-empty": "it is no longer empty",
  unsure: "nobody can tell whether it is the same",
} as const;

function remove(run: RunDirectory): Problem[] {
  try {
    removeRunDirectory(run, JOURNAL);
    return [];
  } catch (error) {
    if (!isIoError(error)) throw error;
    return [notRemoved({ path: run.path, reason: reasonOf(error) }, DEFAULT_ORIGIN)];
  }
}
