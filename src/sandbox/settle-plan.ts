import { compile } from "../compiling.ts";
import { nodeHost } from "../host/node.ts";
import type { Host } from "../model/host.ts";
import type { Plan } from "../model/plan.gen.ts";
import { hasErrors } from "../model/problem.ts";
import { type Making, makingOf, refuse } from "../pipeline.ts";
import { problemError, SandboxError } from "./error.ts";
import type { SandboxOptions } from "./options.ts";

/** The plan of a session, which may be run here. */
export interface SettledPlan {
  readonly plan: Plan;
  readonly making: Making;
  readonly host: Host;
}

/** The plan that a session is opened with. Throws what speaks against it. */
export async function settlePlan(options: SandboxOptions): Promise<SettledPlan> {
  const plan = options.plan ?? (await compiled(options));
  const making = makingOf(plan);
  if (making === undefined) {
    // What runs change, moves and add can only be followed with the profile.
    const why = "the plan is not one that compile() made in this process";
    throw new SandboxError("refused", `${why}: give the plan itself, no copy, or the profile`);
  }
  const { host, planned } = making;
  const caller = { allowedApis: new Set(options.allowApis), insist: "new Sandbox({profile: FILE, …})" };
  const problems = refuse(planned, host, caller);
  if (hasErrors(problems)) throw problemError("refused", "the plan may not be run", { problems });
  return { plan, making, host };
}

async function compiled(options: SandboxOptions & { readonly plan?: never }): Promise<Plan> {
  const { apis, apiDirectory, allowApis, monitor, handleSignals, cleaner, ...rest } = options;
  const made = await compile(rest);
  if (made.ok) return made.plan;
  throw problemError("refused", "the profile makes no plan", { problems: made.problems });
}

/** The machine as it is now, to the same caller. Facts are remembered, so that every run needs facts of its own. */
export function machineNow(host: Host): Host {
  const { home, cwd, uid, gid, user, env } = host;
  return nodeHost({ home, cwd, uid, gid, user, env });
}
