import type { Endpoint } from "../compile/index.ts";
import type { Executed, HeldHostSide, OnOutput } from "../execute/index.ts";
import type { Host } from "../model/host.ts";
import type { Plan, Step } from "../model/plan.gen.ts";
import { formatProblems } from "../report/index.ts";
import { type RunOptions, runPlan } from "../run.ts";
import { type CompletedRun, completedRun } from "./completed-run.ts";
import { problemError } from "./error.ts";
import type { SandboxRunOptions } from "./options.ts";
import { planOfRun } from "./plan-of-run.ts";
import { machineNow, type SettledPlan } from "./settle-plan.ts";

/** What a run takes from its session. */
export interface Surroundings {
  readonly settled: SettledPlan;
  readonly side: HeldHostSide;
  readonly endpoints: readonly Endpoint[];
  readonly done: (step: Step) => boolean;
  /** Aborted when the session ends. */
  readonly ending: AbortSignal;
  readonly handleSignals: boolean | undefined;
}

/** Runs a command in an open session. */
export async function runIn(
  session: Surroundings,
  argv: readonly string[],
  options: SandboxRunOptions,
): Promise<CompletedRun> {
  const { settled, side, endpoints, done, ending } = session;
  const { monitor, origin = options.stage?.name, stage, debugShell } = options;
  const host = machineNow(settled.host);
  const plan = await planOfRun(settled, endpoints, options, host);
  const abort = options.abort ? AbortSignal.any([options.abort, ending]) : ending;
  const common: RunOptions = { done, places: side.places, abort, handleSignals: session.handleSignals ?? true };

  if (stage) await monitor?.stage?.(structuredClone({ ...stage, origin }));
  if (debugShell) await shellFirst(plan, debugShell, host, common);
  const onOutput: OnOutput = (text, stream) => {
    const heard = [monitor?.log(text, origin), options.onOutput?.(text, stream)];
    // A promise holds the command up: only where there is one.
    return heard.some((each) => each !== undefined) ? Promise.all(heard).then(() => undefined) : undefined;
  };
  const executed = await runPlan(plan, argv, host, {
    ...common,
    capture: { onOutput, separate: options.separate, keep: options.keepOutput },
    ...(options.stdin !== undefined && { input: options.stdin }),
  });
  if (!("ended" in executed) || executed.ended === "never-ran") {
    const { problems } = executed;
    const said = "captured" in executed ? (executed.captured?.output ?? "") : "";
    const told = problems.length > 0 ? formatProblems(problems) : "";
    if (told !== "") await monitor?.log(told, origin);
    const exitCode = executed.exitCode ?? 125;
    const output = said + told;
    throw problemError("never-ran", `${JSON.stringify(argv[0] ?? "")} never ran`, { problems, exitCode, output });
  }
  const result = completedRun({ ...executed, problems: [...executed.problems, ...side.deaths] });
  if (stage) await monitor?.result?.(structuredClone({ name: stage.name, origin, ...result }));
  return result;
}

/** The same sandbox with a shell in it, on the caller's terminal. */
async function shellFirst(plan: Plan, shell: readonly string[], host: Host, options: RunOptions): Promise<void> {
  const { process, limits } = plan;
  const { time: _none, ...untimed } = limits;
  const interactive: Plan = {
    ...plan,
    process: {
      ...process,
      wrapper: { ...process.wrapper, value: [] },
      stdin: { ...process.stdin, value: "inherit" },
      session: { ...process.session, value: "auto" },
    },
    limits: untimed,
  };
  const ended: Pick<Executed, "problems" | "exitCode"> = await runPlan(interactive, shell, host, options);
  if (ended.exitCode === 0) return;
  const { problems, exitCode } = ended;
  throw problemError("debug-shell", "the shell before the command did not end with 0", { problems, exitCode });
}
