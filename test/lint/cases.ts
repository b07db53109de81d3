import { describe, expect, it } from "vitest";
import type { Example } from "../../src/lint/index.ts";
import { lintExample } from "./example.ts";

type Machine = NonNullable<Example["machine"]>;

/** A rule, what there is to find beyond its own example, the profile, the lines it is found on, and the machine. */
export type Case = readonly [string, string, string, readonly string[], Machine?];

/** The lines on which a rule finds something in a profile that has this below its first two lines. */
async function linesOf(rule: string, lines: string, machine: Machine = {}): Promise<string[]> {
  const linted = await lintExample({ profile: `version: 1\nextends: [base]\n${lines}\n`, machine });
  expect(linted.broken, JSON.stringify(linted.problems)).toBe(false);
  const found = linted.findings.filter(({ problem }) => problem.rule === rule);
  return found.map(({ problem: { line, severity } }) => `${line} ${severity}`);
}

export function describeCases(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    for (const [rule, what, lines, expected, machine] of cases)
      it(`${rule}: ${what}`, async () => {
        expect(await linesOf(rule, lines, machine)).toEqual(expected);
      });
  });
}

export const PROJECT = "/home/user/project";
