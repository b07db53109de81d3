import type { Invocation } from "../model/invocation.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Result } from "../model/problem.ts";
import type { Features } from "./features.ts";

/** Something a plan can be rendered to. It refuses with a problem what it can't express; it never drops anything. */
export interface Target {
  readonly name: string;
  readonly summary: string;
  render(plan: Plan, features: Features, argv: readonly string[]): Result<Invocation>;
}
