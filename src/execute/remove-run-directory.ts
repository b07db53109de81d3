import { closeSync, fstatSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { below, parentOf } from "../model/path.ts";
import { inside, itself, openBelow, withDirectory } from "./directory.ts";
import { ioError, isIoError } from "./io-error.ts";
import { identityOf, isSame, standingAt } from "./made.ts";
import { nameOf } from "./make-place.ts";
import { removeTree } from "./remove-tree.ts";
import type { RunDirectory } from "./run-directory.ts";

/**
 * Removes a run directory with whatever is in it. The journal goes last: while it is there somebody else can go on.
 * What is gone already is fine; throws when something else stands there.
 */
export function removeRunDirectory({ path, identity }: Omit<RunDirectory, "journal">, journal: string): void {
  const name = nameOf(path);
  unlessGone(() =>
    withDirectory(parentOf(path), (base) => {
      const directory = openBelow(base, name, path);
      try {
        const found = fstatSync(directory, { bigint: true });
        if (!isSame(identity, identityOf(found))) throw ioError("ESTALE", "something else stands there now", path);
        for (const entry of readdirSync(itself(directory))) {
          if (entry !== journal) removeEntry(directory, entry, below(path, entry), found.dev);
        }
        unlessGone(() => unlinkSync(inside(directory, journal)));
      } finally {
        closeSync(directory);
      }
      rmdirSync(inside(base, name));
    }),
  );
}

function removeEntry(directory: number, name: string, path: string, device: bigint): void {
  const found = standingAt(directory, name);
  if (found?.isDirectory() && found.dev !== device) throw ioError("EXDEV", "something is mounted there", path);
  unlessGone(() => (found?.isDirectory() ? removeTree(directory, name, path) : unlinkSync(inside(directory, name))));
}

function unlessGone(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!isIoError(error) || error.code !== "ENOENT") throw error;
  }
}
