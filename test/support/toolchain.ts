import { dirname } from "node:path";
import { SYSTEM_PATH } from "./sbx.ts";

/**
 * What `sbx run` needs so that the Node of these tests is there inside, too: nothing when it is the system's; one from
 * elsewhere (nvm and its like) no profile shows by itself.
 */
export function withNode(): string[] {
  const prefix = dirname(dirname(process.execPath));
  if (prefix === "/usr" || prefix.startsWith("/usr/")) return [];
  return ["--ro-bind", prefix, "--env", `PATH=${prefix}/bin:${SYSTEM_PATH}`];
}
