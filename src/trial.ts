import type { Ended, FoundSettings } from "./claims/index.ts";
import { exitStatus } from "./execute/exit-status.ts";
import { lookInside } from "./execute/look-inside.ts";
import type { Host } from "./model/host.ts";
import type { Plan } from "./model/plan.gen.ts";
import { hasErrors, type Problem } from "./model/problem.ts";
import type { Who } from "./model/rights.ts";
import type { Seen } from "./model/seen.ts";
import { hiddenFromBwrap } from "./render/environment.ts";
import { runVetted } from "./run.ts";

/** What a look into the sandbox found. */
export interface Trial {
  readonly seen: ReadonlyMap<string, Seen>;
  readonly settings: FoundSettings;
}

interface Looked {
  readonly trial: Trial | undefined;
  /** Why there was nothing to look at. */
  readonly failure: string | undefined;
  readonly problems: readonly Problem[];
  readonly durationMs: number;
}

interface Ran {
  readonly ended: Ended;
  readonly problems: readonly Problem[];
  readonly durationMs: number;
}

interface Surroundings {
  readonly cleaner?: readonly string[];
  readonly onStopped?: (signal: NodeJS.Signals) => void;
}

/** Makes real sandboxes of a plan: one to look into, others to run something in. */
export function trial(plan: Plan, host: Host, who: Who, { cleaner, onStopped }: Surroundings) {
  const common = cleaner ? { cleaner } : {};

  /** No command is started: what is to be seen is all there before. */
  async function look(paths: readonly string[]): Promise<Looked> {
    let found: Trial | undefined;
    let lost: string | undefined;
    const inspect = (pid: number) => {
      try {
        const inside = lookInside(pid, who);
        found = {
          seen: new Map(paths.map((path) => [path, inside.look(path)])),
          settings: { network: inside.network(), variables: inside.variables(), unseen: hiddenFromBwrap(plan.env) },
        };
      } catch (error) {
        lost = `it can't be looked into: ${error instanceof Error ? error.message : String(error)}`;
      }
    };
    const executed = await runVetted(plan, ["true"], host, { ...common, inspect });
    if ("ended" in executed && executed.ended === "signal" && executed.signal) onStopped?.(executed.signal);
    const problems = told(executed);
    const durationMs = "ended" in executed ? executed.durationMs : 0;
    const failure = found ? undefined : (lost ?? reasonOf(problems));
    return { trial: found, failure, problems, durationMs };
  }

  async function run(argv: readonly string[]): Promise<Ran> {
    const executed = await runVetted(plan, argv, host, { ...common, input: "", capture: { separate: true } });
    const { problems } = executed;
    if (!("ended" in executed)) {
      const { exitCode } = executed;
      const why = reasonOf(problems);
      const code = exitCode === 125 ? undefined : exitCode;
      const how = code === undefined ? why : `could not be started (${code}): ${why}`;
      const ended = { code, how, stdout: "", stderr: "", truncated: false };
      return { ended, problems: code === undefined ? problems : [], durationMs: 0 };
    }
    if (executed.ended === "signal" && executed.signal) onStopped?.(executed.signal);
    const { stdout = "", stderr = "", truncated = false } = executed.captured ?? {};
    const status = exitStatus(executed);
    const isSetUp = executed.ended !== "never-ran" && executed.ended !== "killed" && executed.ended !== "signal";
    const said = stderr.trim().split("\n").at(-1) ?? "";
    const how = isSetUp
      ? executed.ended === "exit"
        ? `ended with ${status}`
        : `was ended (${executed.ended}), which is ${status}`
      : hasErrors(problems)
        ? reasonOf(problems)
        : executed.ended === "signal"
          ? "sbx was stopped"
          : `bwrap could not set it up: ${said}`;
    const ended = { code: isSetUp ? status : undefined, how, stdout, stderr, truncated };
    return { ended, problems: told(executed), durationMs: executed.durationMs };
  }

  return { look, run };
}

const reasonOf = (problems: readonly Problem[]): string =>
  problems.find(({ severity }) => severity === "error")?.message ??
  "bwrap could not set it up; its message stands above";

const told = (executed: { readonly problems: readonly Problem[]; readonly cleanup?: readonly Problem[] }) => [
  ...executed.problems,
  ...(executed.cleanup ?? []),
];
