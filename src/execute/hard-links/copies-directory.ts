import { closeSync, mkdirSync } from "node:fs";
import { below } from "../../model/path.ts";
import type { Spot } from "../../model/problem.ts";
import { inside, openBelow } from "../directory.ts";
import { ioError, isIoError, naming } from "../io-error.ts";
import type { Journal } from "../journal.ts";
import { makeOnRecord, nameOf } from "../make-place.ts";
import { removeTree } from "../remove-tree.ts";

/** A directory with two others, for copies that are not in place yet. */
export interface CopiesDirectory {
  readonly targets: readonly [number, number];
  remove(): void;
}

/**
 * Makes one in the tree itself: only there a rename is sure to stay on one file system and in one mount. It is on record
 * as a whole, so that ten thousand copies cost no more than one.
 */
export function makeCopiesDirectory(
  top: number,
  path: string,
  journal: Pick<Journal, "freshName" | "intend">,
  spot: Spot,
): CopiesDirectory {
  const made = below(path, journal.freshName());
  const name = nameOf(made);
  const intent = journal.intend({ kind: "remove-tree", path: made, type: "directory", spot });
  const isOurs = makeOnRecord(top, made, intent, () => mkdirSync(inside(top, name), 0o700));
  if (!isOurs) throw ioError("EEXIST", "somebody else's stands there", made);
  const directory = openBelow(top, name, made);
  const opened: number[] = [];
  const make = (inner: string): number => {
    naming(below(made, inner), () => mkdirSync(inside(directory, inner), 0o700));
    const target = openBelow(directory, inner, below(made, inner));
    opened.push(target);
    return target;
  };
  const close = () => {
    for (const descriptor of [...opened, directory]) closeSync(descriptor);
  };
  try {
    return {
      targets: [make("one"), make("two")],
      remove() {
        close();
        try {
          removeTree(top, name, made);
        } catch (error) {
          // The journal tries again, and tells.
          if (!isIoError(error)) throw error;
        }
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}
