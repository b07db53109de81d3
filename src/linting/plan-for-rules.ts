import { compile } from "../compile/index.ts";
import { runBase } from "../execute/run-directory.ts";
import { ownDirectories } from "../host/own.ts";
import { withEverything } from "../lint/index.ts";
import type { Host } from "../model/host.ts";
import type { Problem, Result } from "../model/problem.ts";
import type { Opened } from "../opening.ts";
import { type Request, resolveOpened } from "../pipeline.ts";
import type { LintedPlan } from "./linted.ts";

/**
 * The plan of a profile as it would be were nothing missing; where that can't be had (a name that is something else than
 * one would think), the plan of the machine as it is.
 */
export async function planForRules(
  opened: Opened,
  request: Request,
  machine: Host,
): Promise<Result<Omit<LintedPlan, "combination">>> {
  const { value, problems: before } = await resolveOpened(opened, request, machine);
  if (value === undefined) return { value, problems: before };
  const { effective } = value;
  const { state, cache, configuration } = ownDirectories(machine);
  const own = { directories: [runBase(machine), state, cache, configuration] };
  let told: readonly Problem[] | undefined;
  for (const host of [withEverything(machine, effective), machine]) {
    const { value: plan, problems } = compile(effective, host, own);
    if (plan !== undefined) return { value: { effective, plan, host }, problems: [...before, ...problems] };
    // That something is missing here is no mistake of the profile's: what contradicts itself with all of it there is.
    if (told === undefined || problems.some(isMistake)) told = problems;
  }
  return { value: undefined, problems: [...before, ...(told ?? [])] };
}

const MISSING = new Set(["mount/missing-source", "protect/absent", "device/missing", "env/required"]);

const isMistake = ({ severity, rule }: Problem): boolean => severity === "error" && !MISSING.has(rule);
