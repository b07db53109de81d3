import type { Endpoint } from "../compile/index.ts";
import type { Executed, HeldHostSide, OnOutput } from "../execute/index.ts";
import type { Host } from "../model/host.ts";
import type { Plan, Step } from "../model/plan.gen.ts";
import { keptPlaces } from "../preflight/kept-places.ts";
import { formatProblems } from "../report/index.ts";
import { findBwrap, type RunOptions, runVetted } from "../run.ts";
import { checkRun } from "./check-run.ts";
import { type CompletedRun, completedRun } from "./completed-run.ts";
import { problemError, SandboxError } from "./error.ts";
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
  readonly handleSignals?: boolean | undefined;
  /** How many other runs were under way when this one began. */
  readonly others: number;
}

/** Runs a command in an open session. A monitor hears of a stage whatever becomes of it. */
export async function runIn(
  session: Surroundings,
  argv: readonly string[],
  options: SandboxRunOptions,
): Promise<CompletedRun> {
  checkRun(argv, options);
  const { monitor, stage, origin = stage?.name } = options;
  if (!monitor || !stage) return run(session, argv, options, origin);
  const { name } = stage;
  await monitor.stage?.({ ...structuredClone(stage), origin });
  try {
    const result = await run(session, argv, options, origin);
    await monitor.result?.({ ...result, name, origin });
    return result;
  } catch (error) {
    if (error instanceof SandboxError) await monitor.result?.({ ...NEVER_RAN, ...resultOf(error), name, origin });
    throw error;
  }
}

const NEVER_RAN = {
  ended: "never-ran",
  exitCode: undefined,
  signal: undefined,
  durationMs: 0,
  limitsHit: [],
  cleanup: [],
  truncated: false,
} as const;

const resultOf = ({ problems, output }: SandboxError) => ({ problems, output });

async function run(
  { settled, side, endpoints, done, ending, others, handleSignals = true }: Surroundings,
  argv: readonly string[],
  options: SandboxRunOptions,
  origin: string | undefined,
): Promise<CompletedRun> {
  const { monitor, debugShell } = options;
  if (debugShell) {
    const before = machineNow(settled.host);
    const common = { done, places: side.places, abort: ending, handleSignals };
    await shellFirst(await planOfRun(settled, endpoints, options, before), debugShell, before, common);
  }
  const host = machineNow(settled.host);
  const plan = await planOfRun(settled, endpoints, options, host);
  refuseBeside(others, plan, host);
  const abort = options.abort ? AbortSignal.any([options.abort, ending]) : ending;
  const onOutput: OnOutput = (text, stream) => {
    const heard = [monitor?.log(text, origin), options.onOutput?.(text, stream)];
    // A promise holds the command up: only where there is one.
    return heard.some((each) => each !== undefined) ? Promise.all(heard).then(() => undefined) : undefined;
  };
  const executed = await runVetted(plan, argv, host, {
    done,
    places: side.places,
    abort,
    handleSignals,
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
    const last = problems.length === 0 ? said.trimEnd().split("\n").at(-1) : undefined;
    const what = `${JSON.stringify(argv[0])} never ran${last ? `: ${last}` : ""}`;
    throw problemError("never-ran", what, { problems, exitCode, output });
  }
  return completedRun({ ...executed, problems: [...executed.problems, ...side.deaths] });
}

/** bwrap before 0.12 follows a link that another run could put there between our look and its own. */
function refuseBeside(others: number, plan: Plan, host: Host): void {
  if (others === 0) return;
  if (plan.prepare.some(({ kind }) => kind === "copy-hard-links")) {
    // Putting a copy in a file's place takes mounts off it, in whatever sandbox they are.
    const why = "hard links are copied apart before each run, which another run's mounts don't stand";
    throw new SandboxError("refused", `${why}: wait for that run to end`);
  }
  if (keptPlaces(plan.operations, host).length === 0) return;
  const [, minor = 0] = /^bwrap 0\.(\d+)/.exec(findBwrap(plan, host).value?.name ?? "") ?? [];
  if (Number(minor) >= 12) return;
  const why = "the profile mounts something in a directory that the session's other run can write";
  throw new SandboxError("refused", `${why}: wait for that run to end, or use bubblewrap 0.12`);
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
  const ended: Pick<Executed, "problems" | "exitCode"> = await runVetted(interactive, shell, host, options);
  if (ended.exitCode === 0) return;
  const { problems, exitCode } = ended;
  throw problemError("debug-shell", "the shell before the command did not end with 0", { problems, exitCode });
}
