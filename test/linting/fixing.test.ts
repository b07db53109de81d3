import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RULES } from "../../src/lint/index.ts";
import { fixProfile, type LintedProfile, type LintOptions, lintProfile } from "../../src/linting/index.ts";
import { commentsOf } from "../../src/load/index.ts";
import type { Host } from "../../src/model/host.ts";
import { CREDENTIALS } from "../../src/model/known-credentials.ts";
import { EDITOR_FILES, GIT_FILES, SHELL_FILES } from "../../src/model/known-places.ts";
import { tree } from "../../src/tree/index.ts";
import { exampleMachine, idsOf, PROJECT, TODAY } from "../lint/example.ts";
import { random } from "../support/random.ts";

const RUNS = process.env.SBX_SOAK === "1" ? 3000 : 150;
const CONVERTED = fileURLToPath(new URL("../lint/converted/", import.meta.url));

interface Case {
  readonly text: string;
  readonly file: string;
  readonly machine: Parameters<typeof exampleMachine>[2];
}

const CASES: readonly Case[] = [
  ...RULES.flatMap(({ bad, refusedAs }): Case[] => {
    const { profile: text, file = "example.sandbox.yml", files: beside = {}, machine } = bad;
    return refusedAs === undefined ? [{ text, file, machine: { ...machine, beside } }] : [];
  }),
  ...readdirSync(CONVERTED).map(
    (name): Case => ({
      text: readFileSync(`${CONVERTED}${name}/profile.yml`, "utf8"),
      file: "profile.yml",
      machine: undefined,
    }),
  ),
];

interface Fixed {
  readonly before: LintedProfile;
  readonly fixed: Awaited<ReturnType<typeof fixProfile>>;
  /** Makes the fixes of another text of the same profile. */
  readonly again: (text: string) => Promise<Fixed["fixed"]>;
}

async function fix({ text, file, machine }: Case): Promise<Fixed> {
  const host = exampleMachine(file, text, machine);
  const options: LintOptions = { today: TODAY, machine: host };
  const request = { profile: `${PROJECT}/${file}` };
  const before = await lintProfile(request, host, options);
  const again = async (other: string) => {
    const texts = new Map([[`${PROJECT}/${file}`, other]]);
    const linted = await lintProfile(request, host, { ...options, texts });
    return fixProfile(request, host, options, linted);
  };
  return { before, fixed: await fixProfile(request, host, options, before), again };
}

const SECRETS = { files: { [`${PROJECT}/secrets/`]: "" } };
const fixedText = async (text: string): Promise<string | undefined> =>
  (await fix({ text, file: "example.sandbox.yml", machine: SECRETS })).fixed?.after;

describe("safe fixes", () => {
  it("hide what a wider entry shows by the way, beside what is hidden there already", async () => {
    const after = await fixedText(`# Mine.
version: 1
extends: [base] # the system
limits: {time: 1h, memory: 1G, tasks: 99}
mounts:
  "\${HOME}": ro
mask:
  - ~/.ssh # keys
  - "**/.env"

# The end.
`);
    expect(after).toMatch(/^# Mine\.\n.*\n {2}- ~\/\.ssh # keys\n {2}- "\*\*\/\.env"\n( {2}- .*\n)+\n# The end\.\n$/s);
    expect(after).toContain("  - ~/.aws\n");
  });

  it("are none where another finding would come instead", async () => {
    const text = "version: 1\nextends: [base]\nmounts: {/etc: ro}\n";
    const left = async (nlink: number) => {
      const machine = { files: { "/etc/shadow": { type: "file" as const, nlink } } };
      const { fixed } = await fix({ text, file: "example.sandbox.yml", machine });
      return { why: fixed?.left.map(({ why }) => why), mends: fixed?.after.includes("mask") };
    };
    expect(await left(2)).toEqual({ why: ["path/hardlink would be found instead"], mends: false });
    expect(await left(1)).toEqual({ why: [], mends: true });
  });

  it("are none where a layout has no place for them, or a comment would go", async () => {
    const profile = (mask: string) => `version: 1\nextends: [base]\nmounts:\n  .: ro\nmask:\n  ${mask}\n`;
    expect(await fixedText(profile('- "secrets/*"'))).toBe(profile("- secrets"));
    expect(await fixedText(profile('- "secrets/*" # all'))).toBe(profile("- secrets # all"));
    const folded = profile("- >- # all\n    secrets/*");
    expect(await fixedText(folded)).toBe(folded);
  });

  it("leave what its author asked for by name", async () => {
    const { before, fixed } = await fix({
      text: "version: 1\nextends: [base]\nmounts: {~/.ssh: ro}\n",
      file: "example.sandbox.yml",
      machine: undefined,
    });
    expect(idsOf(before)).toContain("cred/ssh-gpg");
    expect(fixed?.fixed.map(({ rule }) => rule) ?? []).not.toContain("cred/ssh-gpg");
  });

  it("are made for many of the rules' examples and of the converted configurations", async () => {
    const made = new Set<string>();
    for (const each of CASES) for (const { rule } of (await fix(each)).fixed?.fixed ?? []) made.add(rule);
    expect(made.size).toBeGreaterThan(15);
  });
});

describe("whatever the profile and its layout", () => {
  it("fixes take their findings away, let nothing in, break nothing, keep every comment, and need no second round", async () => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: CASES.length - 1 }), fc.nat(), async (index, seed) => {
        const known = CASES[index] as Case;
        const each = { ...known, text: laidOut(known.text, seed) };
        const { before, fixed, again } = await fix(each);
        if (fixed === undefined || fixed.fixed.length === 0) return;
        made += 1;
        const { linted } = fixed;
        expect([linted.broken, linted.problems]).toEqual([false, before.problems.map(() => expect.anything())]);
        expect(commentsOf(fixed.after)).toEqual(expect.arrayContaining([...commentsOf(each.text)]));
        expect(fixed.after.includes("\r\n")).toBe(each.text.includes("\r\n"));
        expect(idsOf(linted).filter((id) => !idsOf(before).includes(id))).toEqual([]);
        expect(linted.findings.length).toBeLessThan(before.findings.length);
        expect(widened(before, linted)).toEqual([]);
        expect((await again(fixed.after))?.fixed ?? []).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    expect(made).toBeGreaterThan(RUNS / 5);
  });
});

/** The same profile with comments and empty lines between its lines, with other line ends, without the last one. */
function laidOut(text: string, seed: number): string {
  const choose = random(seed);
  const eol = choose(4) === 0 ? "\r\n" : "\n";
  // Inside of a text of several lines nothing can be put.
  const isPlain = !/[|>][-+]?$/m.test(text) && !/^\s*[^#\s].*[[{"'][^\]}"']*$/m.test(text);
  const lines = text
    .trimEnd()
    .split("\n")
    .flatMap((line, number) => {
      const indent = /^[ -]*/.exec(line)?.[0].replaceAll("-", " ") ?? "";
      const above = isPlain && choose(5) === 0 ? [choose(3) === 0 ? "" : `${indent}# above ${number}`] : [];
      const isWhole = isPlain && line.trim() !== "" && !line.includes("#");
      return [...above, isWhole && choose(5) === 0 ? `${line} # beside ${number}` : line];
    });
  return lines.join(eol) + (choose(5) === 0 ? "" : eol);
}

const ORDER = ["absent", "masked", "ro", "device", "rw"];
const HOST_PATHS = [
  ...[...Object.values(CREDENTIALS).flat(), ...SHELL_FILES].map((path) => `/home/user/${path}`),
  ...[...GIT_FILES, ...EDITOR_FILES, "", "src/main.ts", ".env"].map((path) => `${PROJECT}/${path}`),
  ...["/", "/etc/passwd", "/etc/shadow", "/home/user", "/root", "/run/user/1000", "/run/docker.sock", "/dev/kvm"],
].map((path) => path.replace(/(.)\/$/, "$1"));

/** Host paths that can be seen, or written, at more places than before; each plan by its operations alone. */
function widened(before: LintedProfile, after: LintedProfile): string[] {
  return before.plans.flatMap(({ plan, host }, index) => {
    const now = after.plans[index];
    if (now === undefined) return ["a plan is gone"];
    if (now.plan.network.value !== plan.network.value && now.plan.network.value === "host") return ["the network"];
    return HOST_PATHS.filter((path) => levelOf(path, now.plan, now.host) > levelOf(path, plan, host));
  });
}

function levelOf(path: string, plan: LintedProfile["plans"][number]["plan"], host: Host): number {
  const places = tree(plan.operations, host, plan.prepare).places(path);
  return Math.max(0, ...places.map(({ access }) => ORDER.indexOf(access)));
}
