import { describe, expect, it } from "vitest";
import { describedHost } from "../../src/host/described.ts";
import { TYPICAL_MACHINE } from "../../src/lint/index.ts";
import { lintProfile } from "../../src/linting/index.ts";
import type { DescribedFile } from "../../src/model/machine.ts";
import { type Case, describeCases, PROJECT } from "./cases.ts";
import { lintExample, TODAY } from "./example.ts";

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

  it("is found once for an entry that passes many secrets, and once for each that passes one", async () => {
    const refused = async (env: string) =>
      (await told(".sandbox.yml", `env: {${env}}`)).filter((each) => each.includes("self/"));
    expect(await refused("clear: false")).toEqual(["3 self/untrusted-widening error"]);
    expect(await refused("pass: [AWS_SECRET_ACCESS_KEY, NPM_TOKEN]")).toHaveLength(2);
    expect(await refused("pass: [LANG]")).toEqual([]);
  });

  it("is found where it asks for what this version can't make safe", async () => {
    for (const file of [".sandbox.yml", "x.sandbox.yml"]) {
      expect(await told(file, "git: rw")).toEqual(["3 preflight/git-rw error"]);
      expect(await told(file, "git: ro")).toEqual([]);
    }
  });
});

const CI = `${PROJECT}/ci.yml`;
const parent = (what: string, file: DescribedFile, found: readonly string[]): Case => [
  "self/extends-outside",
  what,
  "profiles:\n  ci: {extends: ./ci.yml}",
  found,
  { files: { [CI]: { text: "version: 1\n", ...file } } },
];

describeCases("parents that others can write", [
  parent("a file that is open to everybody", { mode: 0o666 }, ["4 warning"]),
  parent("a file of another user's", { uid: 1001 }, ["4 warning"]),
  parent("none that a group can write", { mode: 0o664 }, []),
  parent("none of root's", { uid: 0 }, []),
]);

it("takes no offence at a checkout that is somebody else's as a whole", async () => {
  const profile = "version: 1\nextends: [base, ./ci.yml]\n";
  const host = describedHost({
    ...TYPICAL_MACHINE,
    uid: 0,
    cwd: "/srv/p",
    files: {
      ...TYPICAL_MACHINE.files,
      "/srv/p/x.sandbox.yml": { text: profile, uid: 1001 },
      "/srv/p/ci.yml": { text: "version: 1\n", uid: 1001 },
      "/srv/p/.git/": "",
    },
  });
  const linted = await lintProfile({ profile: "/srv/p/x.sandbox.yml" }, host, { today: TODAY, machine: host });
  expect(linted.findings.map(({ problem }) => problem.rule)).toEqual([]);
});
