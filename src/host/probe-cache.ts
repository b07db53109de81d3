import { constants, existsSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { ancestors } from "../model/path.ts";
import { readText } from "./read-text.ts";

/** What a bwrap can do. */
export interface Probe {
  readonly file: string;
  /** As in `0.8.0`; distributions add features without changing it, so that {@link options} decide. */
  readonly version: string;
  /** Every option that its `--help` lists, sorted. */
  readonly options: readonly string[];
}

/** What tells one state of a file from every other. */
export type Stamp = string;

/**
 * What is known of a bwrap in exactly that state. The cache decides what sbx believes of bwrap, so that one that
 * somebody else could have written counts for nothing.
 */
export function readProbe(directory: string, file: string, stamp: Stamp): Probe | undefined {
  try {
    const entry = entryFor(directory, file);
    if (!isOwn(directory, "directory") || !isOwn(entry, "file")) return undefined;
    const found: unknown = JSON.parse(readText(entry, constants.O_NOFOLLOW) ?? "");
    if (!isEntry(found) || found.stamp !== stamp || found.file !== file) return undefined;
    return { file, version: found.version, options: found.options };
  } catch {
    return undefined;
  }
}

/** Keeps what was found; without a usable directory it is forgotten. */
export function writeProbe(directory: string, stamp: Stamp, probe: Probe): void {
  try {
    // Not `recursive`: where a directory can't be made (in /proc, say), Node 20 tries for ever.
    for (const place of [...ancestors(directory), directory]) {
      if (!existsSync(place)) mkdirSync(place, { mode: 0o700 });
    }
    if (!isOwn(directory, "directory")) return;
    const entry = entryFor(directory, probe.file);
    const draft = `${entry}.${process.pid}.${Date.now()}`;
    // By way of a draft, so that another run reads either the whole entry or the one before it.
    writeFileSync(draft, `${JSON.stringify({ stamp, ...probe })}\n`, { mode: 0o600, flag: "wx" });
    try {
      renameSync(draft, entry);
    } catch {
      rmSync(draft);
    }
  } catch {
    // A full or read-only disk costs time at the next run, and nothing else.
  }
}

/** One entry for each path, so that an update of bwrap replaces its entry. */
const entryFor = (directory: string, file: string): string => `${directory}/bwrap-${encodeURIComponent(file)}.json`;

/** It is the caller's, nobody else can write it, and it is no link. */
function isOwn(path: string, type: "file" | "directory"): boolean {
  const stat = lstatSync(path);
  if (stat.uid !== process.geteuid?.() || (stat.mode & 0o022) !== 0) return false;
  return type === "file" ? stat.isFile() : stat.isDirectory();
}

type Entry = Probe & { readonly stamp: Stamp };

function isEntry(found: unknown): found is Entry {
  if (typeof found !== "object" || found === null) return false;
  const { stamp, file, version, options } = found as Partial<Record<keyof Entry, unknown>>;
  const texts = [stamp, file, version].every((value) => typeof value === "string");
  return texts && Array.isArray(options) && options.every((option) => typeof option === "string");
}
