import { isAbsolute, normalise, parentOf } from "../model/path.ts";
import type { Place } from "../model/source.ts";
import type { Identity, ObjectType } from "./made.ts";
import { nameOf } from "./make-place.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { isFreshName } from "./run-directory.ts";
import { UNDO_KINDS, type Undo, type UndoKind } from "./undo.ts";

/** A line of a journal; intents are numbered from 1. The first line is the owner's, all others come as they come. */
export type JournalRecord =
  | { readonly is: "owner"; readonly owner: ProcessIdentity }
  | { readonly is: "process"; readonly pid: number; readonly start: string }
  | { readonly is: "intent"; readonly number: number; readonly undo: Omit<Undo, "made"> }
  | { readonly is: "made"; readonly number: number; readonly made: Identity }
  /** Nothing was made after all. */
  | { readonly is: "dropped"; readonly number: number }
  /** Undone, or left alone for good. */
  | { readonly is: "settled"; readonly number: number }
  /** The owner does nothing more about it: others may try what failed. */
  | { readonly is: "ended" };

/** What a journal says is still to be done. */
export interface JournalContent {
  readonly owner: ProcessIdentity;
  /** Whether the owner has given it up. */
  readonly ended: boolean;
  /** First processes of the sandbox, which may still live. */
  readonly processes: readonly { readonly pid: number; readonly start: string }[];
  readonly open: readonly { readonly number: number; readonly undo: Undo }[];
  /** How many bytes the whole lines have; what follows was being written when the run was killed. */
  readonly length: number;
}

/** Why a journal can't be understood. */
export interface Broken {
  readonly broken: string;
}

const VERSION = 1;

/** A record as a line. */
export function journalLine(record: JournalRecord): string {
  return `${JSON.stringify(plain(record))}\n`;
}

function plain(record: JournalRecord): object {
  switch (record.is) {
    case "owner":
      return { version: VERSION, ...record.owner };
    case "process":
      return { process: record.pid, start: record.start };
    case "intent": {
      const { kind, path, type, time, parent, spot } = record.undo;
      const { file, line, column } = spot;
      const place = { file, line, column };
      return { intent: record.number, kind, path, type, time, parent: parent && plainIdentity(parent), spot: place };
    }
    case "made":
      return { made: record.number, ...plainIdentity(record.made) };
    case "dropped":
      return { dropped: record.number };
    case "settled":
      return { settled: record.number };
    case "ended":
      return { ended: true };
  }
}

const plainIdentity = ({ dev, ino, born }: Identity) => ({
  dev: String(dev),
  ino: String(ino),
  ...(born !== undefined && { born: String(born) }),
});

/** Reads a journal. `runDirectory` is where it lies, which decides what may be removed with everything in it. */
export function parseJournal(bytes: Buffer, runDirectory: string): JournalContent | Broken {
  const length = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, length).toString("utf8").split("\n").slice(0, -1);
  const processes: { pid: number; start: string }[] = [];
  const open = new Map<number, Undo>();
  let owner: ProcessIdentity | undefined;
  let ended = false;
  let intents = 0;
  for (const [index, line] of lines.entries()) {
    const record = parseRecord(line, runDirectory);
    if (typeof record === "string") return { broken: `line ${index + 1}: ${record}` };
    if ((record.is === "owner") !== (index === 0)) return { broken: `line ${index + 1}: not expected there` };
    const undo = "number" in record ? open.get(record.number) : undefined;
    switch (record.is) {
      case "owner":
        owner = record.owner;
        break;
      case "process":
        processes.push({ pid: record.pid, start: record.start });
        break;
      case "intent":
        if (record.number !== ++intents) return { broken: `line ${index + 1}: numbered wrongly` };
        open.set(record.number, { ...record.undo, made: undefined });
        break;
      case "made":
        if (!undo || undo.made) return { broken: `line ${index + 1}: about no intent` };
        open.set(record.number, { ...undo, made: record.made });
        break;
      case "dropped":
      case "settled":
        if (!open.delete(record.number)) return { broken: `line ${index + 1}: about no intent` };
        break;
      case "ended":
        ended = true;
        break;
    }
  }
  if (owner === undefined) return { broken: "it is empty" };
  const entries = [...open].map(([number, undo]) => ({ number, undo }));
  return { owner, ended, processes, open: entries, length };
}

/**
 * Whether a run may ask for this. With everything in it only what lies in its directory, or has a name that nobody
 * else gives, is ever removed, and only in its directory anything is unmounted: a journal is not believed more than that.
 */
export function isAllowed({ kind, path, type }: Omit<Undo, "made">, runDirectory: string): boolean {
  if (!isPath(path) || (kind !== "remove-empty" && type !== "directory")) return false;
  if (kind === "remove-empty" || kind === "remove-cgroup" || parentOf(path) === runDirectory) return true;
  return kind === "remove-tree" && isFreshName(nameOf(path), runDirectory);
}

type Fields = Readonly<Record<string, unknown>>;

/** A record, or what is wrong with the line. */
function parseRecord(line: string, runDirectory: string): JournalRecord | string {
  const fields = objectIn(line);
  if (!fields) return "not a record";
  if ("version" in fields) {
    if (fields.version !== VERSION) return `version ${JSON.stringify(fields.version)}, which this sbx doesn't know`;
    const owner = ownerIn(fields);
    return owner ? { is: "owner", owner } : "no owner";
  }
  if ("process" in fields) {
    const { process: pid, start } = fields;
    return isPid(pid) && isDigits(start) ? { is: "process", pid, start } : "no process";
  }
  if ("intent" in fields) {
    const undo = undoIn(fields);
    if (!isCount(fields.intent) || !undo) return "no intent";
    return isAllowed(undo, runDirectory)
      ? { is: "intent", number: fields.intent, undo }
      : "it asks for the removal of what no run makes";
  }
  const made = identityIn(fields);
  if (isCount(fields.made) && made) return { is: "made", number: fields.made, made };
  if (isCount(fields.dropped)) return { is: "dropped", number: fields.dropped };
  if (isCount(fields.settled)) return { is: "settled", number: fields.settled };
  if (fields.ended === true) return { is: "ended" };
  return "not a record";
}

function undoIn({ kind, path, type, time, parent, spot }: Fields): Omit<Undo, "made"> | undefined {
  const place = placeIn(spot);
  const directory = parent === undefined ? undefined : isObject(parent) ? identityIn(parent) : "wrong";
  if (!isKind(kind) || !isType(type) || !isText(path) || !isCount(time) || !place || directory === "wrong") {
    return undefined;
  }
  if (parent !== undefined && directory === undefined) return undefined;
  return { kind, path, type, time, parent: directory, spot: place };
}

function ownerIn({ pid, start, boot, pidns, timens }: Fields): ProcessIdentity | undefined {
  if (!isPid(pid) || !isDigits(start) || !isText(boot) || !isText(pidns) || !isText(timens)) return undefined;
  return { pid, start, boot, pidns, timens };
}

function identityIn({ dev, ino, born }: Fields): Identity | undefined {
  if (!isDigits(dev) || !isDigits(ino) || !(born === undefined || isDigits(born))) return undefined;
  return { dev: BigInt(dev), ino: BigInt(ino), ...(born !== undefined && { born: BigInt(born) }) };
}

function placeIn(value: unknown): Place | undefined {
  if (!isObject(value)) return undefined;
  const { file, line, column } = value;
  return isText(file) && isNatural(line) && isNatural(column) ? { file, line, column } : undefined;
}

function objectIn(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const isDigits = (value: unknown): value is string => isText(value) && /^\d{1,20}$/.test(value);
const isNatural = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const isCount = (value: unknown): value is number => isNatural(value) && value > 0;
// Not that of the first process, nor those by which kill(2) means many.
const isPid = (value: unknown): value is number => isNatural(value) && value > 1;
const isKind = (value: unknown): value is UndoKind => UNDO_KINDS.some((kind) => kind === value);
const TYPES: readonly ObjectType[] = ["directory", "file", "fifo"];
const isType = (value: unknown): value is ObjectType => TYPES.some((type) => type === value);
const isPath = (value: unknown): value is string =>
  isText(value) && isAbsolute(value) && normalise(value) === value && value !== "/" && !value.includes("\0");
