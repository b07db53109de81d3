import { EDITOR_FILES } from "../../../model/known-places.ts";
import { issue, peer } from "../../evidence.ts";
import { writesAny } from "../../exposure.ts";
import { placesOf } from "../../people.ts";
import { inWorkplaces } from "../../project-files.ts";
import { defineRule } from "../../rule.ts";
import { helpOf, type Told, toldToLock } from "../../told.ts";

/** What editors, agents, shells and git run, or take orders from, when somebody works in the directory. */
const FILES = [
  ".vscode",
  ".idea",
  ".zed",
  ".cursor",
  ".windsurf",
  ".kiro",
  ".roo",
  ".continue",
  ".claude",
  ".codex",
  ".gemini",
  ".opencode",
  "opencode.json",
  ".mcp.json",
  ".devcontainer",
  ".devcontainer.json",
  ".envrc",
  "mise.toml",
  ".mise.toml",
  "mise.local.toml",
  ".config/mise.toml",
  ".tool-versions",
  ".exrc",
  ".nvim.lua",
  ".dir-locals.el",
  ".husky",
  "lefthook.yml",
];

export const rule = defineRule<Told>({
  id: "exec/editor",
  severity: "warning",
  title:
    "Files by which editors, agents, shells and git run things (.vscode, .idea, .claude, .envrc, .husky …) can be written.",
  why: "Opening the directory is enough: editors run tasks, agents run hooks and start servers, direnv and mise set variables and run scripts, git runs husky's hooks. Looked for in the project, and right in what else is writable. What lies in the home directory (~/.claude, ~/.config/nvim …) runs in every project. Those that are not there yet can't be protected; look at what a run has left before you open the directory.",
  sources: [peer.sandboxRuntime("the files that are always denied"), issue("rappdw/sandy", 79)],
  fix: "Protect them.",
  varies: true,
  bad: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\n",
    where: "the project has a `.vscode`",
    machine: { files: { "/home/user/project/.vscode/tasks.json": "{}\n" } },
  },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\nprotect: [.vscode]\n",
    where: "the project has a `.vscode`",
    machine: { files: { "/home/user/project/.vscode/tasks.json": "{}\n" } },
  },
  message: ({ paths }) =>
    `${paths} can be written: editors, agents, shells or git outside of the sandbox run what it says`,
  help: (told) => helpOf(told, "make this entry read-only"),
  *check(facts) {
    const own = placesOf(facts, EDITOR_FILES);
    for (const exposure of writesAny(facts, inWorkplaces(facts, FILES), own)) yield toldToLock(facts, exposure);
  },
});
