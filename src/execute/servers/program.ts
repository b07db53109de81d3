import { accessSync, constants, statSync } from "node:fs";
import { isAbsolute } from "../../model/path.ts";
import { isIoError, reasonOf } from "../io-error.ts";

/**
 * Why a program can't be started, as far as that can be told before; undefined when it can. A bare name is not looked
 * up in PATH here: that may lead into the project.
 */
export function whyUnusable(file: string): string | undefined {
  if (!isAbsolute(file)) return "is no absolute path";
  try {
    if (!statSync(file).isFile()) return "is no regular file";
    accessSync(file, constants.X_OK);
    return undefined;
  } catch (error) {
    if (!isIoError(error)) throw error;
    switch (error.code) {
      case "ENOENT":
        return "does not exist";
      case "EACCES":
        return error.syscall === "access" ? "is not executable" : "is out of reach";
      default:
        return `can't be looked at: ${reasonOf(error)}`;
    }
  }
}
