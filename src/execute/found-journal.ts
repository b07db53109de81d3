import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, renameSync } from "node:fs";
import { inside, itself } from "./directory.ts";
import { isIoError, reasonOf } from "./io-error.ts";
import { type Broken, type JournalContent, parseJournal } from "./journal-file.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { JOURNAL, JOURNAL_BEGUN } from "./run-directory.ts";

/** A journal that lies in somebody's run directory. */
export interface FoundJournal {
  readonly name: string;
  /** Who is about to undo what it says; undefined while it is its owner's. */
  readonly claimer: ProcessIdentity | undefined;
}

// A name can be missing from a list, or stand there twice, while somebody renames it.
const LOOKS = 3;

/** The journal of a run directory; `unbegun` when nothing is there yet, else why there is none. */
export function findJournal(directory: number): FoundJournal | "unbegun" | string {
  let why = "";
  for (let look = 0; look < LOOKS; look++) {
    const names = readdirSync(itself(directory));
    if (names.every((name) => name === JOURNAL_BEGUN)) return "unbegun";
    const [found, ...more] = names.flatMap((name) => journalNamed(name) ?? []);
    if (found && more.length === 0) return found;
    why = found ? "there are several journals in it" : "there is no journal in it";
  }
  return why;
}

/** The journal that a file name stands for; undefined when it is no journal's. */
function journalNamed(name: string): FoundJournal | undefined {
  if (name === JOURNAL) return { name, claimer: undefined };
  const [, pid = "", start = "", boot = "", pidns = "", timens = ""] = CLAIM.exec(name) ?? [];
  return pid === "" ? undefined : { name, claimer: { pid: Number(pid), start, boot, pidns, timens } };
}

const CLAIM = /^claim\.(\d{1,10})\.(\d{1,20})\.([\w-]*)\.(\d*)\.(\d*)$/;

const claimName = ({ pid, start, boot, pidns, timens }: ProcessIdentity): string =>
  `claim.${[pid, start, boot, pidns, timens].join(".")}`;

/** Longer than any run's; a journal is data that may come from anywhere. */
const LONGEST = 16 * 1024 * 1024;

// A FIFO in its place is not to hold anybody up.
const READ = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Opens a journal; undefined when it is gone, somebody else's now. */
export function openJournal(directory: number, name: string, write: boolean): number | Broken | undefined {
  const access = write ? constants.O_RDWR | constants.O_APPEND : constants.O_RDONLY;
  let file: number;
  try {
    file = openSync(inside(directory, name), access | READ);
  } catch (error) {
    if (!isIoError(error)) throw error;
    if (error.code === "ENOENT") return undefined;
    return { broken: error.code === "ELOOP" ? "it is a symbolic link" : reasonOf(error) };
  }
  const why = whyNotBelieved(file);
  if (why === undefined) return file;
  closeSync(file);
  return { broken: why };
}

function whyNotBelieved(file: number): string | undefined {
  const found = fstatSync(file);
  if (!found.isFile()) return "it is no file";
  if (found.uid !== process.getuid?.()) return `it belongs to user ${found.uid}`;
  if ((found.mode & 0o022) !== 0) return "others can write to it";
  if (found.nlink > 1) return "it has another name elsewhere";
  return found.size > LONGEST ? "it is too long" : undefined;
}

/** What an open journal says, from its first line on. */
export function readJournal(file: number, runDirectory: string): JournalContent | Broken {
  const bytes = Buffer.alloc(fstatSync(file).size);
  let length = 0;
  while (length < bytes.length) {
    const read = readSync(file, bytes, length, bytes.length - length, length);
    if (read === 0) break;
    length += read;
  }
  return parseJournal(bytes.subarray(0, length), runDirectory);
}

/**
 * Takes a journal over, so that of several who find it one alone undoes what it says; undefined when somebody else
 * was faster. The new name says who, so that whoever finds a claimer dead can take it over in turn.
 */
export function claimJournal(directory: number, name: string, self: ProcessIdentity): string | undefined {
  const claimed = claimName(self);
  try {
    renameSync(inside(directory, name), inside(directory, claimed));
    return claimed;
  } catch (error) {
    if (isIoError(error) && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Gives a claimed journal back, for others to try again what failed; one that is gone already is fine. */
export function releaseJournal(directory: number, claimed: string): void {
  try {
    renameSync(inside(directory, claimed), inside(directory, JOURNAL));
  } catch (error) {
    if (!isIoError(error) || error.code !== "ENOENT") throw error;
  }
}
