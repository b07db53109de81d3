import { below, isWithin, normalise, parentOf } from "../../../model/path.ts";
import { seen } from "../../../tree/index.ts";
import { issue } from "../../evidence.ts";
import { shownRepositories } from "../../repositories.ts";
import { defineRule } from "../../rule.ts";
import { short } from "../../words.ts";

export const rule = defineRule<{ git: string; directory: string }>({
  id: "exec/git-worktree",
  severity: "warning",
  title: "A worktree is shown whose git directory is not.",
  why: "Its `.git` is a file that names a directory elsewhere. Without that git says that this is no repository, and whoever grants all of it afterwards shares the hooks of the main repository. The project's own worktree is looked after by the field `git`.",
  sources: [issue("anthropics/claude-code", 33615), issue("openai/codex", 27418)],
  fix: "Grant the git directory as well, with its hooks and config protected, or hide the `.git` file.",
  varies: true,
  bad: {
    profile: "version: 1\nextends: [base]\nmounts:\n  /srv/feature: ro\n",
    where: "/srv/feature is a worktree of /srv/main",
    machine: {
      files: {
        "/srv/feature/.git": "gitdir: /srv/main/.git/worktrees/feature\n",
        "/srv/main/.git/worktrees/feature/HEAD": "ref: refs/heads/feature\n",
      },
    },
  },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  /srv/feature: ro\n  /srv/main/.git: ro\n",
    where: "/srv/feature is a worktree of /srv/main",
    machine: {
      files: {
        "/srv/feature/.git": "gitdir: /srv/main/.git/worktrees/feature\n",
        "/srv/main/.git/worktrees/feature/HEAD": "ref: refs/heads/feature\n",
      },
    },
  },
  message: ({ git, directory }) => `${git} names ${directory}, which is not shown: git finds no repository there`,
  help: ({ directory }) => `grant ${directory} read-only as well`,
  *check(facts) {
    const { host } = facts;
    for (const { operation, git, type } of shownRepositories(facts)) {
      const named = type === "file" ? /^gitdir: (.+)$/m.exec(host.readText(git) ?? "")?.[1]?.trim() : undefined;
      if (named === undefined) continue;
      const directory = normalise(named.startsWith("/") ? named : `${parentOf(git)}/${named}`);
      // A submodule's lies in the project's own.
      if (isWithin(below(facts.plan.project, ".git"), directory)) continue;
      if (seen(facts, git).length === 0 || seen(facts, directory).length > 0) continue;
      yield { data: { git: short(host, git), directory: short(host, directory) }, at: operation.origin };
    }
  },
});
