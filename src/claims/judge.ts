import { every } from "../model/rights.ts";
import type { Seen } from "../model/seen.ts";
import type { PathClaimKind } from "./claim.ts";

/** Whether a claim about a path is true of what was found there; undefined where that can't be told. */
export function holds(kind: PathClaimKind, seen: Seen): boolean | undefined {
  const { type, access, readable, writable } = seen;
  const isGone = type === "absent";
  const isMasked = access === "masked" || seen.blank === true;
  const canBeRead = access === "masked" ? false : seen.blank ? undefined : readable;
  switch (kind) {
    case "hidden":
      return type === "unknown" ? undefined : isGone || isMasked;
    case "absent":
      return type === "unknown" ? undefined : isGone;
    case "masked":
      return type === "unknown" ? undefined : isMasked;
    case "readable":
      return canBeRead;
    case "readonly":
      // Permissions don't count: an owner changes them.
      return every([canBeRead, access === undefined ? undefined : access === "ro"]);
    case "writable":
      return every([writable, access === undefined ? undefined : access === "rw" || access === "device"]);
    case "device":
      return every([type === "unknown" ? undefined : type === "device" && access === "device", readable]);
  }
}

/** Whether a look into the sandbox found something else than the simulation says. Permissions are the host's affair. */
export function contradicts(simulated: Seen, found: Seen): boolean {
  if (simulated.type === "unknown" || found.type === "unknown") return false;
  if (simulated.type !== found.type) return true;
  if (simulated.access === undefined || found.access === undefined) return false;
  if (simulated.access === "masked") return found.blank !== true;
  return simulated.access !== found.access;
}
