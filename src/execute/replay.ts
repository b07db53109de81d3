import { closeSync, fstatSync, ftruncateSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { below } from "../model/path.ts";
import type { Problem } from "../model/problem.ts";
import { DEFAULT_ORIGIN } from "../model/source.ts";
import { inside, itself, openDirectory } from "./directory.ts";
import {
  claimJournal,
  type FoundJournal,
  findJournal,
  openJournal,
  readJournal,
  releaseJournal,
} from "./found-journal.ts";
import { isIoError, reasonOf } from "./io-error.ts";
import type { JournalContent } from "./journal-file.ts";
import { elsewhere, foreign, unreadable } from "./journal-problems.ts";
import { judge, ownIdentity, type ProcessIdentity, type Verdict } from "./process-identity.ts";
import { type Replayed, rehearse, replay } from "./replay-run.ts";
import {
  JOURNAL,
  JOURNAL_BEGUN,
  RUN_PREFIX,
  type RunHost,
  runBase,
  thisHost,
  whyNotOurs,
  withRunBase,
} from "./run-directory.ts";

export type { ReplayAction, Replayed } from "./replay-run.ts";

/** How journals are replayed. */
export interface ReplayOptions {
  /** Only look what would be done. */
  readonly dryRun: boolean;
}

/** Undoes what runs of this user that were killed have left on this machine. */
export async function replayJournals(env: RunHost["env"], options: ReplayOptions): Promise<Replayed[]> {
  const base = runBase(thisHost(env));
  // The common case: nothing was ever made.
  if (lstatSync(base, { throwIfNoEntry: false }) === undefined) return [];
  const names = withRunBase(base, (directory) => readdirSync(itself(directory)).sort());
  if ("rule" in names) return [{ directory: base, state: "foreign", actions: [], problems: [names] }];
  const replayed: Replayed[] = [];
  for (const name of names) {
    if (name.startsWith(RUN_PREFIX)) replayed.push(...(await replayRun(below(base, name), options)));
  }
  return replayed;
}

/** None when it went away meanwhile. */
async function replayRun(path: string, options: ReplayOptions): Promise<Replayed[]> {
  let directory: number | undefined;
  try {
    directory = openDirectory(path);
    return await replayIn(directory, path, options);
  } catch (error) {
    if (!isIoError(error)) throw error;
    if (error.code === "ENOENT") return [];
    if (directory === undefined) return isForeign(path, error.code === "ELOOP" ? "it is a link" : reasonOf(error));
    return isUnreadable(path, JOURNAL, reasonOf(error));
  } finally {
    if (directory !== undefined) closeSync(directory);
  }
}

async function replayIn(directory: number, path: string, { dryRun }: ReplayOptions): Promise<Replayed[]> {
  const why = whyNotOurs(directory);
  if (why !== undefined) return isForeign(path, why);
  const found = findJournal(directory);
  if (found === "unbegun") return removeUnbegun(directory, path, dryRun);
  if (typeof found === "string") return isForeign(path, found);

  const file = openJournal(directory, found.name, !dryRun);
  if (file === undefined) return left(path, "in-use");
  if (typeof file !== "number") return isUnreadable(path, found.name, file.broken);
  try {
    const content = readJournal(file, path);
    if ("broken" in content) return isUnreadable(path, found.name, content.broken);
    const self = ownIdentity();
    const verdict = verdictOn(found, content, self);
    if (verdict === "alive") return left(path, "in-use");
    if (verdict === "elsewhere") return left(path, "in-use", elsewhere({ directory: path }, DEFAULT_ORIGIN));

    if (dryRun) return [rehearse(path, content, self)];
    const claimed = claimJournal(directory, found.name, self);
    if (claimed === undefined) return left(path, "in-use");
    // Whoever wrote it may have lived when it was read.
    const last = readJournal(file, path);
    if ("broken" in last) {
      releaseJournal(directory, claimed);
      return isUnreadable(path, JOURNAL, last.broken);
    }
    ftruncateSync(file, last.length);
    return [await replay({ path, directory, file, claimed, content: last, self })];
  } finally {
    closeSync(file);
  }
}

const left = (path: string, state: Replayed["state"], ...problems: Problem[]): Replayed[] => [
  { directory: path, state, actions: [], problems },
];

const isForeign = (path: string, why: string): Replayed[] =>
  left(path, "foreign", foreign({ directory: path, why }, DEFAULT_ORIGIN));

const isUnreadable = (path: string, name: string, reason: string): Replayed[] =>
  left(path, "unreadable", unreadable({ path: below(path, name), directory: path, reason }, DEFAULT_ORIGIN));

function verdictOn({ claimer }: FoundJournal, content: JournalContent, self: ProcessIdentity): Verdict {
  const verdict = judge(claimer ?? content.owner, self);
  return verdict === "alive" && claimer === undefined && content.ended ? "dead" : verdict;
}

/** Whether an empty directory has had something in it: one that was only made is as old as its last change (inode(7)). */
function hasHeld(directory: number): boolean {
  const { mtimeNs, birthtimeNs } = fstatSync(directory, { bigint: true });
  return mtimeNs > birthtimeNs;
}

/** A run directory without a journal: nothing was made yet, and whoever is making it makes another one. */
function removeUnbegun(directory: number, path: string, dryRun: boolean): Replayed[] {
  const actions = [{ kind: "remove-empty", path } as const];
  if (dryRun) return [{ directory: path, state: "would-undo", actions, problems: [] }];
  try {
    const names = readdirSync(itself(directory));
    const isUndone = names.length === 0 && hasHeld(directory);
    for (const name of names) {
      if (name === JOURNAL_BEGUN) unlinkSync(inside(directory, name));
    }
    rmdirSync(path);
    // Who took the journal away has undone what it said, and is about to tell so.
    if (isUndone) return [];
    return [{ directory: path, state: "undone", actions, problems: [] }];
  } catch (error) {
    // Somebody else was faster, or it has a journal by now.
    if (isIoError(error)) return [];
    throw error;
  }
}
