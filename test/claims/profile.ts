import type { ClaimResult, Host, TestedProfile, TestOptions, TestResult } from "../../src/index.ts";
import { testProfile } from "../../src/index.ts";

/** A test of a profile, as it is written. */
export type Written = Readonly<Record<string, unknown>>;

/** Holds a profile that is written here to its tests. */
export function testing(
  fields: Readonly<Record<string, unknown>>,
  host: Host,
  options: TestOptions & { readonly directory?: string } = {},
): Promise<TestedProfile> {
  const { directory = host.cwd, ...rest } = options;
  return testProfile({ profile: { version: 1, ...fields, directory } }, host, rest);
}

/** What one test comes to. */
export async function testOf(
  profile: Readonly<Record<string, unknown>>,
  test: Written,
  host: Host,
  options: TestOptions & { readonly directory?: string } = {},
): Promise<TestResult> {
  const { tests, problems } = await testing({ ...profile, tests: { it: test } }, host, options);
  const [first] = tests;
  if (first === undefined) throw new Error(JSON.stringify(problems));
  return first;
}

/** A claim, its outcome, and the rule of its problem. */
export const shortly = ({ claim, outcome, problem }: ClaimResult): string => {
  const subject = "path" in claim ? ` ${claim.path}` : claim.kind === "env" ? ` ${claim.name}` : "";
  return `${claim.kind}${subject}: ${outcome}${problem ? ` ${problem.rule}` : ""}`;
};
