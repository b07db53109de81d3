import type { Facts } from "./cover.ts";
import { bytesText } from "./quantity.ts";

/** What stands at a path, in a few words: its access, and whose it is. */
export function coverText(facts: Facts, path: string): string {
  const { what, access, host = path, target = "" } = facts;
  const from = host === path ? "" : ` ${host}`;
  switch (what) {
    case "none":
      return "absent";
    case "mask":
      return "masked";
    case "link":
      return `link to ${target}`;
    case "host":
      return hostText(facts, from);
    case "node":
      return `device${from}`;
    case "file":
      return `file of its own${modeText(facts)}`;
    case "proc":
      return `${access}, process file system`;
    case "dev":
      return `${access}, device directory of its own`;
    case "service":
      return "socket of a service";
    case "tmpfs":
      return `${access}, empty${modeText(facts)}${facts.size === undefined ? "" : `, at most ${bytesText(facts.size)}`}`;
    case "scratch":
      return `${access}, fresh${modeText(facts)}${facts.host === undefined ? "" : ` below ${facts.host}`}`;
  }
}

function hostText({ access, writes, nodes, keep, type }: Facts, from: string): string {
  if (writes === "layer") return `copy on write${from}${keep === undefined ? "" : `, kept in ${keep}`}`;
  if (access === "device") return `device${from}`;
  const shown = writes === "host" && access === "ro" ? "rw, but read-only on the host," : access;
  return `${shown}${nodes ? ` with devices` : ""} host${type === "socket" ? " socket" : ""}${from}`;
}

const modeText = ({ mode }: Facts): string => (mode === undefined ? "" : ` (${mode.toString(8).padStart(4, "0")})`);
