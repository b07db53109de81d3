import type { Host } from "../model/host.ts";
import { below, isWithin } from "../model/path.ts";
import type { Operation, Plan } from "../model/plan.gen.ts";
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

/** The repositories beside the project's own that entries show. */
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
  // The project's own is what `git` is about.
  if (!source.startsWith("/") || source === "/" || isWithin(project, source)) return [];
  if (SYSTEM.some((place) => isWithin(place, source))) return [];
  const names = host.readdir(source) ?? [];
  const candidates = [source, ...(names.length > MOST ? [] : names.map((name) => below(source, name)))];
  return candidates.flatMap((directory) => {
    const git = below(directory, ".git");
    const type = isWithin(project, directory) ? undefined : host.lstat(git)?.type;
    return type === "directory" || type === "file" ? [{ operation, git, type }] : [];
  });
}
