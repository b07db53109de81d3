import type { Host } from "../model/host.ts";
import { below, isWithin } from "../model/path.ts";
import type { Operation, Plan } from "../model/plan.gen.ts";
import type { Facts } from "./facts.ts";

/** A repository that an entry shows: the `.git` right in it or in a directory below it, or one that it names itself. */
export interface ShownRepository {
  readonly operation: Operation;
  readonly git: string;
  /** A worktree's or submodule's `.git` is a file that names another directory. */
  readonly type: "directory" | "file";
}

/** How far below what an entry shows repositories are looked for: `src/github.com/`, `packages/`. */
const LEVELS = 2;
/** More directories than this are no collection of checkouts. */
const MOST = 500;
/** Packages bring none, and there are many. */
const PASSED = new Set([".git", "node_modules"]);
/** Here nobody works. */
const SYSTEM = [
  "/usr",
  "/bin",
  "/sbin",
  "/lib",
  "/lib32",
  "/lib64",
  "/libx32",
  "/etc",
  "/dev",
  "/proc",
  "/sys",
  "/run",
];

const known = new WeakMap<Plan, readonly ShownRepository[]>();

/** The repositories that entries show, but for the project's own. */
export function shownRepositories({ plan, host }: Facts): readonly ShownRepository[] {
  const before = known.get(plan);
  if (before !== undefined) return before;
  const found = plan.operations.flatMap((operation) => repositoriesBehind(operation, plan.project, host));
  known.set(plan, found);
  return found;
}

function repositoriesBehind(operation: Operation, project: string, host: Host): ShownRepository[] {
  if (operation.kind !== "bind" || !operation.present || operation.type !== "directory") return [];
  const { source } = operation;
  if (!source.startsWith("/") || source === "/" || SYSTEM.some((place) => isWithin(place, source))) return [];
  const own = below(project, ".git");
  const named = /^.*?\.git(?=\/|$)/.exec(source)?.[0];
  if (named !== undefined) return isWithin(own, named) ? [] : [{ operation, git: named, type: "directory" }];
  return directoriesBelow(host, source).flatMap((directory) => {
    const git = below(directory, ".git");
    // The project's own is what `git` is about.
    const type = git === own ? undefined : host.lstat(git)?.type;
    return type === "directory" || type === "file" ? [{ operation, git, type }] : [];
  });
}

/** A directory and those a few levels below it, as many as may be looked at. */
function directoriesBelow(host: Host, top: string): readonly string[] {
  const found = [top];
  let level: readonly string[] = found;
  for (let depth = 0; depth < LEVELS; depth += 1) {
    level = level.flatMap((directory) => {
      const names = (host.readdir(directory) ?? []).filter((name) => !PASSED.has(name));
      const inner = found.length + names.length > MOST ? [] : names.map((name) => below(directory, name));
      const directories = inner.filter((path) => host.lstat(path)?.type === "directory");
      found.push(...directories);
      return directories;
    });
  }
  return found;
}
