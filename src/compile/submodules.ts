import { pathIn } from "../model/git-files.ts";
import type { Host } from "../model/host.ts";
import { below, isWithin, normalise, relativeTo } from "../model/path.ts";
import type { Problem } from "../model/problem.ts";
import { realpath } from "../model/realpath.ts";
import { holds } from "../model/when.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";
import { brokenGit } from "./guard-problems.ts";
import { spelledOut } from "./mounts.ts";
import type { Guarded } from "./protect.ts";

/** Deeper than anybody nests submodules; a chain of planted ones ends here. */
const DEEPEST = 8;

/** What keeps submodules from being planted. */
export interface SubmoduleWishes {
  readonly guarded: readonly Guarded[];
  /** Empty directories over places where a git directory could be planted. */
  readonly placeholders: readonly Draft[];
}

/**
 * `git status` looks into each submodule of the index, by the git directory that it finds there, and runs what its
 * config says (core.fsmonitor): one that exists is guarded, and where there is none yet, none can be made.
 */
export function submoduleWishes(context: Context, top: string, index: string): SubmoduleWishes {
  const { origin, layer } = context.effective.git;
  const guarded: Guarded[] = [];
  const placeholders: Draft[] = [];
  const report = (problem: Problem) => context.report(problem);
  for (const { path, exists } of gitEntries(context.host, top, index, DEEPEST)) {
    if (path === undefined) {
      report(
        brokenGit({ file: index, why: "the index can't be understood, so submodules can't be protected" }, origin),
      );
      continue;
    }
    guarded.push({ path, missing: exists ? "fail" : "masked", origin });
    if (exists) continue;
    for (const at of writablePlaces(context, path)) {
      const operation = { kind: "mask", at, source: path, type: "directory", present: true, origin } as const;
      placeholders.push({ operation, needs: "directory", steps: [], layer });
    }
  }
  return { guarded, placeholders };
}

interface GitEntry {
  /** The `.git` of a submodule, or the submodule's directory where even that is missing; undefined: unreadable index. */
  readonly path: string | undefined;
  readonly exists: boolean;
}

function gitEntries(host: Host, top: string, index: string, depth: number): GitEntry[] {
  const links = host.gitlinks(index);
  if (links === undefined || depth === 0) return [{ path: undefined, exists: false }];
  return links.flatMap((link): GitEntry[] => {
    const directory = normalise(below(top, link));
    if (directory === top || !isWithin(top, directory)) return [];
    if (host.lstat(directory)?.type !== "directory") return [{ path: directory, exists: false }];
    const entry = below(directory, ".git");
    const stat = host.lstat(entry);
    if (stat === undefined) return [{ path: entry, exists: false }];
    const own = stat.type === "file" ? pathIn(host, entry, /^gitdir: (.+)$/) : entry;
    const inner = own === undefined ? [] : gitEntries(host, directory, below(own, "index"), depth - 1);
    return [{ path: entry, exists: true }, ...inner];
  });
}

/** Where entries show a host path writable. */
function writablePlaces({ effective, host }: Context, path: string): string[] {
  return [...effective.entries].flatMap(([at, { value: entry }]) => {
    if (entry.kind !== "mount") return [];
    const spec = spelledOut(entry.spec);
    if (spec.scratch !== undefined || (spec.access !== "rw" && spec.access !== "dev") || !holds(host, spec.when))
      return [];
    const source = realpath(host, spec.from ?? at).path;
    return isWithin(source, path) ? [below(at, relativeTo(source, path))] : [];
  });
}
