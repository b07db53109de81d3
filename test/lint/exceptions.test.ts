import { describe, expect, it } from "vitest";
import { fixProfile, type LintedProfile, lintProfile } from "../../src/linting/index.ts";
import { exampleMachine, idsOf, PROJECT, TODAY } from "./example.ts";

const FILE = "some.sandbox.yml";
const NETWORK = "version: 1\nextends: [base]\nuse: [network]\n";
const ignoring = (...items: readonly string[]) =>
  `lint:\n  ignore:\n${items.map((item) => `    - {${item}}\n`).join("")}`;

interface Wish {
  readonly today?: string;
  readonly beside?: Readonly<Record<string, string>>;
  readonly rules?: readonly string[];
  readonly offline?: boolean;
}

function lint(profile: string, { today = TODAY, beside = {}, rules, offline }: Wish = {}): Promise<LintedProfile> {
  const host = exampleMachine(FILE, profile, { beside });
  const options = { today, ...(offline ? { offline } : { machine: host }), ...(rules ? { rules } : {}) };
  return lintProfile({ profile: `${PROJECT}/${FILE}` }, host, options);
}

describe("an exception", () => {
  it("takes a finding out, and keeps it with its reason", async () => {
    expect(idsOf(await lint(NETWORK))).toEqual(["net/host"]);
    const { findings, accepted } = await lint(NETWORK + ignoring("rule: net/host, reason: downloads"));
    expect(findings).toEqual([]);
    expect(accepted.map(({ finding, reason }) => [finding.problem.rule, reason])).toContainEqual([
      "net/host",
      "downloads",
    ]);
  });

  it("answers to every name of a rule", async () => {
    expect(idsOf(await lint(NETWORK + ignoring("rule: net/metadata, reason: downloads")))).toEqual([]);
  });

  it.each([
    ["the day before its end", "2026-11-28", []],
    ["on the day of its end", "2026-11-29", []],
    ["the day after", "2026-11-30", ["net/host", "lint/expired-ignore"]],
  ])("ends, seen %s", async (_, today, expected) => {
    const profile = NETWORK + ignoring("rule: net/host, reason: downloads, until: 2026-11-29");
    expect(idsOf(await lint(profile, { today }))).toEqual(expected);
  });

  it("that ends on no day of the calendar has ended", async () => {
    const { findings } = await lint(NETWORK + ignoring("rule: net/host, reason: downloads, until: 2027-02-29"));
    expect(findings.map(({ problem: { rule, message } }) => [rule, message])).toEqual([
      ["net/host", expect.any(String)],
      ["lint/expired-ignore", expect.stringContaining("2027-02-29")],
    ]);
  });

  it("that finds nothing is a finding, and `--fix` takes it out", async () => {
    const profile = NETWORK + ignoring("rule: cred/cloud, reason: was there once", "rule: net/host, reason: downloads");
    const linted = await lint(profile);
    expect(idsOf(linted)).toEqual(["lint/unused-ignore"]);
    const host = exampleMachine(FILE, profile);
    const fixed = await fixProfile({ profile: `${PROJECT}/${FILE}` }, host, { today: TODAY, machine: host }, linted);
    expect(fixed?.after).toBe(NETWORK + ignoring("rule: net/host, reason: downloads"));
  });

  it.each([
    ["the only one, with all that held it", ignoring("rule: cred/cloud, reason: was there once"), ""],
    ["with a comment, not at all", `lint:\n  ignore:\n    # why\n    - {rule: cred/cloud, reason: x}\n`, undefined],
  ])("goes: %s", async (_, exceptions, left) => {
    const profile = `version: 1\nextends: [base]\n${exceptions}`;
    const linted = await lint(profile);
    expect(idsOf(linted)).toEqual(["lint/unused-ignore"]);
    const host = exampleMachine(FILE, profile);
    const fixed = await fixProfile({ profile: `${PROJECT}/${FILE}` }, host, { today: TODAY, machine: host }, linted);
    expect(fixed?.after).toBe(left === undefined ? profile : `version: 1\nextends: [base]\n${left}`);
  });

  it("for a rule that nobody knows is one, with the name that was meant", async () => {
    const { findings } = await lint(NETWORK + ignoring("rule: net/hots, reason: downloads"));
    expect(findings.map(({ problem: { rule, help } }) => [rule, help])).toEqual([
      ["net/host", expect.any(String)],
      ["lint/unknown-rule", expect.stringContaining("net/host")],
    ]);
  });

  it("without a reason is no exception: the profile is broken", async () => {
    for (const item of ["rule: net/host", 'rule: net/host, reason: ""', "rule: net/host, reason: x, until: soon"]) {
      expect(await lint(NETWORK + ignoring(item))).toMatchObject({ broken: true });
    }
    expect(await lint(NETWORK + ignoring("rule: net/host, reason: x"))).toMatchObject({ broken: false });
  });

  it("for what a checkout has or has not is an info where it finds nothing, and stays", async () => {
    const { findings } = await lint(NETWORK + ignoring("rule: net/host, reason: x", "rule: exec/editor, reason: mine"));
    expect(findings.map(({ problem: { rule, severity }, fix }) => [rule, severity, fix])).toEqual([
      ["lint/unused-ignore", "info", undefined],
    ]);
  });

  it("can't be made for what is about whoever wrote it", async () => {
    const text = `version: 1\nextends: [base]\nmounts: {/srv: rw}\n${ignoring("rule: self/untrusted-widening, reason: trust me")}`;
    const host = exampleMachine(".sandbox.yml", text);
    const linted = await lintProfile({ profile: `${PROJECT}/.sandbox.yml` }, host, { today: TODAY, machine: host });
    expect(idsOf(linted)).toEqual(["self/untrusted-widening", "lint/unused-ignore"]);
  });

  it.each([
    ["order/shadowed", "can't be ignored: a profile that has it is refused"],
    ["argv/raw-flags", "can't be ignored"],
    ["net/wide-domain", "can't be there: `sbx rules net/wide-domain` says why"],
  ])("can't be made for what no profile that runs could have: %s", async (rule, words) => {
    const profile = NETWORK + ignoring("rule: net/host, reason: downloads", `rule: ${rule}, reason: x`);
    const linted = await lint(profile);
    expect(linted.findings.map(({ problem }) => [problem.rule, problem.message])).toEqual([
      ["lint/unused-ignore", expect.stringContaining(words)],
    ]);
    const host = exampleMachine(FILE, profile);
    const fixed = await fixProfile({ profile: `${PROJECT}/${FILE}` }, host, { today: TODAY, machine: host }, linted);
    expect(fixed?.after).toBe(NETWORK + ignoring("rule: net/host, reason: downloads"));
  });

  it("is not heard when that is asked for", async () => {
    const host = exampleMachine(FILE, NETWORK + ignoring("rule: net/host, reason: downloads"));
    const options = { today: TODAY, machine: host, exceptions: false };
    const linted = await lintProfile({ profile: `${PROJECT}/${FILE}` }, host, options);
    expect([idsOf(linted), linted.accepted.every(({ by }) => by === "builtin:base")]).toEqual([["net/host"], true]);
  });

  it("is not called unused by who did not ask", async () => {
    const profile =
      NETWORK + ignoring("rule: net/host, reason: downloads", "rule: cred/mask-absent, reason: elsewhere");
    expect(idsOf(await lint(profile, { rules: ["cred/cloud"] }))).toEqual([]);
    expect(idsOf(await lint(profile, { offline: true }))).toEqual([]);
    expect(idsOf(await lint(profile))).toEqual([]);
  });
});

describe("exceptions of other files", () => {
  it("are not inherited: whoever extends a profile accepts for himself", async () => {
    const parent = NETWORK + ignoring("rule: net/host, reason: downloads");
    const linted = await lint("version: 1\nextends: [./parent.sandbox.yml]\n", {
      beside: { [`${PROJECT}/parent.sandbox.yml`]: parent },
    });
    expect(idsOf(linted)).toEqual(["net/host"]);
  });

  it("of built-ins hold for what they say themselves, and for no flag set that another file turns on", async () => {
    const { findings, accepted } = await lint("version: 1\nextends: [base]\n");
    expect(findings).toEqual([]);
    expect(accepted.map(({ finding }) => finding.entry.file)).toContain("builtin:base");
    expect(idsOf(await lint(NETWORK))).toEqual(["net/host"]);
  });
});
