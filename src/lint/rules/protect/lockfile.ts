import type { Origin } from "../../../model/source.ts";
import { issue } from "../../evidence.ts";
import { writtenPath } from "../../mend.ts";
import { defineRule } from "../../rule.ts";

/** Files that mean something by being there; files with versions in them (Cargo.lock, yarn.lock) do not. */
const LOCK =
  /(^|\/)\.git\/(.+\/)?[^/]*\.lock$|(^|\/)(index|HEAD|config|packed-refs|shallow)\.lock$|\/\*\.lock$|(^|\/)(\.lock|lock|lock-frontend|SingletonLock|\.parentlock)$/;

export const rule = defineRule<{ path: string; field: "mask" | "protect" }>({
  id: "protect/lockfile",
  severity: "error",
  title: "A lock is masked or protected whose mere existence means something.",
  why: "An empty read-only `index.lock` tells git that somebody else is at work, in every worktree; a protected one can never be released. Files of versions such as Cargo.lock and yarn.lock are no such locks.",
  sources: [issue("anthropics/claude-code", 78818)],
  fix: "Take the entry out, or hide the directory that the lock lies in.",
  bad: { profile: 'version: 1\nextends: [base]\nmounts:\n  .: rw\nmask: ["**/*.lock"]\n' },
  good: {
    profile: "version: 1\nextends: [base]\nmounts:\n  .: rw\nprotect:\n  - {path: Cargo.lock, missing: skip}\n",
    machine: { files: { "/home/user/project/Cargo.lock": "" } },
  },
  message: ({ path, field }) =>
    `${field === "mask" ? "a mask" : "a protection"} of ${path}: that a lock is there means that somebody holds it`,
  help: ({ field }) => `take this entry out of \`${field}\``,
  *check(facts) {
    const { effective } = facts;
    const entries: { path: string; origin: Origin; field: "mask" | "protect" }[] = [
      ...effective.mask.map(({ value, origin }) => ({ path: value, origin, field: "mask" as const })),
      ...effective.protect.map(({ value, origin }) => ({ path: value.path, origin, field: "protect" as const })),
    ];
    for (const { path, origin, field } of entries) {
      if (LOCK.test(path)) yield { data: { path: writtenPath(facts, path), field }, at: origin };
    }
  },
});
