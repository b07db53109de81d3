import type { Host } from "./host.ts";
import type { When } from "./profile.gen.ts";
import { type RealPath, realpath } from "./realpath.ts";

/** Whether an entry's `when` holds on this host. */
export function holds(host: Host, when: When | undefined): boolean {
  if (when === undefined) return true;
  const stat = (path: string) => realpath(host, path).stat;
  if (when.exists !== undefined && stat(when.exists) === undefined) return false;
  if (when.absent !== undefined && stat(when.absent) !== undefined) return false;
  return when.empty === undefined || isEmpty(host, realpath(host, when.empty));
}

function isEmpty(host: Host, { path, stat }: RealPath): boolean {
  return stat?.type === "file" ? stat.size === 0 : host.readdir(path)?.length === 0;
}
