import { GIT_FILES } from "../../../model/known-places.ts";
import { isWithin } from "../../../model/path.ts";
import { manual, peer } from "../../evidence.ts";
import { writesAny } from "../../exposure.ts";
import { namedByGit } from "../../git-settings.ts";
import { placesOf } from "../../people.ts";
import { shownRepositories } from "../../repositories.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToLock } from "../../told.ts";

export const rule = defineRule<Told>({
  id: "exec/git-hooks",
  severity: "error",
  title:
    "Hooks or the configuration of git can be written: another repository's, the user's own, or what the project's repository names.",
  why: "The next git command outside runs a hook, or what `core.hooksPath`, `core.fsmonitor`, a filter or `core.sshCommand` names. To protect `hooks` and `config` alone is not enough: a new file `commondir` leads git to others, and where `.git` is a file, it names them. The project's own `.git` is looked after by the field `git`; this rule is about the others that a wide entry shows, and about what the project's own configuration names elsewhere (husky's `core.hooksPath=.husky/_`): in the project itself that is a warning.",
  sources: [
    peer.sandboxRuntime("the files that are always denied"),
    peer.pmg("paths that are always blocked"),
    { text: "git-config(1)", url: "https://git-scm.com/docs/git-config" },
    { text: "gitrepository-layout(5), `commondir`", url: "https://git-scm.com/docs/gitrepository-layout" },
    manual("rename(2)"),
  ],
  fix: "Protect `.git` as a whole (the directories that lead there are held in place as well), or make the entry narrower.",
  varies: true,
  bad: {
    profile: "version: 1\nextends: [base]\nmounts:\n  /srv/other: rw\n",
    where: "/srv/other is a git repository",
    machine: {
      files: {
        "/srv/other/.git/config": "",
        "/srv/other/.git/hooks/": "",
        "/srv/other/.git/HEAD": "ref: refs/heads/main\n",
      },
    },
  },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  /srv/other: rw\nprotect: [/srv/other/.git]\n",
    where: "/srv/other is a git repository",
    machine: {
      files: {
        "/srv/other/.git/config": "",
        "/srv/other/.git/hooks/": "",
        "/srv/other/.git/HEAD": "ref: refs/heads/main\n",
      },
    },
  },
  message: ({ paths }) => `${paths} can be written: git outside of the sandbox runs what stands there`,
  help: (told) => helpOf(told, "make this entry read-only"),
  *check(facts) {
    const repositories = shownRepositories(facts).map(({ git }) => git);
    const own = placesOf(facts, GIT_FILES);
    for (const exposure of writesAny(facts, repositories, own)) yield toldToLock(facts, exposure);
    for (const exposure of writesAny(facts, namedByGit(facts))) {
      // As with other files of a project that tools outside run (`exec/editor`).
      const isOwn = exposure.paths.every((path) => isWithin(facts.plan.project, path));
      yield { ...toldToLock(facts, exposure), ...(isOwn ? { severity: "warning" } : {}) };
    }
  },
});
