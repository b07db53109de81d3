import type { Host } from "../../../model/host.ts";
import { USER_PROGRAMS } from "../../../model/known-places.ts";
import { isWithin, normalise, parentOf } from "../../../model/path.ts";
import { manual, peer } from "../../evidence.ts";
import { writesAny } from "../../exposure.ts";
import type { Facts } from "../../facts.ts";
import { placesOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToLock } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "exec/host-bin",
  severity: "error",
  title:
    "A directory in which shells outside look for programs (~/.local/bin, ~/.cargo/bin, one of PATH) can be written.",
  why: "A program called `git` or `ls` there is the next one that you run.",
  sources: [peer.sandboxRuntime("known limits, writable directories of PATH"), manual("environ(7)")],
  fix: "Make it read-only, and install to a prefix of the sandbox's own.",
  varies: true,
  bad: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.local/bin: rw\n" },
  good: { profile: "version: 1\nextends: [base]\nmounts:\n  ~/.local/bin: ro?\n" },
  message: ({ paths }) => `${paths} can be written: shells outside of the sandbox look for programs there`,
  help: (told) => helpOf(told, "make this entry read-only, and install to a directory that is on nobody's PATH"),
  *check(facts) {
    const own = placesOf(facts, USER_PROGRAMS);
    const searched = searchedOn(facts.machine);
    for (const exposure of writesAny(facts, own, searched)) {
      const paths = exposure.paths.filter((path) => isLookedIn(path, own, searched, facts));
      if (paths.length > 0) yield toldToLock(facts, { ...exposure, paths });
    }
  },
});

/** What a package manager keeps beside its programs. */
const STORES = /\/\.local\/share\/pnpm\/store(\/|$)/;

const known = new WeakMap<Host["env"], readonly string[]>();

/** Where shells on a machine look for programs. */
function searchedOn(machine: Host | undefined): readonly string[] {
  if (machine === undefined) return [];
  const before = known.get(machine.env);
  if (before !== undefined) return before;
  const entries = (machine.env.PATH ?? "").split(":").filter((entry) => entry.startsWith("/"));
  const searched = [...new Set(entries.map(normalise))];
  known.set(machine.env, searched);
  return searched;
}

/** Package managers have programs below; shells look right in a directory, and not in what lies below. */
function isLookedIn(path: string, own: readonly string[], searched: readonly string[], { host, plan }: Facts): boolean {
  const type = host.lstat(path)?.type;
  // `npm run` puts the project's own programs in front: nobody's shell has them there.
  if (type === undefined || (isWithin(plan.project, path) && path.endsWith("/node_modules/.bin"))) return false;
  if (STORES.test(path)) return false;
  if (own.some((place) => isWithin(place, path)) || searched.includes(path)) return true;
  return type !== "directory" && searched.includes(parentOf(path));
}
