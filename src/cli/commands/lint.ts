import { InvalidArgumentError } from "commander";
import { escapeText, guardPrograms, type Host, type LintOptions, type Problem, type Request } from "../../index.ts";
import { type CommonOptions, type DefineCommand, define, requestOf } from "../command.ts";
import { BROKEN, CLEAN, FINDINGS } from "../exit.ts";
import { hostFor } from "../host.ts";
import { lintMany } from "../lint-many.ts";
import type { Mended } from "../lint-mended.ts";
import { checkoutOf } from "../lint-report/checkout.ts";
import { countOf, problemsOf, type ToldProfile, type WriteFindings } from "../lint-report/report.ts";
import { packageVersion } from "../package.ts";
import { profileFiles } from "../profile-files.ts";
import { selectedRules } from "../rule-selection.ts";
import { tuneForThreads } from "../tuning.ts";
import { UsageError } from "../usage-error.ts";
import type { Words } from "../words.ts";

interface Options extends CommonOptions {
  readonly strict?: boolean;
  readonly maxWarnings?: number;
  readonly select?: readonly string[];
  readonly ignore?: readonly string[];
  readonly exclude?: readonly string[];
  readonly exceptions: boolean;
  readonly offline?: boolean;
  readonly fix?: boolean;
  readonly diff?: boolean;
  readonly statistics?: boolean;
  readonly score?: boolean;
  readonly threshold?: number;
}

export const command: DefineCommand = (line, end) =>
  define("lint", line, {
    summary:
      "Check profiles: syntax, inheritance, contradictions, and what lets in more than it should, by the rules of `sbx rules`. " +
      "0 clean, 1 findings, 2 a broken profile.",
    formats: ["pretty", "json", "github", "sarif", "junit"],
    examples: [
      ["the profile found here", "sbx lint"],
      ["every profile of the repository", "sbx lint ."],
      ["in CI: warnings count, the machine is not asked", "sbx lint --strict --offline ."],
      ["see what can be mended safely", "sbx lint --diff"],
      ["mend it", "sbx lint --fix"],
      ["credentials and sockets alone", "sbx lint --select cred,sock"],
      ["for code scanning", "sbx lint --format sarif . > sbx.sarif"],
      ["how much a built-in lets in, 0.0 to 10.0", "sbx lint --score -p node"],
      ["in CI: no more than that", "sbx lint --threshold 2.5"],
    ],
  })
    .argument("[file...]", "profiles to check, or directories with profiles in them; without any, the one found here")
    .option("--strict", "end with 1 for warnings too")
    .option("--max-warnings <number>", "end with 1 where there are more warnings than that", whole)
    .option("--select <rules>", "only these rules or groups, with commas between them (repeatable)", list)
    .option("--ignore <rules>", "without these rules or groups", list)
    .option("--exclude <paths>", "leave out what is there, or has that name, in a directory that is linted", list)
    .option("--no-exceptions", "tell what the profiles accept by `lint.ignore`, too")
    .option("--offline", "ask the machine nothing: the same findings everywhere")
    .option("--fix", "write safe fixes into the profiles; comments and layout stay")
    .option("--diff", "print what --fix would write, and write nothing")
    .option("--statistics", "print how often each rule found something, instead of where")
    .option("--score", "print the risk score and what it is made of, and ask no rules; problems go to standard error")
    .option("--threshold <score>", "like --score, and end with 1 where it is higher", threshold)
    .action(async (files: readonly string[], options: Options) => end(await lint(files, options, line)));

async function lint(files: readonly string[], options: Options, line: Words): Promise<number> {
  if (files.length > 0 && options.profile !== undefined)
    throw new UsageError("name files, or a profile with -p, not both");
  refuseMixture(options);
  const host = hostFor(options.directory);
  if (files.length === 0 && options.exclude !== undefined)
    throw new UsageError("--exclude leaves something out of a directory: name one, as in `sbx lint .`");
  const { files: found, problems } = profileFiles(files, options.exclude);
  const names = files.length === 0 ? [options.profile] : found;
  if (options.score || options.threshold !== undefined) {
    if (problems[0] !== undefined) throw new UsageError(problems[0].message);
    return (await import("../lint-score.ts")).lintScores(names, options, { line, host });
  }
  tuneForThreads();
  const how: LintOptions = {
    today: today(),
    exceptions: options.exceptions,
    rules: await selectedRules(options.select, options.ignore),
    ...(options.offline ? { offline: true } : { guards: guardPrograms(host) }),
  };
  const requests = names.map((profile): Request => ({ ...requestOf(options), profile }));
  const wishes = requests.map((request) => ({ request, options: how, replacements: options.format === "sarif" }));
  const linted: Mended =
    options.fix || options.diff
      ? await (await import("../lint-mended.ts")).mended(wishes, host, options.diff !== true)
      : { profiles: await lintMany(wishes, host), changes: [], left: [] };
  const results = { ...linted, profiles: [...linted.profiles, ...problems.map(refused)] };
  const code = exitCode(results, options);
  await write(results, options, { line, host, code });
  for (const each of results.left) process.stderr.write(`sbx: error: ${escapeText(each)}\n`);
  return code;
}

/** What can't be called clean stands among the profiles. */
const refused = (problem: Problem): ToldProfile => ({
  file: problem.file,
  isThere: false,
  broken: true,
  problems: [problem],
  findings: [],
  accepted: [],
});

/** What can't be done together is said, not left out. */
function refuseMixture(options: Options): void {
  const { score, threshold, statistics, format, exceptions, offline } = options;
  const asked = (names: readonly (keyof Options)[]) => names.find((name) => options[name] !== undefined);
  const isScore = score === true || threshold !== undefined;
  const other = isScore ? asked(["fix", "diff", "statistics", "select", "ignore", "maxWarnings"]) : undefined;
  const first = threshold === undefined ? "--score" : "--threshold";
  if (other !== undefined) throw new UsageError(`${first} asks no rules: it can't be had with --${hyphened(other)}`);
  if (isScore && offline)
    throw new UsageError(`${first} counts what there is on this machine: it can't be had with --offline`);
  if (!exceptions && isScore) throw new UsageError(`${first} asks no rules: it can't be had with --no-exceptions`);
  if (!exceptions && (options.fix || options.diff))
    throw new UsageError("--no-exceptions tells what profiles accept: --fix and --diff leave that alone");
  if (options.fix && options.diff) throw new UsageError("--fix writes what --diff only shows: one of them");
  const isPlain = format === "pretty" || format === "json";
  if ((isScore || statistics) && !isPlain)
    throw new UsageError(`${isScore ? first : "--statistics"} is written as pretty or json, not as ${format}`);
}

const hyphened = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The result goes to standard output; where that is a patch, what was found goes to standard error. */
async function write(
  { profiles, changes }: Mended,
  options: Options,
  { line, host, code }: { readonly line: Words; readonly host: Host; readonly code: number },
): Promise<void> {
  const found = async () => {
    if (options.statistics) return (await import("../lint-statistics.ts")).statistics(profiles, options.format);
    const writer = await formatNamed(options.format);
    const isGithubs = options.format === "github" || options.format === "sarif";
    const cwd = isGithubs ? checkoutOf(host.cwd) : host.cwd;
    const how = { words: line.all, version: packageVersion(), exitCode: code, tooMany: tooMany(profiles, options) };
    return writer({ profiles, cwd, ...how });
  };
  if (!options.diff) process.stdout.write(await found());
  else {
    process.stdout.write(changes.join(""));
    if (problemsOf({ profiles }).length > 0) process.stderr.write(await found());
  }
}

function exitCode({ profiles, changes, left }: Mended, options: Options): number {
  if (left.length > 0 || profiles.some(({ broken }) => broken)) return BROKEN;
  const errors = countOf(problemsOf({ profiles }), "error");
  return errors > 0 || tooMany(profiles, options) !== undefined || changes.length > 0 ? FINDINGS : CLEAN;
}

/** Why warnings alone are enough to end with 1. */
function tooMany(profiles: readonly ToldProfile[], { strict, maxWarnings }: Options): string | undefined {
  const warnings = countOf(problemsOf({ profiles }), "warning");
  if (maxWarnings !== undefined && warnings > maxWarnings) return `more warnings than --max-warnings ${maxWarnings}`;
  return strict && warnings > 0 ? "--strict counts warnings" : undefined;
}

async function formatNamed(format: string): Promise<WriteFindings> {
  switch (format) {
    case "json":
      return (await import("../lint-report/json.ts")).json;
    case "github":
      return (await import("../lint-report/github.ts")).github;
    case "sarif":
      return (await import("../lint-report/sarif.ts")).sarif;
    case "junit":
      return (await import("../lint-report/junit.ts")).junit;
    default:
      return (await import("../lint-report/pretty.ts")).pretty;
  }
}

/** The day that exceptions end on is one of the calendar, the same everywhere. */
const today = (): string => new Date().toISOString().slice(0, "YYYY-MM-DD".length);

function threshold(text: string): number {
  const score = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || score > 10) throw new InvalidArgumentError("Write a number from 0 to 10.");
  return score;
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Write a whole number.");
  return Number(text);
}

const list = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== ""),
];
