import { pathIn } from "../model/git-files.ts";
import type { Host } from "../model/host.ts";
import { ancestors, below, isWithin, parentOf } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import { PRIVATE_PLACES } from "../model/private-places.ts";
import type { Problem } from "../model/problem.ts";
import { realpath } from "../model/realpath.ts";
import { holds } from "../model/when.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";
import { brokenGit, protectedLink } from "./guard-problems.ts";
import type { Hidden } from "./mask.ts";
import { spelledOut } from "./mounts.ts";
import type { Guarded } from "./protect.ts";
import { submoduleWishes } from "./submodules.ts";

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
  const entry = gitEntry(host, effective.project);
  if (entry === undefined) return NOTHING;
  // Nothing is granted with `none`: a `.git` that can't be understood need not stop anybody, whoever left it there.
  const repository = readRepository(host, entry, (problem) => access !== "none" && report(problem(origin)));
  const places = repository ? [...new Set([entry, repository.directory, repository.common])] : [entry];
  const hidden = access === "none" ? places.map((path) => ({ path, origin, git: true })) : [];
  if (repository === undefined) return { ...NOTHING, hidden };

  const submodules = submoduleWishes(context, parentOf(entry), below(repository.directory, "index"));
  if (access === "none") return { hidden, guarded: submodules.guarded, grants: submodules.placeholders };
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
  const all = [...grants, ...submodules.placeholders];
  if (access === "ro") {
    const kept = places.filter(outside).map((path): Guarded => ({ path, missing: "fail", origin }));
    return { hidden, grants: all, guarded: [...kept, ...submodules.guarded] };
  }
  // What git runs or follows on the host's next command stays out of reach: hooks, config with its core.hooksPath,
  // core.fsmonitor, filters and sshCommand (git-config(1)), and whatever names another directory to take these from.
  const guarded: Guarded[] = [
    ...submodules.guarded,
    ...(entry === repository.directory ? [] : [entry]).map((path) => must(path)),
    must(below(repository.common, "hooks")),
    must(below(repository.common, "config")),
    ...otherWorktrees(host, repository).map((path) => must(path)),
    ...(repository.directory === repository.common ? [] : ["commondir", "gitdir"]).map((name) =>
      must(below(repository.directory, name)),
    ),
    ...["config.worktree", "modules"].map((name) => may(below(repository.common, name))),
    may(below(repository.directory, "config.worktree")),
  ];
  function must(path: string): Guarded {
    return { path, missing: "fail", origin };
  }
  function may(path: string): Guarded {
    return { path, missing: "skip", origin };
  }
  return { hidden, grants: all, guarded };
}

/** The git directories of the repository's other worktrees (git-worktree(1)). */
function otherWorktrees(host: Host, { directory, common }: Repository): string[] {
  const worktrees = below(common, "worktrees");
  return (host.readdir(worktrees) ?? []).map((name) => below(worktrees, name)).filter((path) => path !== directory);
}

/** Whether an entry shows the path already, with at least that access. */
function isGranted({ effective, host }: Context, path: string, access: "ro" | "rw"): boolean {
  const entries = [...effective.entries].map(([at, { value }]) => ({ at, entry: value }));
  if (access === "ro" && effective.root.value === "host") {
    const empty = entries.filter(({ entry }) => entry.kind === "tmpfs").map(({ at }) => at);
    if (![...empty, ...Object.keys(PRIVATE_PLACES)].some((at) => isWithin(at, path))) return true;
  }
  return entries.some(({ at, entry }) => {
    if (entry.kind !== "mount") return false;
    const spec = spelledOut(entry.spec);
    if (spec.scratch !== undefined || !holds(host, spec.when)) return false;
    const writable = spec.access === "rw" || spec.access === "dev";
    return isWithin(realpath(host, spec.from ?? at).path, path) && (access === "ro" || writable);
  });
}

type Report = (problem: (origin: Context["effective"]["git"]["origin"]) => Problem) => unknown;

/** The `.git` of the repository that a directory lies in, without links on the way. */
function gitEntry(host: Host, project: string): string | undefined {
  const real = realpath(host, project).path;
  const top = [...ancestors(real), real].findLast((path) => host.lstat(below(path, ".git")) !== undefined);
  return top === undefined ? undefined : below(top, ".git");
}

/** A repository by its files alone: git itself is not asked. */
function readRepository(host: Host, entry: string, report: Report): Repository | undefined {
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
  const hasHead = /^ref: |^[0-9a-f]{40}/.test(host.readText(below(directory, "HEAD")) ?? "");
  // `commondir` could name any directory, to be granted with the rest.
  const isCommon = common === directory || parentOf(directory) === below(common, "worktrees");
  if (!hasHead || !isCommon || !linksBack(host, directory, entry)) {
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
