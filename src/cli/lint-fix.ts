import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Puts a text in the place of another one that was read before: all of it or nothing, with the file's mode and owner. What
 * somebody has changed meanwhile is left as it is. Throws an Error that says why a file was left.
 */
export function replaceText(file: string, before: string, after: string): void {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}`);
  let made = false;
  try {
    const known = lstatSync(file);
    const { mode, uid, gid, nlink } = known;
    // A new file would leave the other names with the old text.
    if (nlink > 1) throw new Error("it has further names (hard links)");
    accessSync(file, constants.W_OK);
    const fd = openSync(temporary, "wx", 0o600);
    made = true;
    try {
      writeFileSync(fd, after);
      if (uid !== process.geteuid?.() || gid !== process.getegid?.()) fchownSync(fd, uid, gid);
      // Behind chown(2), which takes set-id bits away.
      fchmodSync(fd, mode & 0o7777);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (!isSame(lstatSync(file), known) || readFileSync(file, "utf8") !== before)
      throw new Error("it was changed meanwhile; try again");
    renameSync(temporary, file);
    made = false;
  } finally {
    if (made) rmSync(temporary, { force: true });
  }
}

const isSame = (a: Stats, b: Stats): boolean => a.isFile() && a.dev === b.dev && a.ino === b.ino;
