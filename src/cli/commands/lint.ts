import { InvalidArgumentError } from "commander";
import { type Problem, planProfile, problemsJson, scorePlan } from "../../index.ts";
import { type CommonOptions, type DefineCommand, define, requestOf } from "../command.ts";
import { BROKEN, CLEAN, FINDINGS } from "../exit.ts";
import { hostFor } from "../host.ts";
import type { ScoredProfile } from "../score-text.ts";
import type { Words } from "../words.ts";

interface LintOptions extends CommonOptions {
  readonly strict?: boolean;
  readonly score?: boolean;
  readonly threshold?: number;
}

export const command: DefineCommand = (line, end) =>
  define("lint", line, {
    summary: "Check profiles: syntax, fields, inheritance, contradictions. 0 clean, 1 findings, 2 a broken profile.",
    formats: ["pretty", "json"],
    examples: [
      ["the profile found here", "sbx lint"],
      ["files, warnings counting too", "sbx lint --strict ci.sandbox.yml"],
      ["how much a built-in lets in, 0.0 to 10.0", "sbx lint --score -p node"],
      ["in CI: no more than that", "sbx lint --threshold 2.5"],
    ],
  })
    .argument("[file...]", "profiles to check; without any, the one found here")
    .option("--strict", "end with 1 for warnings too")
    .option("--score", "print the risk score and what it is made of; problems go to standard error")
    .option("--threshold <score>", "like --score, and end with 1 where it is higher", threshold)
    .action(async (files: readonly string[], options: LintOptions) => end(await lint(files, options, line)));

async function lint(files: readonly string[], options: LintOptions, line: Words): Promise<number> {
  const host = hostFor(options.directory);
  const profiles =
    files.length === 0 ? [options.profile] : files.map((file) => (file.includes("/") ? file : `./${file}`));
  const wantsScore = options.score === true || options.threshold !== undefined;
  const scored: ScoredProfile[] = [];
  const found: Problem[] = [];
  let broken = false;
  for (const profile of profiles) {
    const { value, problems } = await planProfile({ ...requestOf(options), profile }, host);
    found.push(...problems);
    broken ||= value === undefined;
    if (wantsScore && value !== undefined) {
      scored.push({ profile: profile ?? value.opened.source.file, ...scorePlan(value.plan, host) });
    }
  }
  const { formatted } = await import("../problems.ts");
  const result = wantsScore ? process.stderr : process.stdout;
  if (!wantsScore || found.length > 0) {
    result.write(options.format === "json" ? problemsJson(found) : formatted(found, line.all, result));
  }
  if (wantsScore) process.stdout.write(await scores(scored, options.format, host.cwd));
  if (broken) return BROKEN;
  if (scored.some(({ score }) => score > (options.threshold ?? 10))) return FINDINGS;
  const counts = found.some(({ severity }) => severity === "error" || (options.strict && severity === "warning"));
  return counts ? FINDINGS : CLEAN;
}

async function scores(scored: readonly ScoredProfile[], format: string, cwd: string): Promise<string> {
  const { scoreJson, scoreText } = await import("../score-text.ts");
  if (format === "json") return scoreJson(scored);
  return scoreText(scored, (await import("../explain-rows.ts")).layoutFor(cwd));
}

function threshold(text: string): number {
  const score = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || score > 10) throw new InvalidArgumentError("Write a number from 0 to 10.");
  return score;
}
