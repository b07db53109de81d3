import { describe, expect, it } from "vitest";
import { lintExample } from "./example.ts";

async function told(file: string, lines: string): Promise<string[]> {
  const { broken, problems, findings } = await lintExample({
    file,
    profile: `version: 1\nextends: [base]\n${lines}\n`,
  });
  expect(broken).toBe(false);
  return [...problems, ...findings.map(({ problem }) => problem)].map(
    ({ line, rule, severity }) => `${line} ${rule} ${severity}`,
  );
}

describe("a profile that `sbx run` refuses", () => {
  const apis = "apis: {m: {command: [/usr/bin/env], at: /run/m}}";

  it("is found where it would start a program on the host, unless it is named", async () => {
    expect(await told(".sandbox.yml", apis)).toEqual(["3 self/untrusted-widening error"]);
    expect(await told("x.sandbox.yml", apis)).toEqual([]);
  });

  it("is found where it asks for what this version can't make safe", async () => {
    for (const file of [".sandbox.yml", "x.sandbox.yml"]) {
      expect(await told(file, "git: rw")).toEqual(["3 preflight/git-rw error"]);
      expect(await told(file, "git: ro")).toEqual([]);
    }
  });
});
