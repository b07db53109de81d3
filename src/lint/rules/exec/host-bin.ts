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
    const { own, searched } = programPlaces(facts);
    for (const exposure of writesAny(facts, [...new Set([...own, ...searched])])) {
      // Shells look right in these, and not in what lies below.
      const isFound = (path: string) =>
        searched.some((entry) => path === entry || (parentOf(path) === entry && isProgram(facts, path))) ||
        own.some((place) => isWithin(place, path));
      const paths = exposure.paths.filter(isFound);
      if (paths.length > 0) yield toldToLock(facts, { ...exposure, paths });
    }
  },
});

const isProgram = ({ host }: Facts, path: string): boolean => host.lstat(path)?.type !== "directory";

/** Where package managers put programs, with all that is below, and where shells look. */
function programPlaces(facts: Facts): { readonly own: readonly string[]; readonly searched: readonly string[] } {
  const { host, machine, plan } = facts;
  const path = (machine?.env.PATH ?? "")
    .split(":")
    .filter((entry) => entry.startsWith("/"))
    .map(normalise);
  const own = placesOf(facts, USER_PROGRAMS);
  // `npm run` puts the project's own programs in front: nobody's shell has them there.
  const isProjects = (entry: string) => isWithin(plan.project, entry) && entry.endsWith("/node_modules/.bin");
  const isThere = (entry: string) => !isProjects(entry) && host.lstat(entry) !== undefined;
  return { own: own.filter(isThere), searched: path.filter(isThere) };
}
