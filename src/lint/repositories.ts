import type { Host } from "../model/host.ts";
import { below, isWithin } from "../model/path.ts";
import type { Operation, Plan } from "../model/plan.gen.ts";
import type { Facts } from "./facts.ts";

/**
 * A repository that an entry shows: the `.git` right in it or in a directory below it, one that it names itself, or one
 * without a working tree.
 */
export interface ShownRepository {
  readonly operation: Operation;
  readonly git: string;
  /** A worktree's or submodule's `.git` is a file that names another directory. */
  readonly type: "directory" | "file";
}

/** How far below what an entry shows repositories are looked for: `src/github.com/OWNER/NAME`, and in one `packages/`. */
const LEVELS = 4;
const LEVELS_IN_ONE = 2;
/** More directories than this are no collection of checkouts. */
const MOST = 500;
/** So many in one are more than most people have checkouts. */
const CROWD = 100;
/** Nor is a directory of so many names. */
const MOST_NAMES = 5000;
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
export function shownRepositories({ plan, host, machine = host }: Facts): readonly ShownRepository[] {
  const before = known.get(plan);
  if (before !== undefined) return before;
  // What is only assumed to be there holds no repositories.
  const found = plan.operations.flatMap((operation) => repositoriesBehind(operation, plan.project, machine));
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
  // The project's own is what `git` is about.
  return gitsBelow(host, source).flatMap(({ git, type }) => (git === own ? [] : [{ operation, git, type }]));
}

type Git = Pick<ShownRepository, "git" | "type">;

/** By what a machine's directories are listed with: many profiles show the same ones. */
const searched = new WeakMap<Host["readdir"], Map<string, readonly Git[]>>();

function gitsBelow(host: Host, source: string): readonly Git[] {
  const known = searched.get(host.readdir) ?? new Map<string, readonly Git[]>();
  searched.set(host.readdir, known);
  const before = known.get(source);
  if (before !== undefined) return before;
  const found = directoriesBelow(host, source).flatMap(({ path, names }): Git[] => {
    if (isGitDirectory(names)) return [{ git: path, type: "directory" }];
    const git = below(path, ".git");
    const type = names.includes(".git") ? host.lstat(git)?.type : undefined;
    // Where a link leads, and what else could be put in its place.
    if (type === "link") return [{ git, type: "directory" }];
    return type === "directory" || type === "file" ? [{ git, type }] : [];
  });
  known.set(source, found);
  return found;
}

/** By what git itself goes (gitrepository-layout(5)): bare ones and those that a `.git` file names look like this. */
const isGitDirectory = (names: readonly string[]): boolean =>
  ["HEAD", "objects", "refs"].every((name) => names.includes(name));

interface Directory {
  readonly path: string;
  /** What is in it. */
  readonly names: readonly string[];
}

/** A directory and those a few levels below it, the nearest first and as many as may be looked at. */
function directoriesBelow(host: Host, top: string): readonly Directory[] {
  const found: Directory[] = [];
  const pending = [{ path: top, levels: LEVELS }];
  const crowds: typeof pending = [];
  // The list grows while it is gone through. What is in a crowd, a cache perhaps, comes last.
  for (let index = 0; index < pending.length || crowds.length > 0; index += 1) {
    if (index === pending.length) pending.push(...crowds.splice(0, Math.max(0, MOST - pending.length)));
    const next = pending[index];
    if (next === undefined) break;
    const { path, levels } = next;
    const names = host.readdir(path) ?? [];
    found.push({ path, names });
    if (levels === 0 || isGitDirectory(names) || names.length > MOST_NAMES) continue;
    const left = names.includes(".git") ? Math.min(levels, LEVELS_IN_ONE) : levels;
    const inner = names.filter((name) => !PASSED.has(name)).map((name) => below(path, name));
    const directories = inner.filter((each) => host.lstat(each)?.type === "directory");
    const list = directories.length > CROWD ? crowds : pending;
    for (const each of directories.slice(0, MOST - list.length)) list.push({ path: each, levels: left - 1 });
  }
  return found;
}
