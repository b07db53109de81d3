import { createHash } from "node:crypto";
import { closeSync, lstatSync, openSync, readFileSync, renameSync, rmSync, type Stats, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Host, isUntouchedPage, type Plan, planHtml } from "../index.ts";
import { UsageError } from "./usage-error.ts";

/** A digest as policies of browsers name it: base64. */
const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64");

/** The page of a plan. */
export const pageOf = (plan: Plan, host: Host): string => planHtml(plan, host, sha256);

/** A page grows with its plan; nobody has one of this size. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Writes a page to a new file, or in place of one that sbx wrote and nobody has changed since: whatever else stands there,
 * a link included, is somebody's own. Throws a {@link UsageError} when it can't.
 */
export function writePage(file: string, text: string): void {
  const path = resolve(file);
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) create(path, text);
    else replace(path, stats, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--html ${file}: ${reason}`);
  }
}

/** Never through a link that somebody puts there meanwhile (open(2), O_EXCL). */
function create(path: string, text: string): void {
  const fd = openSync(path, "wx", 0o644);
  try {
    writeFileSync(fd, text);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

function replace(path: string, stats: Stats, text: string): void {
  const isOurs = stats.isFile() && stats.size < MOST_BYTES && isUntouchedPage(readFileSync(path, "utf8"), sha256);
  if (!isOurs) {
    throw new Error(
      "what stands there is not a page as sbx wrote it, so it is left alone; name another file, or remove it first",
    );
  }
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  create(temporary, text);
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
