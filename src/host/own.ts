import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import type { Host } from "../model/host.ts";
import { isAbsolute, normalise } from "../model/path.ts";

/** Where sbx keeps its things outside of a run (XDG Base Directory Specification). */
export interface OwnDirectories {
  readonly state: string;
  readonly cache: string;
  readonly configuration: string;
}

export function ownDirectories(host: Pick<Host, "env" | "home">): OwnDirectories {
  const place = (variable: string, standard: string): string => {
    const given = host.env[variable] ?? "";
    return `${isAbsolute(given) ? normalise(given) : `${host.home}/${standard}`}/sbx`;
  };
  return {
    state: place("XDG_STATE_HOME", ".local/state"),
    cache: place("XDG_CACHE_HOME", ".cache"),
    configuration: place("XDG_CONFIG_HOME", ".config"),
  };
}

/** The programs that stand guard over every run, without links: who can write to them decides what the next run is. */
export function ownPrograms(): { readonly sbx: string; readonly node: string } {
  return { sbx: realpathSync(dirname(import.meta.filename)), node: realpathSync(process.execPath) };
}
