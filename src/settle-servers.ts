import { hostProgramReplaceable } from "./host/problems.ts";
import { whyReplaceable } from "./host/trust.ts";
import type { Host } from "./model/host.ts";
import { isAbsolute } from "./model/path.ts";
import type { Plan, StartApiStep, Step } from "./model/plan.gen.ts";
import type { Problem, Result } from "./model/problem.ts";
import { realpath } from "./model/realpath.ts";
import { findHostProgram } from "./run.ts";
import { guardsInReach } from "./trust/programs.ts";

/**
 * The plan with every server's program by its absolute path, none of which the command can exchange: what it wrote
 * there would run on the host the next time.
 */
export function settleServers(plan: Plan, host: Host): Result<Plan> {
  const problems: Problem[] = [];
  const prepare = plan.prepare.map((step): Step => {
    if (step.kind !== "start-api") return step;
    const { value, problems: found } = settleServer(step, plan, host);
    problems.push(...found);
    return value ?? step;
  });
  return { value: problems.length > 0 ? undefined : { ...plan, prepare }, problems };
}

function settleServer(step: StartApiStep, plan: Plan, host: Host): Result<StartApiStep> {
  const [program = "", ...words] = step.command;
  if (!program.includes("/")) {
    const found = findHostProgram(program, plan, host);
    if (found.value === undefined) return { value: undefined, problems: found.problems };
    return { value: { ...step, command: [found.value, ...words] }, problems: [] };
  }
  // What else is wrong with it is told when it is started.
  const { path, stat } = realpath(host, program);
  if (!isAbsolute(program) || stat === undefined) return { value: step, problems: [] };
  const reached = guardsInReach(plan, { [`the server of apis.${step.name}`]: path });
  const why = whyReplaceable(path, host);
  const replaceable = why === undefined ? [] : [hostProgramReplaceable({ name: step.name, path, why }, step.origin)];
  return { value: step, problems: [...reached, ...replaceable] };
}
