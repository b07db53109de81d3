import { realpathSync } from "node:fs";
import { isAbsolute } from "node:path";

/** Where GitHub takes names of files from, whatever directory a step works in (docs: default environment variables). */
export function checkoutOf(cwd: string): string {
  const { GITHUB_WORKSPACE: given = "" } = process.env;
  const checkout = isAbsolute(given) ? realOf(given) : cwd;
  return cwd.startsWith(`${checkout}/`) ? checkout : cwd;
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
