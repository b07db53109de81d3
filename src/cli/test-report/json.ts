import type { Answer, ClaimResult, Problem, TestedProfile, TestResult } from "../../index.ts";
import { jsonText } from "../json.ts";
import { countsOf, type WriteTests } from "./report.ts";

/** For programs, as `schema/test.schema.json` describes it. */
export const json: WriteTests = ({ live, profiles }) =>
  jsonText({ version: 1, live, profiles: profiles.map(profileJson), summary: countsOf(profiles) });

const profileJson = ({ file, variant, broken, problems, tests }: TestedProfile) => ({
  file,
  variant: variant ?? null,
  broken,
  problems,
  tests: tests.map(testJson),
});

const testJson = ({ name, spot, variant, flags, outcome, problems, claims, durationMs }: TestResult) => ({
  name,
  file: spot.file,
  line: spot.line,
  column: spot.column,
  variant: variant ?? null,
  flags,
  outcome,
  durationMs: Math.round(durationMs),
  problems,
  claims: claims.map(claimJson),
});

const claimJson = ({ claim, outcome, simulated, tried, problem }: ClaimResult) => ({
  kind: claim.kind,
  subject: subjectOf(claim),
  file: claim.spot.file,
  line: claim.spot.line,
  column: claim.spot.column,
  outcome,
  simulated: answerJson(simulated),
  live: answerJson(tried),
  problem: problem ?? (null as Problem | null),
});

const answerJson = (answer: Answer | undefined) => answer ?? null;

function subjectOf(claim: ClaimResult["claim"]): string | null {
  if ("path" in claim) return claim.path;
  return claim.kind === "env" ? claim.name : null;
}
