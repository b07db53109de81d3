import type { Invocation } from "../model/invocation.ts";
import type { Plan } from "../model/plan.gen.ts";
import type { Result } from "../model/problem.ts";
import { needsSbx } from "./problems.ts";

/**
 * bwrap and its arguments, each ended by NUL, as `xargs -0` and bwrap's own `--args` read them. The environment is
 * the caller's affair; a plan with steps or inputs can't be told this way.
 */
export function renderNul(invocation: Invocation, plan: Plan): Result<string> {
  const steps = plan.prepare.map((step) => ({
    step: step.kind,
    path: "path" in step ? step.path : step.socket,
    origin: step.origin,
  }));
  const inputs = invocation.inputs.map(({ fd }) => ({
    step: "input",
    path: `descriptor ${fd}`,
    origin: { file: "command-line", line: 0, column: 0 },
  }));
  const problems = [...steps, ...inputs].map(({ step, path, origin }) => needsSbx({ step, path }, origin));
  if (problems.length > 0) return { value: undefined, problems };
  return {
    value: [...(invocation.before ?? []), invocation.file, ...invocation.args].map((word) => `${word}\0`).join(""),
    problems,
  };
}
