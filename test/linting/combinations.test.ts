import { describe, expect, it } from "vitest";
import { type LintedProfile, lintProfile } from "../../src/linting/index.ts";
import type { Request } from "../../src/pipeline.ts";
import { exampleMachine, PROJECT, TODAY } from "../lint/example.ts";

const FILE = "some.sandbox.yml";

function lint(
  profile: string,
  request: Request = {},
  beside: Readonly<Record<string, string>> = {},
): Promise<LintedProfile> {
  const host = exampleMachine(FILE, profile, { beside });
  return lintProfile({ profile: `${PROJECT}/${FILE}`, ...request }, host, { today: TODAY, offline: true });
}

const told = ({ findings }: LintedProfile) =>
  findings.map(
    ({ problem: { line, rule, message } }) => `${line} ${rule}${/ \(with [^)]*\)$/.exec(message)?.[0] ?? ""}`,
  );

const FLAGS = `version: 1
extends: [base]
flags:
  cloud:
    mounts: {~/.aws: ro}
  keys:
    mounts: {~/.ssh: ro}
  tools:
    mounts: {/opt: ro}
`;

describe("flag sets are linted", () => {
  it("each as `--flag` turns it on", async () => {
    expect(told(await lint(FLAGS))).toEqual([
      "5 cred/cloud (with the flag set cloud)",
      "7 cred/ssh-gpg (with the flag set keys)",
    ]);
  });

  it("as what a plain run takes, when they are in use", async () => {
    expect(told(await lint(`${FLAGS}use: [cloud]\n`))).toEqual([
      "5 cred/cloud",
      "7 cred/ssh-gpg (with the flag set keys)",
    ]);
  });

  it("beside those in use and without them; the only one that is in use is what a plain run takes", async () => {
    const linted = await lint(`version: 1
extends: [base]
use: [host-pid]
flags:
  host-pid:
    namespaces: {pid: false}
  fine:
    mounts: {/opt: ro}
`);
    expect(told(linted)).toContain("6 ns/pid-missing");
    expect(linted.plans.map(({ combination }) => combination)).toEqual([
      undefined,
      "the flag set fine",
      "the flag set fine alone",
      "the flag set network",
      "the flag set network alone",
    ]);
  });

  it("where only both together let something in", async () => {
    const both = `version: 1
extends: [base]
use: [show]
tmpfs: {/w/.ssh: {size: 1M}}
flags:
  show:
    mounts: {/w: {from: "\${HOME}", access: ro}}
  unhide:
    remove: {tmpfs: [/w/.ssh]}
`;
    expect(told(await lint(both))).toContain("7 cred/ssh-gpg (with the flag set unhide)");
  });

  it("and one that makes sense only beside those in use is none that is broken", async () => {
    const needs = `version: 1
extends: [base]
use: [home]
flags:
  home:
    mask: [~/.ssh]
  open:
    remove: {mask: [~/.ssh]}
`;
    expect(await lint(needs)).toMatchObject({ broken: false, problems: [], findings: [] });
    expect(await lint(needs.replace("use: [home]\n", ""))).toMatchObject({ broken: true });
  });

  it("of parents, at the place that brought them in", async () => {
    const parent = `version: 1\nextends: [base]\nflags:\n  keys:\n    mounts: {~/.ssh: ro}\n`;
    const beside = { [`${PROJECT}/parent.sandbox.yml`]: parent };
    const { findings } = await lint("version: 1\nextends: [./parent.sandbox.yml]\n", {}, beside);
    expect(findings.map(({ problem: { rule, file, line, related } }) => ({ rule, file, line, related }))).toEqual([
      {
        rule: "cred/ssh-gpg",
        file: `${PROJECT}/parent.sandbox.yml`,
        line: 5,
        related: [
          expect.objectContaining({ file: `${PROJECT}/${FILE}`, line: 2, message: expect.stringContaining("parent") }),
        ],
      },
    ]);
  });

  it("as they are asked for, and no others", async () => {
    const asked = (name: string) => lint(FLAGS, { flags: [{ name, on: true }] });
    expect(told(await asked("keys"))).toEqual(["7 cred/ssh-gpg"]);
    expect(told(await asked("tools"))).toEqual([]);
  });
});

describe("variants are linted", () => {
  const VARIANTS = `version: 1
extends: [base]
profiles:
  build:
    mounts: {~/.aws: ro}
  test:
    mounts: {~/.ssh: ro}
flags:
  online: {network: host}
`;

  it("each in its default combination, and with each flag set alone", async () => {
    const linted = await lint(VARIANTS);
    const combinations = linted.plans.map(({ combination }) => combination);
    expect(combinations).toHaveLength(9);
    expect(new Set(combinations).size).toBe(9);
    expect(linted.findings.map(({ problem: { line, rule } }) => `${line} ${rule}`)).toEqual(
      expect.arrayContaining(["5 cred/cloud", "7 cred/ssh-gpg", "9 net/host"]),
    );
  });

  it("alone when one is named", async () => {
    const { plans } = await lint(VARIANTS, { profile: `${PROJECT}/${FILE}:build` });
    expect(plans.length).toBeLessThan(4);
  });
});

it("a profile that is broken in one combination is broken", async () => {
  const linted = await lint(
    'version: 1\nextends: [base]\nflags:\n  odd:\n    mounts: {/a: {from: "${none}", access: ro}}\n',
  );
  expect(linted.broken).toBe(true);
});

describe("mounts with conditions are linted", () => {
  it("as they are made, whatever this machine has", async () => {
    const mounts = [
      "~/.ssh: {access: ro, when: {exists: /no/such/place}}",
      "~/.aws: {access: ro, when: {absent: ~/.aws}}",
      "~/.kube: {access: ro, when: {empty: /usr}}",
    ];
    const linted = await lint(
      `version: 1\nextends: [base]\nmounts:\n${mounts.map((mount) => `  ${mount}\n`).join("")}`,
    );
    expect(told(linted)).toEqual(["4 cred/ssh-gpg", "5 cred/cloud", "6 cred/cloud"]);
  });

  it("as what they would hide is seen without them", async () => {
    const text = `version: 1
extends: [base]
mounts:
  ~/: ro
  ~/.ssh: {from: ./empty, access: ro, when: {exists: /usr}}
  ~/.gnupg: {from: ./empty, access: ro}
`;
    const { findings } = await lint(text);
    const ssh = findings.find(({ problem: { rule } }) => rule === "cred/ssh-gpg");
    expect(ssh?.problem.message).toMatch(/^~\/\.ssh can be read/);
  });
});
