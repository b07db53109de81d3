import { compile } from "../compiling.ts";
import { nodeHost } from "../host/node.ts";
import { ownDirectories } from "../host/own.ts";
import type { Host } from "../model/host.ts";
import type { Plan } from "../model/plan.gen.ts";
import { hasErrors } from "../model/problem.ts";
import { type Making, makingOf, refuse } from "../pipeline.ts";
import { unallowedApis } from "../trust/programs.ts";
import { problemError } from "./error.ts";
import type { SandboxOptions } from "./options.ts";

/** The plan of a session, which may be run here. */
export interface SettledPlan {
  readonly plan: Plan;
  /** Undefined when the plan was not made in this process: then nothing can be added to it for one run. */
  readonly making: Making | undefined;
  readonly host: Host;
}

/** The plan that a session is opened with. Throws what speaks against it. */
export async function settlePlan(options: SandboxOptions): Promise<SettledPlan> {
  const { plan, host: given } = await planOf(options);
  const making = makingOf(plan);
  const host = given ?? making?.host ?? nodeHost();
  const caller = { allowedApis: new Set(options.allowApis), insist: "new Sandbox({profile: FILE, …})" };
  const problems = making
    ? refuse(making.planned, host, caller)
    : unallowedApis(plan, ownDirectories(host).configuration, caller.allowedApis, caller.insist);
  if (hasErrors(problems)) throw problemError("refused", "the plan may not be run", { problems });
  return { plan, making, host };
}

async function planOf(options: SandboxOptions): Promise<{ readonly plan: Plan; readonly host?: Host | undefined }> {
  if (options.plan !== undefined) return { plan: options.plan };
  const { apis, apiDirectory, allowApis, monitor, handleSignals, cleaner, ...rest } = options;
  const compiled = await compile(rest);
  if (compiled.ok) return { plan: compiled.plan, host: rest.host };
  throw problemError("refused", "the profile makes no plan", { problems: compiled.problems });
}

/** The machine as it is now, to the same caller. Facts are remembered, so that every run needs facts of its own. */
export function machineNow(host: Host): Host {
  const { home, cwd, uid, gid, user, env } = host;
  return nodeHost({ home, cwd, uid, gid, user, env });
}
