import { CREDENTIALS, HISTORIES, SYSTEM_SECRETS } from "../../../model/known-credentials.ts";
import { AUTOSTART, placesOn, SHELL_FILES } from "../../../model/known-places.ts";
import { nearest } from "../../../model/nearest.ts";
import { isWithin, parentOf } from "../../../model/path.ts";
import { isGlob, literalPath } from "../../../model/pattern.ts";
import { seen } from "../../../tree/index.ts";
import { peer } from "../../evidence.ts";
import { writtenPath } from "../../mend.ts";
import { socketsOf } from "../../people.ts";
import { defineRule } from "../../rule.ts";
import { namesSecret } from "../../secret-files.ts";

export const rule = defineRule<{ path: string; meant: string | undefined }>({
  id: "cred/mask-absent",
  severity: "warning",
  title:
    "A mask names a path, or a directory in front of a pattern, that is not there, where the command would see it.",
  why: "A mask of what is missing counts as satisfied: nothing can be mounted over it. It may be a name with a typing mistake, and a file that is made while the sandbox lives is seen. Well-known places and sockets (`~/.aws`, `.env` …) are not told: lists of them are written for every machine.",
  sources: [peer.sandboxRuntime("Linux notes, deny paths that do not exist"), peer.aiJail("README, masks")],
  fix: "Correct the name, make the file, or hide its directory behind a tmpfs.",
  needs: "machine",
  bad: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: ro\nmask: [sercets]\n",
    where: "the project has `secrets/`",
    machine: { files: { "/home/user/project/secrets/": "" } },
  },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: ro\nmask: [secrets]\n",
    where: "the project has `secrets/`",
    machine: { files: { "/home/user/project/secrets/": "" } },
  },
  message: ({ path }) => `the mask hides nothing here: there is no ${path}`,
  help: ({ meant }) => (meant === undefined ? "correct the name, or take the mask out" : `did you mean ${meant}?`),
  *check(facts) {
    const { machine, effective, host } = facts;
    if (machine === undefined) return;
    let known: readonly string[] | undefined;
    for (const { value, origin } of effective.mask) {
      const parts = value.split("/");
      const pattern = parts.findIndex(isGlob);
      // What is wrong with a pattern for all of a directory is `path/glob-late`'s.
      if (/^[*?]*\*[*?]*$/.test(parts.at(-1) ?? "")) continue;
      // Of another pattern, the directory in front of it.
      const path = literalPath(parts.slice(0, pattern < 0 ? parts.length : pattern).join("/")) || "/";
      if (machine.lstat(path) !== undefined) continue;
      known ??= [...WELL_KNOWN.flatMap((name) => placesOn(host, name)), ...Object.values(socketsOf(facts)).flat()];
      if (known.some((place) => isWithin(place, path) || isWithin(path, place))) continue;
      const name = path.slice(path.lastIndexOf("/") + 1);
      if (namesSecret(name) || seen(facts, path).length === 0) continue;
      const meant = nearest(name, machine.readdir(parentOf(path)) ?? []);
      yield { data: { path: writtenPath(facts, path), meant }, at: origin };
    }
  },
});

const WELL_KNOWN: readonly string[] = [
  ...Object.values(CREDENTIALS).flat(),
  ...HISTORIES,
  ...SHELL_FILES,
  ...AUTOSTART,
  ...SYSTEM_SECRETS,
];
