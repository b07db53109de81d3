import { isatty } from "node:tty";
import { type Bind, exitStatus, type Problem, planProfile, refuse, runPlan, type Variable } from "../../index.ts";
import { bindOf, variableOf } from "../binds.ts";
import { type CommonOptions, type DefineCommand, define, requestOf } from "../command.ts";
import { SBX_SAYS } from "../exit.ts";
import { hostFor } from "../host.ts";
import type { Words } from "../words.ts";

type Numbered = { readonly text: string; readonly argument: number };

interface RunOptions extends CommonOptions {
  readonly bind?: readonly Numbered[];
  readonly roBind?: readonly Numbered[];
  readonly env?: readonly Variable[];
  readonly chdir?: Numbered;
  readonly timeout?: Numbered;
  readonly allowApi?: readonly string[];
}

export const command: DefineCommand = (line, end) => {
  const numbered = (option: string) => (text: string) => ({ text, argument: line.next(option) });
  const all =
    (option: string) =>
    (text: string, before: readonly Numbered[] = []) => [...before, numbered(option)(text)];
  const variables = (text: string, before: readonly Variable[] = []) => [
    ...before,
    variableOf(text, line.next("--env")),
  ];
  const names = (name: string, before: readonly string[] = []) => [...before, name];
  return define("run", line, {
    summary: "Run a command in the sandbox of a profile. Its exit code is the command's own.",
    formats: ["text", "json"],
    examples: [
      ["in the sandbox of the .sandbox.yml found here", "sbx run -- npm test"],
      ["in a built-in one, with the network", "sbx run -p node --flag network -- npm ci"],
      ["with one more directory", "sbx run --ro-bind ~/data:/data -- ./report"],
    ],
  })
    .argument("<command...>", "the command and its arguments")
    .option("--bind <src[:dest]>", "show a host path, writable (repeatable)", all("--bind"))
    .option("--ro-bind <src[:dest]>", "show a host path, read-only (repeatable)", all("--ro-bind"))
    .option("--env <name[=value]>", "set a variable, or pass the host's (repeatable)", variables)
    .option("--chdir <dir>", "working directory inside", numbered("--chdir"))
    .option("--timeout <time>", "end it after this time: 30s, 10m", numbered("--timeout"))
    .option("--allow-api <name>", "let the profile start this server on the host (repeatable)", names)
    .passThroughOptions()
    .action(async (argv: readonly string[], options: RunOptions) => end(await run(argv, options, line)));
};

type Tell = (problems: readonly Problem[]) => Promise<void>;

/** Problems are told as they come; as JSON they are one list, at the end. */
async function run(argv: readonly string[], options: RunOptions, line: Words): Promise<number> {
  const json = options.format === "json";
  const all: Problem[] = [];
  const print: Tell = async (problems) => {
    if (problems.length === 0) return;
    const { printProblems } = await import("../problems.ts");
    printProblems(problems, { words: line.all, json });
  };
  const exitCode = await runTelling(argv, options, async (problems) => {
    if (json) all.push(...problems);
    else await print(problems);
  });
  await print(all);
  return exitCode;
}

async function runTelling(argv: readonly string[], options: RunOptions, tell: Tell): Promise<number> {
  const host = hostFor(options.directory);
  const { chdir, timeout } = options;
  const binds = (access: Bind["access"]) => (bind: Numbered) => bindOf(bind.text, access, bind.argument, host.cwd);
  const request = {
    ...requestOf(options),
    binds: [...(options.bind ?? []).map(binds("rw")), ...(options.roBind ?? []).map(binds("ro"))],
    ...(options.env && { env: options.env }),
    ...(chdir && { cwd: { path: chdir.text, argument: chdir.argument } }),
    ...(timeout && { timeout }),
  };
  const { value: planned, problems } = await planProfile(request, host);
  const told = problems.filter((problem) => problem.severity !== "info");
  if (planned === undefined) {
    await tell(told);
    return SBX_SAYS;
  }
  const refused = refuse(planned, host, {
    terminal: [0, 1, 2].some((fd) => isatty(fd)),
    allowedApis: new Set(options.allowApi),
    insist: insistence(planned.opened.source.file, planned.opened.variant, argv),
  });
  await tell([...told, ...refused]);
  if (refused.some((problem) => problem.severity === "error")) return SBX_SAYS;

  const outcome = await runPlan(planned.plan, argv, host);
  await tell(outcome.problems);
  if (!("ended" in outcome)) return outcome.exitCode;
  await tell(outcome.cleanup);
  if (outcome.ended === "killed")
    process.stderr.write(`sbx: error: bwrap was ended by ${outcome.signal ?? "a signal"}\n`);
  if (outcome.ended === "never-ran" && outcome.problems.length === 0) {
    process.stderr.write("sbx: error: bwrap could not set the sandbox up; its message stands above\n");
  }
  return exitStatus(outcome);
}

/** What to type to run a discovered profile without the ceiling: naming it says that it is trusted. */
function insistence(file: string, variant: string | undefined, argv: readonly string[]): string {
  const words = ["sbx", "run", "-p", variant === undefined ? file : `${file}#${variant}`, "--", ...argv];
  return words.map((word) => (/^[\w@%+=:,./#-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
