import { type Problem, planProfile, problemsJson } from "../../index.ts";
import { type CommonOptions, type DefineCommand, define, requestOf } from "../command.ts";
import { BROKEN, CLEAN, FINDINGS } from "../exit.ts";
import { hostFor } from "../host.ts";
import type { Words } from "../words.ts";

interface LintOptions extends CommonOptions {
  readonly strict?: boolean;
}

export const command: DefineCommand = (line, end) =>
  define("lint", line, {
    summary: "Check profiles: syntax, fields, inheritance, contradictions. 0 clean, 1 findings, 2 a broken profile.",
    formats: ["pretty", "json"],
    examples: [
      ["the profile found here", "sbx lint"],
      ["files, warnings counting too", "sbx lint --strict ci.sandbox.yml"],
    ],
  })
    .argument("[file...]", "profiles to check; without any, the one found here")
    .option("--strict", "end with 1 for warnings too")
    .action(async (files: readonly string[], options: LintOptions) => end(await lint(files, options, line)));

async function lint(files: readonly string[], options: LintOptions, line: Words): Promise<number> {
  const host = hostFor(options.directory);
  const profiles =
    files.length === 0 ? [options.profile] : files.map((file) => (file.includes("/") ? file : `./${file}`));
  const found: Problem[] = [];
  let broken = false;
  for (const profile of profiles) {
    const { value, problems } = await planProfile({ ...requestOf(options), profile }, host);
    found.push(...problems);
    broken ||= value === undefined;
  }
  const { formatted } = await import("../problems.ts");
  if (options.format === "json") process.stdout.write(problemsJson(found));
  else process.stdout.write(formatted(found, line.all, process.stdout));
  if (broken) return BROKEN;
  const counts = found.some(({ severity }) => severity === "error" || (options.strict && severity === "warning"));
  return counts ? FINDINGS : CLEAN;
}
