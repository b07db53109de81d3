import { execPath } from "node:process";
import {
  type Executed,
  exitStatus,
  type Host,
  type Planned,
  type Problem,
  planProfile,
  refuse,
  runVetted,
  undoKilledRuns,
} from "../index.ts";
import { SBX_SAYS } from "./exit.ts";
import { hostFor } from "./host.ts";
import type { Told } from "./report.ts";
import { type RunOptions, runRequest } from "./run-options.ts";
import type { Words } from "./words.ts";

/** One call of `run` or `shell`. */
export interface Call {
  readonly verb: "run" | "shell";
  readonly options: RunOptions;
  readonly line: Words;
  /** The command, once it is known what there is. */
  argv(planned: Planned, host: Host): readonly string[];
}

type Tell = (problems: readonly Problem[]) => Promise<void>;

/** Plans and runs, and tells what there is to tell: problems as they come, or as one JSON list at the end. */
export async function makeCall(call: Call): Promise<number> {
  // For this signal Node would open the port of its debugger.
  process.on("SIGUSR1", () => {});
  const { options, line } = call;
  const json = options.format === "json";
  const all: Problem[] = [];
  const print: Tell = async (problems) => {
    if (problems.length === 0) return;
    const { printProblems } = await import("./problems.ts");
    printProblems(problems, { words: line.all, json });
  };
  const tell: Tell = async (problems) => {
    all.push(...problems);
    if (!json) await print(problems);
  };
  const started = new Date();
  const report =
    options.report === undefined ? undefined : (await import("./report-file.ts")).openReport(options.report);
  const told = await runTelling(call, tell);
  if (json) await print(all);
  if (report && !(await writeReport(report, { ...told, started, problems: all }))) return SBX_SAYS;
  return told.exitCode;
}

async function runTelling(call: Call, tell: Tell): Promise<Omit<Told, "started" | "problems">> {
  const { options, verb } = call;
  const host = hostFor(options.directory);
  // Before the plan: a mount point that a killed run left would be there for the plan, and gone for bwrap.
  const left = await undoKilledRuns(host.env);
  await tell(left);
  const { value: planned, problems } = await planProfile(runRequest(options, host.cwd), host);
  await tell(problems.filter((problem) => problem.severity !== "info"));
  if (planned === undefined) return { argv: [], planned, exitCode: SBX_SAYS, outcome: undefined };

  const argv = call.argv(planned, host);
  const refused = refuse(planned, host, {
    allowedApis: new Set(options.allowApi),
    insist: insistence(verb, planned, argv),
  });
  await tell(refused);
  if (refused.some(({ severity }) => severity === "error")) {
    return { argv, planned, exitCode: SBX_SAYS, outcome: undefined };
  }
  const outcome = await runVetted(planned.plan, argv, host, {
    cleaner: [execPath, process.argv[1] ?? "", "clean", "--quiet"],
  });
  await tell(outcome.problems);
  if (!("ended" in outcome)) return { argv, planned, exitCode: outcome.exitCode, outcome };
  await tell(outcome.cleanup);
  tellEnd(outcome);
  const cleanup = [...left, ...outcome.cleanup];
  return { argv, planned, exitCode: exitStatus(outcome), outcome: { ...outcome, cleanup } };
}

/** What no problem says: bwrap tells its own errors, and who ended it is not sbx's doing. */
function tellEnd({ ended, signal, problems }: Executed): void {
  if (ended === "killed") process.stderr.write(`sbx: error: bwrap was ended by ${signal ?? "a signal"}\n`);
  if (ended === "never-ran" && problems.length === 0) {
    process.stderr.write("sbx: error: bwrap could not set the sandbox up; its message stands above\n");
  }
}

async function writeReport(file: { write(text: string): void }, told: Told): Promise<boolean> {
  const { reportText } = await import("./report.ts");
  try {
    file.write(reportText(told));
    return true;
  } catch (error) {
    process.stderr.write(
      `sbx: error: the report can't be written: ${error instanceof Error ? error.message : error}\n`,
    );
    return false;
  }
}

/** What to type to run a discovered profile without the ceiling: naming it says that it is trusted. */
function insistence(verb: string, { opened: { source, variant } }: Planned, argv: readonly string[]): string {
  const profile = variant === undefined ? source.file : `${source.file}#${variant}`;
  const words = ["sbx", verb, "-p", profile, "--", ...argv];
  return words.map((word) => (/^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
