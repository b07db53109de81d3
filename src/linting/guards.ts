import { ownPrograms } from "../host/own.ts";
import { findProgram } from "../host/programs.ts";
import type { Host } from "../model/host.ts";

/** The programs that stand guard over every run on this machine: sbx, Node, and the bwrap that would be taken. */
export function guardPrograms(host: Host): Readonly<Record<string, string>> {
  const named = host.env.SBX_BWRAP;
  const found = findProgram("bwrap", {
    path: host.env.PATH ?? "",
    project: "/",
    writable: [],
    host,
    ...(named ? { named } : {}),
  });
  return { ...ownPrograms(), ...(found.value === undefined ? {} : { bwrap: found.value }) };
}
