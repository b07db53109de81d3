import {
  closeSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { UsageError } from "./usage-error.ts";

/**
 * Puts a text in the place of another one that was read before: all of it or nothing, with the file's mode and owner. What
 * somebody has changed meanwhile is left as it is: throws a {@link UsageError}.
 */
export function replaceText(file: string, before: string, after: string): void {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}`);
  let made = false;
  try {
    const { mode, uid, gid, nlink } = lstatSync(file);
    // A new file would leave the other names with the old text.
    if (nlink > 1) throw new Error("it has further names (hard links)");
    const fd = openSync(temporary, "wx", mode & 0o777);
    made = true;
    try {
      writeFileSync(fd, after);
      if (uid !== process.geteuid?.() || gid !== process.getegid?.()) fchownSync(fd, uid, gid);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (readFileSync(file, "utf8") !== before) throw new Error("it was changed meanwhile; try again");
    renameSync(temporary, file);
    made = false;
  } catch (error) {
    throw new UsageError(`${file} is left as it was: ${error instanceof Error ? error.message : error}`);
  } finally {
    if (made) rmSync(temporary, { force: true });
  }
}
