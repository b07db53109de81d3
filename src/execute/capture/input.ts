import { closeSync, constants, openSync, rmSync, writeFileSync } from "node:fs";
import { below } from "../../model/path.ts";
import type { Problem } from "../../model/problem.ts";
import { DEFAULT_ORIGIN } from "../../model/source.ts";
import { isIoError, reasonOf } from "../io-error.ts";
import { captureFailed } from "./problems.ts";

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

/**
 * A descriptor to give to a command as its standard input, at the beginning of this content; the caller closes it.
 * It is a file whose name in `directory` is gone: a pipe would need somebody who writes while the command reads, and
 * Node's could not be opened anew by way of /dev/stdin.
 */
export function openInput(content: string | Uint8Array, directory: string): number | Problem {
  const path = below(directory, "stdin");
  try {
    const writer = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o400);
    try {
      writeFileSync(writer, content);
      return openSync(path, O_RDONLY | O_NOFOLLOW);
    } finally {
      closeSync(writer);
      rmSync(path, { force: true });
    }
  } catch (error) {
    if (!isIoError(error)) throw error;
    return captureFailed({ what: "input", directory, reason: reasonOf(error) }, DEFAULT_ORIGIN);
  }
}
