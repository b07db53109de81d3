import type { TestedProfile, TestOutcome } from "../../index.ts";

/** What is reported: profiles, in the order in which they were named. */
export interface TestReport {
  readonly live: boolean;
  readonly profiles: readonly TestedProfile[];
  /** The directory that paths are shown relative to. */
  readonly cwd: string;
  /** The words of the command line, for problems that point there. */
  readonly words: readonly string[];
}

/** A format of test results; each is a file here. */
export type WriteTests = (report: TestReport) => string;

/** How many claims came to what, and how many profiles could not be held to anything. */
export type Counts = Readonly<Record<TestOutcome, number>> & { readonly tests: number; readonly claims: number };

export function countsOf(profiles: readonly TestedProfile[]): Counts {
  const counts = { tests: 0, claims: 0, holds: 0, fails: 0, defect: 0, skipped: 0, broken: 0 };
  for (const { tests, broken } of profiles) {
    if (broken) counts.broken += 1;
    counts.tests += tests.length;
    for (const { claims, outcome } of tests) {
      counts.claims += claims.length;
      for (const claim of claims) if (claim.outcome !== "broken") counts[claim.outcome] += 1;
      if (outcome === "broken") counts.broken += 1;
    }
  }
  return counts;
}

/** A file as people name it from where they stand. */
export const shortFile = (file: string, cwd: string): string =>
  file.startsWith(`${cwd}/`) ? file.slice(cwd.length + 1) : file;

/** What a claim says, in the words of its file. */
export function claimWords(claim: TestedProfile["tests"][number]["claims"][number]["claim"]): string {
  switch (claim.kind) {
    case "env":
      return `env ${claim.name}`;
    case "network":
      return `network ${claim.expected}`;
    case "exit":
      return `exit ${claim.code}`;
    case "stdout":
      return "stdout";
    case "hidden":
    case "absent":
    case "masked":
    case "readable":
    case "readonly":
    case "writable":
    case "device":
      return `${claim.kind} ${claim.path}`;
  }
}
