import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { describedHost } from "../../src/host/described.ts";
import { RULES, TYPICAL_MACHINE } from "../../src/lint/index.ts";
import { lintProfile } from "../../src/linting/index.ts";
import type { Host } from "../../src/model/host.ts";
import { exampleMachine, PROJECT, TODAY } from "./example.ts";

const CONVERTED = fileURLToPath(new URL("converted/", import.meta.url));

interface Text {
  readonly file: string;
  readonly profile: string;
  readonly files?: Readonly<Record<string, string>>;
}

const texts: readonly Text[] = [
  ...readdirSync(CONVERTED).map((name) => ({
    file: "profile.yml",
    profile: readFileSync(`${CONVERTED}${name}/profile.yml`, "utf8"),
  })),
  ...RULES.flatMap(({ bad, good }) =>
    [bad, good].map(({ profile, file = "x.sandbox.yml", files = {} }) => ({ file, profile, files })),
  ),
];

/** A checkout that has everything in it that rules look for in projects. */
const FULL = Object.fromEntries(
  [
    [".vscode/tasks.json", "{}"],
    [".idea/workspace.xml", ""],
    [".claude/settings.json", "{}"],
    [".env", "A=b"],
    ["id_rsa", "x"],
    [".github/workflows/ci.yml", ""],
    [".gitlab-ci.yml", ""],
    ["package.json", "{}"],
    ["package-lock.json", "{}"],
    ["node_modules/.bin/x", ""],
    [".git/HEAD", "ref: refs/heads/main"],
    [".git/config", ""],
    [".git/hooks/", ""],
    ["vendor/lib/.git/HEAD", "ref: x"],
    ["vendor/lib/.git/config", ""],
    ["vendor/lib/.git/hooks/", ""],
    ["secrets/a", ""],
  ].map(([path, text]) => [`${PROJECT}/${path}`, text ?? ""]),
);

async function rulesOn(host: Host, file: string, offline: boolean): Promise<ReadonlySet<string> | undefined> {
  const terms = offline ? { offline } : { machine: host };
  const linted = await lintProfile({ profile: `${host.cwd}/${file}` }, host, { today: TODAY, ...terms });
  return linted.broken ? undefined : new Set(linted.findings.map(({ problem }) => problem.rule));
}

/** Checkouts lie where people have put them. */
function elsewhere(project: string, file: string, profile: string): Host {
  const files = { ...TYPICAL_MACHINE.files, [`${project}/.git/HEAD`]: "ref: x", [`${project}/${file}`]: profile };
  return describedHost({ ...TYPICAL_MACHINE, cwd: project, files });
}

/** Who commits an exception for what one checkout has must not break the job in another. */
it("only rules that say so find something on one machine and nothing on another", { timeout: 120_000 }, async () => {
  const differing = new Map<string, Set<string>>();
  let compared = 0;
  for (const { file, profile, files: beside = {} } of texts) {
    const bare = exampleMachine(file, profile, { beside });
    const full = exampleMachine(file, profile, { beside, files: FULL });
    const found = [
      await rulesOn(bare, file, false),
      await rulesOn(full, file, false),
      await rulesOn(bare, file, true),
      ...(Object.keys(beside).length > 0
        ? []
        : [
            await rulesOn(elsewhere("/home/tester/clone", file, profile), file, true),
            await rulesOn(elsewhere("/srv/next.js", file, profile), file, true),
          ]),
    ].filter((rules) => rules !== undefined);
    compared += found.length;
    for (const { id } of RULES)
      if (found.some((rules) => rules.has(id)) && !found.every((rules) => rules.has(id)))
        differing.set(id, (differing.get(id) ?? new Set()).add(profile));
  }
  expect(compared).toBeGreaterThan(600);
  const free = RULES.filter(({ varies, needs }) => varies !== true && needs === undefined).map(({ id }) => id);
  expect(free.flatMap((id) => [...(differing.get(id) ?? [])].map((profile) => `${id}: ${profile}`))).toEqual([]);
  expect(differing.size).toBeGreaterThan(4);
});
