import type { Endpoint } from "../compile/index.ts";
import { durationMs } from "../compile/units.ts";
import type { Host } from "../model/host.ts";
import { isAbsolute } from "../model/path.ts";
import type { Plan } from "../model/plan.gen.ts";
import { DEFAULT_ORIGIN, type Origin } from "../model/source.ts";
import { planAgain } from "../pipeline.ts";
import { rootOf } from "../preflight/root-lock.ts";
import type { Bind } from "../resolve/command-line.ts";
import { problemError, SandboxError } from "./error.ts";
import type { SandboxBind, SandboxRunOptions } from "./options.ts";
import type { SettledPlan } from "./settle-plan.ts";

/** Who wrote what an embedding program says. */
export const CALLER: Origin = { ...DEFAULT_ORIGIN, file: "command-line" };

/**
 * The plan of one run: the session's profile with what the run adds, for the machine as it is now. An earlier run may
 * have moved what is masked, or put a link where something is mounted. Throws what is wrong with it.
 */
export async function planOfRun(
  { plan: opened, making }: SettledPlan,
  endpoints: readonly Endpoint[],
  options: SandboxRunOptions,
  host: Host,
): Promise<Plan> {
  const { mounts, binds = [], readonlyBinds = [], cwd } = options;
  const overrides = {
    // Writable ones first, whatever the order of both lists: one below the other decides itself by its depth.
    binds: [...binds.map((bind) => bindOf(bind, "rw")), ...readonlyBinds.map((bind) => bindOf(bind, "ro"))],
    ...(mounts && { mounts }),
    ...(cwd !== undefined && { cwd: { path: absolute(cwd, "cwd"), argument: 0 } }),
  };
  const { value, problems } = await planAgain(making, { overrides, endpoints, host });
  if (value === undefined) throw problemError("refused", "the run makes no plan", { problems });
  if (rootOf(value.plan)?.path !== rootOf(opened)?.path) {
    throw new SandboxError("refused", "a run can't have another root than its session, which has it locked");
  }
  return withSettings(value.plan, options);
}

function bindOf(bind: SandboxBind, access: Bind["access"]): Bind {
  const { source, destination = source } = typeof bind === "string" ? { source: bind } : bind;
  return {
    source: absolute(source, "a bind's source"),
    destination: absolute(destination, "a bind's destination"),
    access,
    argument: 0,
  };
}

function absolute(path: string, what: string): string {
  if (isAbsolute(path)) return path;
  throw new SandboxError("refused", `${what} must be an absolute path, not ${JSON.stringify(path)}`);
}

/** Variables and the time limit change nothing else in a plan. */
function withSettings(plan: Plan, { env = {}, timeout }: SandboxRunOptions): Plan {
  const variables = Object.entries(env).map(([name, value]) => [name, { value, origin: CALLER }]);
  const time = timeout === undefined ? plan.limits.time : { value: milliseconds(timeout), try: false, origin: CALLER };
  return {
    ...plan,
    env: { ...plan.env, ...Object.fromEntries(variables) },
    limits: { ...plan.limits, ...(time && { time }) },
  };
}

function milliseconds(timeout: number | string): number {
  const ms = typeof timeout === "number" ? timeout : durationMs(timeout);
  if (ms !== undefined && Number.isFinite(ms) && ms > 0) return ms;
  throw new SandboxError("refused", `${JSON.stringify(timeout)} is no time limit: write milliseconds, or "10m"`);
}
