import { nodeHost } from "./host/node.ts";
import type { Host } from "./model/host.ts";
import type { Plan } from "./model/plan.gen.ts";
import type { Problem } from "./model/problem.ts";
import { planProfile, type Request } from "./pipeline.ts";

/** What {@link compile} takes: which profile, what is laid over it, and the machine (default: this one). */
export interface CompileOptions extends Omit<Request, "flags" | "set"> {
  /** Values of the profile's parameters. */
  readonly params?: Readonly<Record<string, string | number | boolean>>;
  /** Flag sets to use, or with `false` to leave out. */
  readonly flags?: Readonly<Record<string, boolean>>;
  readonly host?: Host;
}

export type Compiled =
  | { readonly ok: true; readonly plan: Plan; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The mount plan of a profile, or what is wrong with it. Reads files and host facts; changes nothing. */
export async function compile(options: CompileOptions): Promise<Compiled> {
  const { params = {}, flags = {}, host = nodeHost(), ...rest } = options;
  const request: Request = {
    ...rest,
    set: Object.entries(params).map(([name, value]) => ({ name, value: String(value), argument: 0 })),
    flags: Object.entries(flags).map(([name, on]) => ({ name, on })),
  };
  const { value, problems } = await planProfile(request, host);
  if (value === undefined) return { ok: false, problems };
  freeze(value.plan);
  return { ok: true, plan: value.plan, problems };
}

/** Later stages answer for the plan that was made: nobody changes it afterwards. */
function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const part of Object.values(value)) freeze(part);
}
