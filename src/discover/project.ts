import type { Host } from "../model/host.ts";
import { below, isWithin } from "../model/path.ts";
import { realpath } from "../model/realpath.ts";
import { trustedFrom } from "./trusted.ts";

/**
 * `${PROJECT}` when no profile was discovered: the root of the repository around a directory (which has no links in
 * it), else that directory. Never `/`, the home directory or one above it because of a `.git` there: a dotfiles
 * repository would make the whole home directory the project.
 */
export function projectFor(start: string, host: Host): string {
  const home = realpath(host, host.home).path;
  const root = trustedFrom(start, host)
    .directories.filter((directory) => !isWithin(directory, home) && !isWithin(directory, host.home))
    .find((directory) => ["directory", "file"].includes(host.lstat(below(directory, ".git"))?.type ?? ""));
  return root ?? start;
}
