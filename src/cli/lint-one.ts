import {
  type Host,
  type LintedProfile,
  type LintOptions,
  lintProfile,
  type Request,
  replacementFor,
  withoutSecrets,
} from "../index.ts";
import type { ToldProfile } from "./lint-report/report.ts";

/** What is wanted of a profile. */
export interface LintWish {
  readonly request: Request;
  readonly options: LintOptions;
  /** Whether what fixes would change is to be told. */
  readonly replacements: boolean;
}

/** Lints one profile, and gives what is to be told of it. */
export async function lintOne({ request, options, replacements }: LintWish, host: Host): Promise<ToldProfile> {
  return toldOf(await lintProfile(request, host, options), replacements);
}

/** What is to be told of a linted profile, as plain data. */
export async function toldOf(linted: LintedProfile, replacements: boolean): Promise<ToldProfile> {
  const { file, broken, problems, accepted } = linted;
  const findings = [];
  for (const finding of linted.findings) {
    const { problem, fix } = finding;
    const replacement = fix && replacements ? await replacementFor(linted, finding) : undefined;
    const told = fix && { title: fix.title, safe: fix.safe, ...(replacement && { replacement }) };
    findings.push({ problem, ...(told && { fix: told }) });
  }
  return {
    file,
    broken,
    problems: problems.length === 0 ? problems : withoutSecrets(problems),
    findings,
    // What a built-in is allowed is told where the built-in itself is linted.
    accepted: accepted
      .filter(({ by }) => by === file)
      .map(({ finding, by: _, ...rest }) => ({ problem: finding.problem, ...rest })),
  };
}
