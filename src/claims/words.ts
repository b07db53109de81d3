import type { Host } from "../model/host.ts";
import type { Operation } from "../model/plan.gen.ts";
import type { RelatedPlace } from "../model/problem.ts";
import type { Seen } from "../model/seen.ts";
import type { Tree } from "../tree/index.ts";
import type { PathClaimKind } from "./claim.ts";

/** What was found at a path, as part of a sentence. */
export function foundWords(asked: string, seen: Seen, host?: string): string {
  const { path, type, access, readable, writable } = seen;
  const led = path === asked ? "it" : `it leads to ${path}, which`;
  if (type === "absent") return path === asked ? "nothing is there" : `it leads to ${path}, where nothing is`;
  if (type === "unknown") return `what is at ${path} can't be told`;
  if (access === "masked" || seen.blank) return `${led} is an empty ${type} that nobody can write to`;
  if (type === "device" && access !== "device") return `${led} is a device node that can't be opened there`;
  const what =
    host === undefined ? `a ${type} of the sandbox's own` : host === path ? `the host's` : `the host's ${host}`;
  if (readable === false) return `${led} is ${what}, and its permissions forbid to read it`;
  const can = access === "ro" ? "read-only" : access === "device" ? "a device node that works" : "writable";
  const but = can === "writable" && writable === false ? " by its mount, but not by its permissions" : "";
  return `${led} is ${what}, ${can}${but}`;
}

/** The entry that decides what stands at a path, and the ones that lose against it. */
export function deciders(tree: Tree, asked: string): readonly RelatedPlace[] {
  const walk = tree.walk(asked);
  const decider = tree.operations[walk.decidedBy];
  const above = walk.links.flatMap((link) => tree.operations[link.decidedBy] ?? []);
  return [...above, ...(decider ? [decider] : [])].flatMap((operation) => placeOf(operation) ?? []);
}

function placeOf({ origin, kind, at }: Operation): RelatedPlace | undefined {
  const { file, line, column } = origin;
  if (line === 0 && file === "default") return undefined;
  return { file, line, column, message: `this entry decides (${kind} ${at})` };
}

/** What to write for a claim about a path to be true. */
export function fixFor(kind: PathClaimKind, asked: string, seen: Seen, host: Host, decider?: Operation): string {
  const { type, access } = seen;
  const isThere = host.lstat(asked) !== undefined;
  switch (kind) {
    case "hidden":
    case "absent":
      if (access === "masked") return `claim \`masked\` or \`hidden\`: what is masked exists, and is empty`;
      if (decider?.kind === "tmpfs" || decider?.kind === "dir" || decider?.kind === "file") {
        return `take the entry away, or claim what must not be in there`;
      }
      return `take the entry away, or hide it: \`mask: [${seen.path}]\``;
    case "masked":
      return type === "absent" ? "claim `absent` or `hidden`: nothing is there" : `write \`mask: [${asked}]\``;
    case "readable":
    case "readonly":
      if (type === "absent") return isThere ? `write \`mounts: {${asked}: ro}\`` : `create ${asked} first`;
      if (access === "masked") return `take it out of \`mask\`, or write \`remove: {mask: [${asked}]}\``;
      if (seen.readable === false) return `look at its permissions: ls -ld ${asked}`;
      return access === "device" ? "claim `device`: a device node is never read-only" : `write \`protect: [${asked}]\``;
    case "writable":
      if (type === "absent") return isThere ? `write \`mounts: {${asked}: rw}\`` : `create ${asked} first`;
      if (access === "masked") return `take it out of \`mask\`, or write \`remove: {mask: [${asked}]}\``;
      if (access === "ro") return `make the entry that decides \`rw\`, or write \`mounts: {${asked}: rw}\``;
      return `look at its permissions: ls -ld ${asked}`;
    case "device":
      return `write \`devices: [${asked}]\``;
  }
}
