import { lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { CgroupLimit, Hierarchy } from "../../model/limits.ts";
import { below } from "../../model/path.ts";
import type { Problem } from "../../model/problem.ts";
import { isIoError, reasonOf } from "../io-error.ts";
import type { Journal } from "../journal.ts";
import type { Cgroup } from "./cgroup.ts";
import { type Counted, struckIn } from "./counters.ts";
import { type Failure, giveUp, type Warn } from "./fallible.ts";
import { type Setting, settingsOf } from "./settings.ts";
import { warnOfSwap } from "./swap.ts";
import { whyOpen } from "./writable.ts";

/** What of the journal is needed here. */
export type CgroupJournal = Pick<Journal, "intend" | "freshName">;

interface Made extends Counted {
  readonly limits: readonly CgroupLimit[];
}

/**
 * Makes a cgroup in each hierarchy, limits first, and in that another one for the processes. A sandbox that may nest can
 * unshare its cgroup namespace and mount the file system: what it sees then is the inner one and what is below it, and
 * never the files that hold its limits (cgroup_namespaces(7)).
 */
export function makeDirectories(
  hierarchies: readonly Hierarchy[],
  journal: CgroupJournal,
  warn: Warn,
): Cgroup | Problem | undefined {
  const made: Made[] = [];
  for (const hierarchy of hierarchies) {
    const one = make(hierarchy, journal, warn);
    if (one && "rule" in one) return one;
    if (one) made.push(one);
  }
  if (made.length === 0) return undefined;
  return {
    enter(pid) {
      const open = whyOpen(pid);
      for (const { inner, limits } of made) {
        const failure = open ?? whyNotIn(inner, pid);
        const problem = failure && giveUp(limits, failure, warn);
        if (problem) return problem;
      }
      return undefined;
    },
    struck: () => made.flatMap((each) => struckIn(each, each.limits)),
  };
}

/** Undefined when no limit came of it. */
function make({ version, parent, limits }: Hierarchy, journal: CgroupJournal, warn: Warn): Made | Problem | undefined {
  const [first] = limits;
  if (first === undefined) return undefined;
  try {
    const outer = below(parent, journal.freshName());
    const intent = journal.intend({ kind: "remove-cgroup", path: outer, type: "directory", spot: first.origin });
    try {
      mkdirSync(outer);
    } catch (error) {
      intent.dropped();
      throw error;
    }
    intent.made(lstatSync(outer, { bigint: true }));
    const holding: CgroupLimit[] = [];
    for (const limit of limits) {
      const failure = put(outer, version, limit, warn);
      const problem = failure && giveUp([limit], failure, warn);
      if (problem) return problem;
      if (failure === undefined) holding.push(limit);
    }
    // Afterwards: version 1 copies some of it to a new one.
    const inner = below(outer, "sandbox");
    mkdirSync(inner);
    return holding.length === 0 ? undefined : { version, outer, inner, limits: holding };
  } catch (error) {
    if (!isIoError(error)) throw error;
    return giveUp(limits, { why: `${error.path ?? parent}: ${reasonOf(error)}` }, warn);
  }
}

/** Writes a limit; why it does not hold, if it doesn't. */
function put(directory: string, version: 1 | 2, limit: CgroupLimit, warn: Warn): Failure | undefined {
  for (const setting of settingsOf(version, limit.name, limit.value)) {
    const failure = write(directory, setting, () => {
      if (setting.missing === "swap-not-counted") warnOfSwap(limit, warn);
    });
    if (failure) return failure;
  }
  return undefined;
}

function write(directory: string, setting: Setting, onMissing: () => void): Failure | undefined {
  const file = below(directory, setting.file);
  try {
    // Never made: the kernel has put it there, or does not have it.
    writeFileSync(file, setting.text, { flag: "r+" });
    const found = readFileSync(file, "utf8");
    return setting.holds(found)
      ? undefined
      : { why: `${file} says ${JSON.stringify(found.trim())} after ${setting.text} was written` };
  } catch (error) {
    if (!isIoError(error)) throw error;
    if (error.code === "EINVAL" && setting.holdsAbove?.(directory)) return undefined;
    if (error.code !== "ENOENT" || setting.missing === undefined) return { why: `${file}: ${reasonOf(error)}` };
    onMissing();
    return undefined;
  }
}

function whyNotIn(directory: string, pid: number): Failure | undefined {
  const file = below(directory, "cgroup.procs");
  try {
    writeFileSync(file, String(pid));
    const isIn = readFileSync(file, "utf8").split("\n").includes(String(pid));
    return isIn ? undefined : { why: `${file} does not list the sandbox's first process` };
  } catch (error) {
    if (!isIoError(error)) throw error;
    return { why: `${file}: ${reasonOf(error)}` };
  }
}
