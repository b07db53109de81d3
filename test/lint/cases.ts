import { describe, expect, it } from "vitest";
import type { Example } from "../../src/lint/index.ts";
import type { Problem } from "../../src/model/problem.ts";
import { lintExample } from "./example.ts";

type Machine = NonNullable<Example["machine"]>;

/** A rule, what there is to find beyond its own example, the profile, the lines it is found on, and the machine. */
export type Case = readonly [string, string, string, readonly string[], Machine?];

/** A rule, the profile, what it says and the help below each message, and the machine. */
export type Words = readonly [string, string, readonly string[], Machine?];

/** What a rule finds in a profile that has this below its first two lines, or in one that has its own. */
async function foundIn(rule: string, lines: string, machine: Machine = {}): Promise<Problem[]> {
  const profile = lines.startsWith("version: ") ? lines : `version: 1\nextends: [base]\n${lines}\n`;
  const linted = await lintExample({ profile, machine });
  expect(linted.broken, JSON.stringify(linted.problems)).toBe(false);
  return linted.findings.map(({ problem }) => problem).filter((problem) => problem.rule === rule);
}

export function describeCases(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    for (const [rule, what, lines, expected, machine] of cases)
      it(`${rule}: ${what}`, async () => {
        const found = await foundIn(rule, lines, machine);
        expect(found.map(({ line, severity }) => `${line} ${severity}`)).toEqual(expected);
      });
  });
}

export function describeWords(title: string, cases: readonly Words[]): void {
  describe(title, () => {
    for (const [rule, lines, expected, machine] of cases)
      it(`${rule}: ${lines}`, async () => {
        const found = await foundIn(rule, lines, machine);
        expect(found.map(({ message, help }) => `${message}\n${help}`)).toEqual(expected);
      });
  });
}

export const PROJECT = "/home/user/project";
