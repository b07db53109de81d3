import type { Endpoint } from "../compile/index.ts";
import { durationMs } from "../compile/units.ts";
import type { Host } from "../model/host.ts";
import { isAbsolute } from "../model/path.ts";
import type { Plan } from "../model/plan.gen.ts";
import { DEFAULT_ORIGIN, type Origin } from "../model/source.ts";
import { planAgain } from "../pipeline.ts";
import type { Bind } from "../resolve/command-line.ts";
import { problemError, SandboxError } from "./error.ts";
import type { SandboxBind, SandboxRunOptions } from "./options.ts";
import type { SettledPlan } from "./settle-plan.ts";

/** Who wrote what an embedding program says. */
export const CALLER: Origin = { ...DEFAULT_ORIGIN, file: "command-line" };

/** The session's plan with what one run adds to it. Throws what is wrong with that. */
export async function planOfRun(
  { plan, making }: SettledPlan,
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
  const adds = overrides.binds.length > 0 || mounts !== undefined || cwd !== undefined || endpoints.length > 0;
  if (!adds) return withSettings(plan, options);
  if (making === undefined) {
    const why = "the plan was not made by compile() in this process, so nothing can be added to it";
    throw new SandboxError("refused", `${why}: give mounts, cwd and endpoints to compile(), or open with its plan`);
  }
  const { value, problems } = await planAgain(making, { overrides, endpoints, host });
  if (value === undefined) throw problemError("refused", "the run makes no plan", { problems });
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
  for (const name of Object.keys(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new SandboxError("refused", `${JSON.stringify(name)} is no variable name`);
    }
  }
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
