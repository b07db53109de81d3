import { fstatSync } from "node:fs";
import type { Problem } from "../model/problem.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import { holdProcess } from "./first-process.ts";
import { releaseJournal } from "./found-journal.ts";
import { isIoError, reasonOf } from "./io-error.ts";
import { unlessFull } from "./journal.ts";
import type { JournalContent } from "./journal-file.ts";
import { linkInTheWay, notEmpty, notSure, notTheSame, notUndone, notUnmounted } from "./journal-problems.ts";
import { identityOf } from "./made.ts";
import { type ProcessIdentity, startOf } from "./process-identity.ts";
import { removeRunDirectory } from "./remove-run-directory.ts";
import { endSurvivors } from "./survivors.ts";
import { type Attempted, foresee, type UndoKind, undoAll } from "./undo.ts";

/** What became of one run directory. */
export interface Replayed {
  readonly directory: string;
  /**
   * `in-use`: of a run that lives, or nobody can tell; `foreign`: not a run directory of the caller's; `unreadable`:
   * its journal can't be understood. Those three are left alone.
   */
  readonly state: "undone" | "would-undo" | "in-use" | "foreign" | "unreadable";
  /** What was done, or would be, in this order. */
  readonly actions: readonly ReplayAction[];
  /** What stays, and why. */
  readonly problems: readonly Problem[];
}

export interface ReplayAction {
  /** `end-process`: a process of the sandbox was killed; its path is the one in /proc. */
  readonly kind: UndoKind | "end-process";
  readonly path: string;
}

/** A journal that is this process's to replay. */
export interface Claimed {
  readonly path: string;
  readonly directory: number;
  readonly file: number;
  readonly claimed: string;
  readonly content: JournalContent;
  readonly self: ProcessIdentity;
}

/** Does what a claimed journal says, as far as it is still true, and removes its run directory. */
export async function replay({ path, directory, file, claimed, content, self }: Claimed): Promise<Replayed> {
  const sameBoot = content.owner.boot === self.boot;
  const actions: ReplayAction[] = [];
  const problems: Problem[] = [];
  for (const { pid } of sameBoot ? living(content) : []) {
    problems.push(...(await endProcess(pid, content)));
    actions.push({ kind: "end-process", path: `/proc/${pid}` });
  }
  if (problems.length > 0) {
    releaseJournal(directory, claimed);
    return { directory: path, state: "in-use", actions, problems };
  }
  const settle = (number: number) => unlessFull(file, { is: "settled", number });
  const attempted = await undoAll(content.open, { runDirectory: path, sameBoot }, settle);
  for (const { undo, undone } of attempted) {
    if (undone.state === "removed") actions.push({ kind: undo.kind, path: undo.path });
    else problems.push(...asProblems({ undo, undone }));
  }
  const isDone = attempted.every(({ undone }) => undone.state !== "failed");
  const failed = isDone ? removeRun(path, directory, claimed) : undefined;
  if (failed) problems.push(failed);
  if (isDone && !failed) actions.push({ kind: "remove-tree", path });
  else releaseJournal(directory, claimed);
  return { directory: path, state: "undone", actions, problems };
}

function removeRun(path: string, directory: number, journal: string): Problem | undefined {
  try {
    removeRunDirectory({ path, identity: identityOf(fstatSync(directory, { bigint: true })) }, journal);
    return undefined;
  } catch (error) {
    if (!isIoError(error)) throw error;
    return notUndone({ path, reason: reasonOf(error) }, DEFAULT_ORIGIN);
  }
}

/** What {@link replay} would come to. */
export function rehearse(path: string, content: JournalContent, self: ProcessIdentity): Replayed {
  const sameBoot = content.owner.boot === self.boot;
  const actions: ReplayAction[] = sameBoot
    ? living(content).map(({ pid }) => ({ kind: "end-process", path: `/proc/${pid}` }))
    : [];
  const problems: Problem[] = [];
  const going = new Set<string>();
  let hasFailed = false;
  for (const { undo } of content.open.toReversed()) {
    const foreseen = foresee(undo, { runDirectory: path, sameBoot }, going);
    if (foreseen.state === "removed") {
      going.add(undo.path);
      actions.push({ kind: undo.kind, path: undo.path });
    } else problems.push(...asProblems({ undo, undone: foreseen }));
    hasFailed ||= foreseen.state === "failed";
  }
  if (!hasFailed) actions.push({ kind: "remove-tree", path });
  return { directory: path, state: "would-undo", actions, problems };
}

const living = ({ processes }: JournalContent) => processes.filter(({ pid, start }) => startOf(pid) === start);

/** The number could be another process's by now: what is held is looked at again. */
async function endProcess(pid: number, content: JournalContent): Promise<Problem[]> {
  const held = holdProcess(pid);
  try {
    return living(content).some((process) => process.pid === pid) ? await endSurvivors(held) : [];
  } finally {
    held.release();
  }
}

function asProblems({ undo: { kind, path, spot }, undone }: Attempted): Problem[] {
  switch (undone.state) {
    case "removed":
    case "gone":
      return [];
    case "kept": {
      const { because, isDirectory } = undone;
      if (because === "not-the-same") return [notTheSame({ path }, spot)];
      return [(because === "not-empty" ? notEmpty : notSure)({ path, isDirectory }, spot)];
    }
    case "link":
      return [linkInTheWay({ path, link: undone.link }, spot)];
    case "failed":
      return [(kind === "unmount" ? notUnmounted : notUndone)({ path, reason: undone.reason }, spot)];
  }
}
