import type { Host } from "../model/host.ts";
import { ancestors, below, isAbsolute, isWithin, normalise, parentOf } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import type { Problem } from "../model/problem.ts";
import { realpath } from "../tree/index.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";
import type { Hidden } from "./mask.ts";
import { brokenGit, protectedLink } from "./problems.ts";
import type { Guarded } from "./protect.ts";

/** The git directories of the repository that a project lies in (gitrepository-layout(5), git-worktree(1)). */
export interface Repository {
  /** `.git` itself: a directory, or in a worktree a file that names the git directory. */
  readonly entry: string;
  /** The worktree's own git directory; `entry` in a clone. */
  readonly directory: string;
  /** Where the objects, refs, hooks and config are; `directory` in a clone. */
  readonly common: string;
}

/** What `git` asks for. */
export interface GitWishes {
  readonly grants: readonly Draft[];
  readonly hidden: readonly Hidden[];
  readonly guarded: readonly Guarded[];
}

const NOTHING: GitWishes = { grants: [], hidden: [], guarded: [] };

/** What `git: none | ro | rw` means for this repository. */
export function gitWishes(context: Context): GitWishes {
  const { effective, host, report } = context;
  const { value: access, origin, layer } = effective.git;
  const repository = findRepository(host, effective.project, (problem) => report(problem(origin)));
  if (repository === undefined) return NOTHING;
  const places = [...new Set([repository.entry, repository.directory, repository.common])];
  if (access === "none") return { ...NOTHING, hidden: places.map((path) => ({ path, origin, git: true })) };

  const outside = (path: string) => !isWithin(repository.common, path) || path === repository.common;
  const granted = places.filter(outside).filter((path) => !isGranted(context, path, access));
  const grants = granted.map((path): Draft => {
    const type = path === repository.entry && path !== repository.directory ? "file" : "directory";
    const operation: Operation = {
      kind: "bind",
      at: path,
      source: path,
      access,
      missing: "fail",
      type,
      present: true,
      origin,
    };
    return { operation, needs: type, steps: [], layer };
  });
  if (access === "ro") {
    return { ...NOTHING, grants, guarded: places.filter(outside).map((path) => ({ path, missing: "fail", origin })) };
  }
  // What git runs or follows on the host's next command stays out of reach: hooks, and config with its
  // core.hooksPath, core.fsmonitor, filters and sshCommand (git-config(1)).
  const guarded: Guarded[] = [
    ...(repository.entry === repository.directory ? [] : [repository.entry]).map((path) => must(path)),
    must(below(repository.common, "hooks")),
    must(below(repository.common, "config")),
    ...["config.worktree", "modules"].map((name) => may(below(repository.common, name))),
    may(below(repository.directory, "config.worktree")),
  ];
  function must(path: string): Guarded {
    return { path, missing: "fail", origin };
  }
  function may(path: string): Guarded {
    return { path, missing: "skip", origin };
  }
  return { ...NOTHING, grants, guarded };
}

/** Whether an entry shows the path already, with at least that access. */
function isGranted({ effective, host }: Context, path: string, access: "ro" | "rw"): boolean {
  const root = effective.root.value;
  if (access === "ro" && root === "host") return true;
  return [...effective.entries].some(([at, { value: entry }]) => {
    if (entry.kind !== "mount" || (typeof entry.spec !== "string" && entry.spec.scratch !== undefined)) return false;
    const source = typeof entry.spec === "string" ? at : (entry.spec.from ?? at);
    const given = typeof entry.spec === "string" ? entry.spec.replace("?", "") : (entry.spec.access ?? "ro");
    return isWithin(realpath(host, source).path, path) && (access === "ro" || given === "rw" || given === "dev");
  });
}

type Report = (problem: (origin: Context["effective"]["git"]["origin"]) => Problem) => void;

/** The repository that a directory lies in, by its files alone: git itself is not asked. */
export function findRepository(host: Host, project: string, report: Report): Repository | undefined {
  const top = [...ancestors(project), project].findLast((path) => host.lstat(below(path, ".git")) !== undefined);
  if (top === undefined) return undefined;
  const entry = below(top, ".git");
  const stat = host.lstat(entry);
  if (stat?.type === "link") {
    report((origin) => protectedLink({ path: entry }, origin));
    return undefined;
  }
  if (stat?.type === "directory") return { entry, directory: entry, common: entry };
  const directory = pathIn(host, entry, /^gitdir: (.+)$/);
  if (directory === undefined) {
    report((origin) => brokenGit({ file: entry, why: "it names no git directory (`gitdir: PATH`)" }, origin));
    return undefined;
  }
  const common = pathIn(host, below(directory, "commondir"), /^(.+)$/) ?? directory;
  if (
    !/^ref: |^[0-9a-f]{40}/.test(host.readText(below(directory, "HEAD")) ?? "") ||
    !linksBack(host, directory, entry)
  ) {
    report((origin) => brokenGit({ file: entry, why: `${directory} is no git directory of this worktree` }, origin));
    return undefined;
  }
  return { entry, directory, common };
}

/**
 * A `.git` file may be planted: it must not make sbx grant whatever directory it names. A worktree's git directory
 * names the worktree in return (`gitdir`), a submodule's lies in the superproject's `modules`.
 */
function linksBack(host: Host, directory: string, entry: string): boolean {
  const back = pathIn(host, below(directory, "gitdir"), /^(.+)$/);
  if (back !== undefined) return back === entry;
  const [superproject, module] = directory.split("/.git/modules/");
  return superproject !== undefined && module !== undefined && isWithin(superproject, entry);
}

/** The path that a small file holds, absolute and without links. */
function pathIn(host: Host, file: string, pattern: RegExp): string | undefined {
  const text = host.readText(file)?.split("\n")[0];
  const named = text === undefined ? undefined : pattern.exec(text)?.[1];
  if (named === undefined) return undefined;
  return realpath(host, isAbsolute(named) ? normalise(named) : normalise(below(parentOf(file), named))).path;
}
