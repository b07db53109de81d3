import {
  type FixedProfile,
  type Host,
  type LintedProfile,
  type LintOptions,
  lintProfile,
  type Problem,
  type Request,
  replacementsFor,
  withoutSecrets,
} from "../index.ts";
import { atTop, inFiles, type ToldProfile } from "./lint-report/report.ts";

/** What is wanted of a profile. */
export interface LintWish {
  readonly request: Request;
  readonly options: LintOptions;
  /** Whether what fixes would change is to be told. */
  readonly replacements: boolean;
}

/** Lints one profile, and gives what is to be told of it. */
export async function lintOne(wish: LintWish, host: Host): Promise<ToldProfile> {
  const { request, options } = wish;
  return toldOf(await lintProfile(request, host, options), wish, host);
}

/** What is to be told of a linted profile, as plain data; of fixes that were tried, why they were not made. */
export async function toldOf(
  linted: LintedProfile,
  { request, options, replacements }: LintWish,
  host: Host,
  fixed?: FixedProfile,
): Promise<ToldProfile> {
  const { file, broken, accepted, source } = linted;
  const made = replacements ? await replacementsFor(request, host, options, linted) : undefined;
  const findings = linted.findings.map((finding) => {
    const { problem, fix } = finding;
    const replacement = made?.get(finding);
    const why = fix?.safe ? fixed?.left.find((left) => isSame(left.problem, problem))?.why : undefined;
    const told = fix && { title: fix.title, safe: fix.safe && why === undefined, ...(replacement && { replacement }) };
    const help =
      why === undefined ? {} : { help: `${problem.help ?? "mend it"}; \`--fix\` leaves that to you: ${why}` };
    return { problem: { ...problem, ...help }, ...(told && { fix: told }) };
  });
  const problems = linted.problems.length === 0 ? linted.problems : withoutSecrets(linted.problems);
  return {
    file,
    isThere: source !== undefined,
    broken,
    // What a built-in can't do here is this profile's trouble, and to be told of each that has it.
    problems: problems.map((problem) =>
      problem.file.startsWith("builtin:") ? inFiles(problem, source?.file) : atTop(problem),
    ),
    findings,
    // What a built-in is allowed is told where the built-in itself is linted.
    accepted: accepted
      .filter(({ by }) => by === file)
      .map(({ finding, by: _, ...rest }) => ({ problem: finding.problem, ...rest })),
  };
}

/** Wherever the lines around it have gone. */
const isSame = (a: Problem, b: Problem): boolean => a.rule === b.rule && a.file === b.file && a.message === b.message;
