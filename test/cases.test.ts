import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { bwrap, targetNamed } from "../src/render/index.ts";
import { formatProblems } from "../src/report/index.ts";
import { PROJECT, planOf, readCase } from "./compile/case.ts";
import { showInvocation, showPlan } from "./compile/show.ts";

const CASES = fileURLToPath(new URL("cases/", import.meta.url));

/**
 * A folder is a claim: its profile, on its machine (`host.json`), asked for as in `args.json`, gives exactly what its
 * golden files say. `npx vitest run test/cases.test.ts -u` writes them anew; read what it wrote.
 */
describe("cases", () => {
  const names = readdirSync(CASES).sort();

  it.each(names)("%s", async (name) => {
    const { files, machine, wishes, golden } = readCase(CASES + name);
    const { plan, problems } = planOf(files, machine, wishes);
    const target = targetNamed(wishes.target ?? "bwrap-0.8").value;
    if (target === undefined) throw new Error(`no target ${wishes.target}`);
    const rendered = plan && bwrap.render(plan, target, wishes.argv ?? ["true"]);
    const all = [...problems, ...(rendered?.problems ?? [])];

    const found = new Map<string, string>();
    if (plan) found.set("plan.txt", showPlan(plan));
    if (rendered?.value) found.set("bwrap.txt", showInvocation(rendered.value));
    if (all.length > 0) {
      const sources = (file: string) =>
        file.startsWith(`${PROJECT}/`) ? files[file.slice(PROJECT.length + 1)] : undefined;
      found.set("problems.txt", formatProblems(all, { cwd: PROJECT, sources }));
    }
    for (const [file, text] of found) await expect(text).toMatchFileSnapshot(`${CASES}${name}/${file}`);
    // A file that was only written now has been read by nobody; one that stays behind says what is no longer so.
    expect([...found.keys()].sort()).toEqual([...golden].sort());
  });

  it("are named for what they claim", () => {
    expect(names.length).toBeGreaterThanOrEqual(40);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
  });
});
