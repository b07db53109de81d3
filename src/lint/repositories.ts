import type { Host } from "../model/host.ts";
import { below, isWithin } from "../model/path.ts";
import type { Operation } from "../model/plan.gen.ts";
import type { Facts } from "./facts.ts";

/** A repository that an entry shows: the `.git` right in it or in one of its directories. */
export interface ShownRepository {
  readonly operation: Operation;
  readonly git: string;
  /** A worktree's or submodule's `.git` is a file that names another directory. */
  readonly type: "directory" | "file";
}

/** More directories side by side than this are no collection of checkouts. */
const MOST = 500;

/** The repositories beside the project's own that entries show. */
export function shownRepositories({ plan, host }: Facts): ShownRepository[] {
  return plan.operations.flatMap((operation) => {
    if (operation.kind !== "bind" || !operation.present || operation.type !== "directory") return [];
    const { source } = operation;
    // The project's own is what `git` is about.
    if (!source.startsWith("/") || isWithin(plan.project, source)) return [];
    const names = source === "/" ? [] : (host.readdir(source) ?? []);
    const candidates = [source, ...(names.length > MOST ? [] : names.map((name) => below(source, name)))];
    return candidates.flatMap((directory) => {
      const git = below(directory, ".git");
      const type = isWithin(plan.project, directory) ? undefined : gitType(host, git);
      return type === undefined ? [] : [{ operation, git, type }];
    });
  });
}

function gitType(host: Host, git: string): "directory" | "file" | undefined {
  const type = host.lstat(git)?.type;
  return type === "directory" || type === "file" ? type : undefined;
}
