import { ownDirectories } from "./host/own.ts";
import type { Host } from "./model/host.ts";
import type { Plan, Step } from "./model/plan.gen.ts";
import { hasErrors, type Problem } from "./model/problem.ts";
import { DEFAULT_ORIGIN, type Origin } from "./model/source.ts";
import { makingOf, refuse } from "./pipeline.ts";
import { badPlan } from "./preflight/problems.ts";
import { type RunOptions, runVetted } from "./run.ts";
import { unallowedApis } from "./trust/programs.ts";

/** What the caller of a run decides. */
export interface RunPlanOptions extends RunOptions {
  /** Programs of the profile's `apis` that may be started, when they are not of a built-in or the user's own. */
  readonly allowApis?: readonly string[];
}

/**
 * Runs a command by a plan: one that `compile()` made in this process, which may do what its profile may, or one from
 * elsewhere, such as a file, which is checked against its schema and otherwise believed.
 */
export async function runPlan(
  plan: Plan,
  argv: readonly string[],
  host: Host,
  { allowApis = [], ...options }: RunPlanOptions = {},
): ReturnType<typeof runVetted> {
  const problems = await whyNot(plan, host, new Set(allowApis));
  if (hasErrors(problems)) return { exitCode: 125, problems };
  return runVetted(plan, argv, host, options);
}

const INSIST = "runPlan(plan, argv, host, {…})";

async function whyNot(plan: Plan, host: Host, allowedApis: ReadonlySet<string>): Promise<readonly Problem[]> {
  const making = makingOf(plan);
  if (making) return refuse(making.planned, host, { allowedApis, insist: INSIST });
  const { plan: isPlan } = await import("./generated/plan-validator.js");
  if (!isPlan(plan)) {
    const [first] = isPlan.errors ?? [];
    return [badPlan({ at: first?.instancePath || "/", what: first?.keyword ?? "" }, DEFAULT_ORIGIN)];
  }
  // It could name any program of the host's, and say anything about who wrote it.
  const helper = plan.prepare.find((step) => step.kind === "mount-overlay" && step.program !== undefined);
  if (helper)
    return [badPlan({ at: "/prepare", what: "it names a program that sbx would have looked up" }, DEFAULT_ORIGIN)];
  const prepare = plan.prepare.map((step): Step => ({ ...step, origin: NOBODY }));
  return unallowedApis({ ...plan, prepare }, ownDirectories(host).configuration, allowedApis, INSIST);
}

const NOBODY: Origin = { ...DEFAULT_ORIGIN, file: "plan" };
