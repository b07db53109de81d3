import { mkdirSync } from "node:fs";
import { below } from "../../model/path.ts";
import type { StartApiStep } from "../../model/plan.gen.ts";
import type { Problem } from "../../model/problem.ts";
import { inside, withDirectory } from "../directory.ts";
import { ioError, isIoError, reasonOf } from "../io-error.ts";
import type { Journal } from "../journal.ts";
import { makeOnRecord, nameOf } from "../make-place.ts";
import { notMade } from "../problems.ts";
import { addressTooLong } from "./problems.ts";

// unix(7): sun_path has 108 bytes, and Linux wants room for a final zero where others read the address.
const MOST_BYTES = 107;

/**
 * Makes a directory of the server's own, so that it can make what it likes beside its socket (a lock, a new socket that
 * it renames), and gives the path that the socket is to have.
 */
export function makeServerPlace(
  { name, socket, origin: spot }: StartApiStep,
  journal: Pick<Journal, "runDirectory" | "intend">,
): string | Problem {
  const run = journal.runDirectory();
  if (typeof run !== "string") return run;
  const directory = below(run, nameOf(socket));
  const path = below(directory, "socket");
  const bytes = Buffer.byteLength(path);
  if (bytes > MOST_BYTES) return addressTooLong({ name, path, bytes, most: MOST_BYTES }, spot);
  try {
    return withDirectory(run, (opened) => {
      const intent = journal.intend({ kind: "remove-tree", path: directory, type: "directory", spot });
      const make = () => mkdirSync(inside(opened, nameOf(directory)), 0o700);
      if (!makeOnRecord(opened, directory, intent, make)) throw ioError("EEXIST", "it is there already", directory);
      return path;
    });
  } catch (error) {
    if (!isIoError(error)) throw error;
    return notMade({ path: directory, type: "directory", at: directory, reason: reasonOf(error) }, spot);
  }
}
