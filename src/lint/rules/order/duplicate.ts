import type { Effective, Entry } from "../../../model/effective.ts";
import type { Host } from "../../../model/host.ts";
import { runtimeDirectory } from "../../../model/known-sockets.ts";
import { below, relativeTo } from "../../../model/path.ts";
import type { BindOperation, Operation } from "../../../model/plan.gen.ts";
import { PRIVATE_PLACES } from "../../../model/private-places.ts";
import type { Origin } from "../../../model/source.ts";
import { measured } from "../../evidence.ts";
import type { Facts } from "../../facts.ts";
import type { Fix } from "../../fix.ts";
import { defineRule } from "../../rule.ts";
import { short } from "../../words.ts";

export const rule = defineRule<{ at: string; outer: string; access: string }>({
  id: "order/duplicate",
  severity: "info",
  title: "A mount shows what a wider one shows at the same place, with the same access.",
  why: "It makes no difference today, and makes readers look for one. When the wider entry is narrowed, this one stays. Each mount also costs start-up time. Two entries at one destination in one layer are an error (`merge/two-entries`).",
  sources: [measured("bwrap reads the list of all mounts for each one: 100 cost 45 ms, 1000 more than a second")],
  fix: "Take it out.",
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  /usr/share: ro\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  /srv/share: ro?\n" },
  message: ({ at, outer, access }) => `${outer} shows ${at} already, \`${access}\` as here`,
  help: () => "take this entry out",
  *check(facts) {
    const { plan, host, effective, tree, source } = facts;
    for (const [index, inner] of plan.operations.entries()) {
      // A writable one can't be renamed away, being a mount point: that may be why it is there.
      if (!isBind(inner) || inner.at === "/" || inner.access !== "ro" || tree.cover(inner.at) !== index) continue;
      // What a built-in needs is not the reader's to take out.
      if (inner.origin.file.startsWith("builtin:") && inner.origin.file !== source.file) continue;
      if (effective.root.value === "host" && isPrivate(inner.at, host)) continue;
      // A condition, a type or that it may be missing says that somebody has thought about it.
      const entry = entryOf(inner, effective);
      if (entry?.kind !== "mount" || typeof entry.spec !== "string" || entry.spec.endsWith("?")) continue;
      const around = plan.operations[tree.shadowed(tree.look(inner.at))[0] ?? -1];
      if (around === undefined || !isBind(around) || around.access !== inner.access) continue;
      if (below(around.source, relativeTo(around.at, inner.at)) !== inner.source) continue;
      const { file, line, column } = around.origin;
      const related = [{ file, line, column, message: "the wider one" }];
      const data = { at: short(host, inner.at), outer: short(host, around.at), access: inner.access };
      yield { data, at: inner.origin, related, fix: removal(facts, inner) };
    }
  },
});

/** Whether a place would be an empty one of the sandbox's own under `root: host`, were it not for an entry. */
const isPrivate = (at: string, host: Host): boolean => at in PRIVATE_PLACES || at === runtimeDirectory(host);

/** The entry of an operation: its destination may lie behind a link. */
function entryOf({ at, origin }: BindOperation, { entries }: Effective): Entry | undefined {
  const direct = entries.get(at);
  if (direct !== undefined) return direct.value;
  const isIt = (other: Origin) =>
    other.file === origin.file && other.line === origin.line && other.column === origin.column;
  return [...entries.values()].find((leaf) => isIt(leaf.origin))?.value;
}

const isBind = (operation: Operation): operation is BindOperation =>
  operation.kind === "bind" && operation.present && operation.source.startsWith("/");

/** Of an entry in the linted file itself: what others wrote is theirs. */
function removal({ source }: Facts, { origin }: BindOperation): Fix | undefined {
  if (origin.file !== source.file || !origin.route.includes("mounts")) return undefined;
  // Whoever extends the profile, or turns a flag set on, may count on it.
  return { title: "take the entry out", edits: [{ kind: "remove", at: origin.route }], safe: false };
}
