import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** A tree to the byte: every name with what lstat says of it (times of last access apart) and what is in it. */
export function picture(directory: string): Record<string, string> {
  const found: Record<string, string> = {};
  const look = (path: string, name: string): void => {
    const { mode, uid, gid, nlink, size, mtimeNs, ctimeNs, ino, rdev } = lstatSync(path, { bigint: true });
    const type = Number(mode) & 0o170000;
    const content =
      type === 0o100000
        ? createHash("sha256").update(readFileSync(path)).digest("hex")
        : type === 0o120000
          ? readlinkSync(path)
          : "";
    found[name] = [mode.toString(8), uid, gid, nlink, size, mtimeNs, ctimeNs, ino, rdev, content].join(" ");
    if (type !== 0o040000) return;
    for (const entry of readdirSync(path).sort()) look(join(path, entry), name === "" ? entry : `${name}/${entry}`);
  };
  look(directory, "");
  return found;
}
