import type { CgroupLimit, Limit, Rlimit, SettledLimits } from "../model/limits.ts";
import type { Plan } from "../model/plan.gen.ts";
import { hasErrors, type Problem, type Result } from "../model/problem.ts";
import { type CgroupsHere, settleCgroup } from "./cgroup-limits.ts";
import { limitLiftable, limitNotEnforced, limitUnavailable } from "./limit-problems.ts";
import { countText, durationText, sizeText } from "./quantity.ts";

/** What of the machine decides; it is asked only for what is needed. */
export interface LimitSurroundings extends CgroupsHere {
  readonly uid: number;
  /** Looks for prlimit(1) on the host. */
  readonly findPrlimit: () => string | undefined;
}

type Name = Rlimit["name"] | CgroupLimit["name"];

const RLIMITS: readonly Rlimit["name"][] = ["cpuTime", "openFiles", "fileSize", "core"];
const CGROUP_LIMITS: readonly CgroupLimit["name"][] = ["memory", "tasks", "cpus"];
const TEXT: Readonly<Record<Name, (value: number) => string>> = {
  cpuTime: durationText,
  openFiles: countText,
  fileSize: sizeText,
  core: sizeText,
  memory: sizeText,
  tasks: countText,
  cpus: countText,
};

/**
 * How the limits of a plan, all but `time`, are enforced here: an error for each that can't be, a warning where it says
 * `try`. Undefined without problems when there are none.
 */
export function settleLimits(
  { limits, capabilities, namespaces }: Pick<Plan, "limits" | "capabilities" | "namespaces">,
  around: LimitSurroundings,
): Result<SettledLimits> {
  const problems: Problem[] = [];
  const fail = (limit: Limit<Name>, why: string, fix?: string) => {
    const { name, text, origin } = limit;
    if (limit.try) problems.push(limitNotEnforced({ limit: name, why }, origin));
    else problems.push(limitUnavailable({ limit: name, text, why, ...(fix !== undefined && { fix }) }, origin));
  };
  const liftable = (limits: readonly Limit<Name>[], capability: string) => {
    if (!keeps(capabilities.value, capability, around.uid)) return;
    problems.push(...limits.map(({ name, origin }) => limitLiftable({ limit: name, capability }, origin)));
  };

  const ofProcess = wanted(limits, RLIMITS);
  const prlimit = ofProcess.length > 0 ? around.findPrlimit() : undefined;
  if (prlimit === undefined) {
    const why = "prlimit is in no directory of PATH that is safe to use";
    for (const limit of ofProcess) fail(limit, why, "install util-linux");
  } else if (namespaces.user.value !== true) {
    // setrlimit(2): what raises a hard limit is this capability in the machine's own user namespace.
    liftable(ofProcess, "CAP_SYS_RESOURCE");
  }
  const together = wanted(limits, CGROUP_LIMITS);
  const cgroup = together.length > 0 ? settleCgroup(together, around, fail) : undefined;
  // With it the command can mount the file system of cgroups, and write there what sbx wrote.
  if (cgroup !== undefined) liftable(together, "CAP_SYS_ADMIN");

  if (hasErrors(problems)) return { value: undefined, problems };
  const rlimits = prlimit === undefined ? undefined : { prlimit, limits: ofProcess };
  if (rlimits === undefined && cgroup === undefined) return { value: undefined, problems };
  return { value: { ...(rlimits && { rlimits }), ...(cgroup && { cgroup }) }, problems };
}

function wanted<Wanted extends Name>(limits: Plan["limits"], names: readonly Wanted[]): Limit<Wanted>[] {
  return names.flatMap((name) => {
    const limit: Plan["limits"][Name] = limits[name];
    if (limit === undefined) return [];
    const { value, origin } = limit;
    // The kernel counts whole seconds of it.
    const counted = name === "cpuTime" ? Math.ceil(value / 1000) * 1000 : value;
    return [{ name, value, text: TEXT[name](value), more: TEXT[name](counted * 2), try: limit.try, origin }];
  });
}

/** Whether the command has the capability; an ordinary user's has none but those that are added. */
function keeps({ base, add, drop }: Plan["capabilities"]["value"], capability: string, uid: number): boolean {
  const isIn = (list: readonly string[]) => list.includes(capability) || list.includes("ALL");
  return isIn(add) || (base === "inherited" && uid === 0 && !isIn(drop));
}
