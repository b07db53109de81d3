import { cleanUp, escapeText, type Replayed } from "../../index.ts";
import { type CommonOptions, type DefineCommand, define } from "../command.ts";
import { CLEAN, FINDINGS } from "../exit.ts";
import { hostFor } from "../host.ts";
import { jsonText } from "../json.ts";
import type { Words } from "../words.ts";

interface CleanOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
}

export const command: DefineCommand = (line, end) =>
  define("clean", line, {
    summary: "Undo what killed runs have left behind: mount points, scratch directories, control groups, processes.",
    formats: ["text", "json"],
    examples: [
      ["undo it", "sbx clean"],
      ["see what would be undone", "sbx clean --dry-run"],
    ],
  })
    .option("--dry-run", "only say what would be done")
    .option("--quiet", "only say what could not be undone, on standard error")
    .action(async (options: CleanOptions) => end(await clean(options, line)));

async function clean(options: CleanOptions, line: Words): Promise<number> {
  const journals = await cleanUp(hostFor(options.directory), { dryRun: options.dryRun === true });
  const problems = journals.flatMap((journal) => journal.problems);
  if (options.quiet) {
    const { printProblems } = await import("../problems.ts");
    const refused = journals.flatMap(({ state, problems }) => (state === "undone" ? problems : []));
    if (refused.length > 0) printProblems(refused, { words: line.all, json: options.format === "json" });
  } else if (options.format === "json") {
    process.stdout.write(jsonText({ version: 1, journals }));
  } else {
    const lines = journals.length === 0 ? ["nothing to clean up"] : journals.flatMap(described);
    process.stdout.write(`${lines.join("\n")}\n`);
    if (problems.length > 0) {
      const { formatted } = await import("../problems.ts");
      process.stdout.write(`\n${formatted(problems, line.all, process.stdout)}`);
    }
  }
  return problems.some(({ severity }) => severity !== "info") ? FINDINGS : CLEAN;
}

const STATES: Readonly<Record<Replayed["state"], string>> = {
  undone: "of a killed run",
  "would-undo": "of a killed run",
  "in-use": "in use, left alone",
  foreign: "left alone",
  unreadable: "left alone, for its journal can't be understood",
};

/** A line for the run directory, and one for everything that was done. */
function described({ directory, state, actions, problems }: Replayed): string[] {
  const isForeseen = state === "would-undo";
  const left = problems.length > 0 ? [`  ${isForeseen ? "would leave" : "left"} what is named below`] : [];
  return [
    `${escapeText(directory)}: ${STATES[state]}`,
    ...actions.map((action) => `  ${escapeText(actionText(action, isForeseen))}`),
    ...(state === "undone" || isForeseen ? left : []),
  ];
}

function actionText({ kind, path }: Replayed["actions"][number], isForeseen: boolean): string {
  const removed = isForeseen ? "would remove" : "removed";
  switch (kind) {
    case "end-process":
      return `${isForeseen ? "would end" : "ended"} process ${path.slice("/proc/".length)}`;
    case "remove-empty":
      return `${removed} ${path}`;
    case "remove-tree":
      return `${removed} ${path} with everything in it`;
    case "remove-cgroup":
      return `${removed} the control group ${path}`;
    case "unmount":
      return `${isForeseen ? "would unmount" : "unmounted"} ${path}`;
  }
}
