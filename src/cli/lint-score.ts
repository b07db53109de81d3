import { type Host, type Problem, planProfile, scorePlan } from "../index.ts";
import { type CommonOptions, requestOf } from "./command.ts";
import { BROKEN, CLEAN, FINDINGS } from "./exit.ts";
import type { ScoredProfile } from "./score-text.ts";
import type { Words } from "./words.ts";

interface ScoreOptions extends CommonOptions {
  readonly strict?: boolean;
  readonly threshold?: number;
}

/** Prints what each profile lets in as a score; what is wrong with one goes to standard error. */
export async function lintScores(
  names: readonly (string | undefined)[],
  options: ScoreOptions,
  { line, host }: { readonly line: Words; readonly host: Host },
): Promise<number> {
  const scored: ScoredProfile[] = [];
  const found: Problem[] = [];
  let broken = false;
  for (const profile of names) {
    const { value, problems } = await planProfile({ ...requestOf(options), profile }, host);
    found.push(...problems);
    broken ||= value === undefined;
    if (value === undefined) continue;
    scored.push({ profile: profile ?? value.opened.source.file, ...scorePlan(value.plan, host) });
  }
  if (found.length > 0) {
    (await import("./problems.ts")).printProblems(found, { words: line.all, json: options.format === "json" });
  }
  process.stdout.write(await text(scored, options, host.cwd));
  if (broken) return BROKEN;
  if (scored.some(({ score }) => score > (options.threshold ?? 10))) return FINDINGS;
  const counts = found.some(({ severity }) => severity === "error" || (options.strict && severity === "warning"));
  return counts ? FINDINGS : CLEAN;
}

async function text(
  scored: readonly ScoredProfile[],
  { format, threshold }: ScoreOptions,
  cwd: string,
): Promise<string> {
  const { scoreJson, scoreText } = await import("./score-text.ts");
  if (format === "json") return scoreJson(scored);
  return scoreText(scored, (await import("./explain-rows.ts")).layoutFor(cwd), threshold);
}
