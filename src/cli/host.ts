import { type Host, nodeHost } from "../index.ts";
import { UsageError } from "./usage-error.ts";

/** The machine as the command sees it: from the caller's directory, or the one named with `-C`. */
export function hostFor(directory: string | undefined): Host {
  if (directory !== undefined) {
    try {
      process.chdir(directory);
    } catch {
      throw new UsageError(`-C ${directory}: there is no such directory`);
    }
  }
  try {
    return nodeHost();
  } catch (error) {
    if (error instanceof Error && error.message.includes("uv_cwd")) {
      throw new UsageError("the current directory does not exist any more; go to another one, or name it with -C");
    }
    throw error;
  }
}
