import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Example, RULES, SETTLED } from "../../src/lint/index.ts";
import { install, ROOT } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();
const rules = (...args: readonly string[]) => room.sbx(["rules", ...args]);

describe("`sbx rules`", () => {
  it("lists every rule in a line", async () => {
    const { stdout, code } = await rules();
    const lines = stdout.trimEnd().split("\n");
    expect([code, lines.length]).toEqual([0, RULES.length + SETTLED.length]);
    expect(lines.find((line) => line.includes(" sock/docker "))).toMatch(/^error +sock\/docker +\S/);
    expect(
      (await rules("sock")).stdout
        .trimEnd()
        .split("\n")
        .every((line) => / sock\//.test(line)),
    ).toBe(true);
  });

  it("has a page for each", async () => {
    const { stdout, code } = await rules("sock/docker");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^# sock\/docker\n\n[\s\S]*\*\*Error\.\*\* [\s\S]*Sources: .*https:[\s\S]*\*\*What to do\.\*\* [\s\S]*Found[\s\S]*Not found/,
    );
    expect((await rules("net/host", "cred/cloud")).stdout).toMatch(/^# [\s\S]*\n# /);
    // What another rule stands for leads to it, and what needs no rule says why.
    expect((await rules("net/metadata")).stdout).toMatch(/^# net\/host\n[\s\S]*It stands for `net\/metadata`/);
    expect((await rules(SETTLED[0]?.id ?? "")).stdout).toMatch(/No rule is needed\. \S/);
  });

  it("is data by its schema", async () => {
    const all = JSON.parse((await rules("--json")).stdout);
    expect(misfits("rules", all)).toEqual([]);
    expect([all.rules.length, all.settled.length]).toEqual([RULES.length, SETTLED.length]);
    expect(misfits("rules", { ...all, rules: [{ id: "x" }] })).not.toEqual([]);
    expect(JSON.parse((await rules("--json", "cred/cloud")).stdout).rules).toHaveLength(1);
    const schema = await room.sbx(["schema", "rules"]);
    expect(JSON.parse(schema.stdout).title ?? JSON.parse(schema.stdout).$id).toBeDefined();
  });

  it("says of a problem that is no rule's when it is reported, and which rule has more to say", async () => {
    const { stdout, code } = await rules("profile/unknown-key");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^# profile\/unknown-key\n\n\*\*Error\.\*\* \S.*\n/)]);
    expect((await rules("order/read-only-parent")).stdout).toMatch(/\nMore: `sbx rules order\/ro-parent-missing`\.\n$/);
    // What is both is the rule's page.
    expect((await rules("protect/absent")).stdout.match(/^# /gm)).toHaveLength(1);
    const page = readFileSync(join(ROOT, "docs/problems.md"), "utf8");
    const ids = [...page.matchAll(/^\| `(.*?)`/gm)].map(([, id = ""]) => id);
    const data = JSON.parse((await rules("--json", ...ids)).stdout);
    expect(misfits("rules", data)).toEqual([]);
    expect(new Set([...data.rules, ...data.problems].map(({ id }: { id: string }) => id))).toEqual(new Set(ids));
  });

  it("knows what was meant", async () => {
    const done = await rules("sock/dokcer");
    expect([done.code, done.stdout]).toEqual([2, ""]);
    expect(done.stderr).toContain("did you mean sock/docker?");
  });
});

/** As a user tries them: by the command, without asking the machine. */
describe("examples by the command", () => {
  const isBeside = ({ files = {} }: Example) => Object.keys(files).every((path) => !path.startsWith("/"));
  // The others speak of a machine, or of files elsewhere on it: test/lint/rules.test.ts has one for them.
  const isPortable = (example: Example) => example.machine === undefined && isBeside(example);
  const offline = RULES.filter(({ needs, bad }) => needs === undefined && isPortable(bad));

  it.each(offline.map((rule) => [rule.id, rule] as const))("%s", async (id, { bad, good, refusedAs }) => {
    const names: readonly string[] = [id, ...(refusedAs ?? [])];
    const run = async (name: string, { profile, file = "example.sandbox.yml", files = {} }: Example) => {
      const path = room.write(`${id}/${name}/${file}`, profile);
      for (const [beside, text] of Object.entries(files)) room.write(`${id}/${name}/${beside}`, text);
      const { stdout, code } = await room.sbx(["lint", "--offline", "--json", path]);
      return { code, rules: (JSON.parse(stdout) as { rule: string }[]).map(({ rule }) => rule) };
    };
    const found = await run("bad", bad);
    expect(found.rules.some((rule) => names.includes(rule))).toBe(true);
    if (refusedAs !== undefined) expect(found.code).toBe(2);
    expect(await run("good", good)).toEqual({ code: 0, rules: [] });
  });
});
