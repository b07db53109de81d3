import { spawnSync } from "node:child_process";
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/**
 * Puts a text in the place of another one that was read before: all of it or nothing, with the file's mode, owner, access
 * control lists and extended attributes. What somebody has changed meanwhile is left as it is. Throws an Error that says
 * why a file was left.
 */
export function replaceText(file: string, before: string, after: string): void {
  const temporary = join(dirname(file), `.sbx-fix-${process.pid}`);
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
      copyAttributes(file, fd);
      ftruncateSync(fd);
      writeFileSync(fd, after);
      if (uid !== process.geteuid?.() || gid !== process.getegid?.()) keepOwner(fd, uid, gid);
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

/**
 * Node knows no extended attributes, in which access control lists are kept, too (acl(5), xattr(7)); cp(1) of GNU does. Both
 * files are handed to it open: no name is looked up again. Where there is another cp, mode and owner have to do.
 */
function copyAttributes(file: string, to: number): void {
  const from = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { error, status, stderr } = spawnSync("cp", ["--preserve=all", "--", "/dev/fd/4", "/dev/fd/3"], {
      stdio: ["ignore", "ignore", "pipe", to, from],
      env: { PATH: process.env.PATH, LC_ALL: "C" },
      encoding: "utf8",
    });
    const isOther = error !== undefined || /(unrecognized|unknown|invalid|illegal) option/.test(stderr);
    if (status !== 0 && !isOther) throw new Error(`its attributes can't be kept: ${stderr.trim()}`);
  } finally {
    closeSync(from);
  }
}

function keepOwner(fd: number, uid: number, gid: number): void {
  try {
    fchownSync(fd, uid, gid);
  } catch {
    throw new Error(`it belongs to user ${uid} and group ${gid}, which you can't give it back to`);
  }
}

const isSame = (a: Stats, b: Stats): boolean => a.isFile() && a.dev === b.dev && a.ino === b.ino;
