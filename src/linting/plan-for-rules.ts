import { compile } from "../compile/index.ts";
import { runBase } from "../execute/run-directory.ts";
import { ownDirectories } from "../host/own.ts";
import { underConditions, withEverything } from "../lint/index.ts";
import type { Host } from "../model/host.ts";
import type { Problem, Result } from "../model/problem.ts";
import type { Opened } from "../opening.ts";
import { type Request, resolveOpened } from "../pipeline.ts";
import { unbuilt } from "../preflight/unenforceable.ts";
import type { LintedPlan } from "./linted.ts";

interface Terms {
  readonly machine: Host;
  readonly isKnown: boolean;
  /** Whether the conditions of mounts are taken to be met. */
  readonly met: boolean;
}

/**
 * The plan of a profile as it would be were nothing missing; where that can't be had (a name that is something else than
 * one would think), the plan of the machine as it is.
 */
export async function planForRules(
  opened: Opened,
  request: Request,
  { machine, isKnown, met }: Terms,
): Promise<Result<Omit<LintedPlan, "combination">>> {
  const { value, problems: before } = await resolveOpened(opened, request, machine);
  if (value === undefined) return { value, problems: before };
  const { effective } = value;
  const { state, cache, configuration } = ownDirectories(machine);
  const own = { directories: [runBase(machine), state, cache, configuration] };
  const failed: (readonly Problem[])[] = [];
  const everything = withEverything(machine, effective, { withDestinations: !isKnown });
  const wished = underConditions(effective, met);
  for (const host of [everything, machine]) {
    const { value: plan, problems } = compile(wished, host, own);
    if (plan !== undefined)
      return { value: { effective, plan, host }, problems: [...before, ...problems, ...unbuilt(effective)] };
    const errors = problems.filter(({ severity }) => severity === "error");
    // Where the place is missing neither the mask nor the grant does anything: nobody means that.
    const certain = errors.filter(({ rule }) => rule === CERTAIN);
    if (certain.length > 0) return { value: undefined, problems: [...before, ...certain] };
    failed.push(errors);
  }
  // What is wrong with all of it there and as it is, is the profile's mistake; that something is missing is not.
  const [whole = [], bare = []] = failed;
  const both = whole.filter((problem) => bare.some((other) => isSame(problem, other)));
  return { value: undefined, problems: [...before, ...(both.length > 0 ? both : whole)] };
}

/** A grant that would undo a mask stops every run where there is something to be granted. */
const CERTAIN = "mask/undone";

const isSame = (a: Problem, b: Problem): boolean =>
  a.rule === b.rule && a.file === b.file && a.line === b.line && a.column === b.column;
