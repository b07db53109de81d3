import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RULES, SETTLED } from "../../src/lint/index.ts";
import { formatProblems } from "../../src/report/index.ts";
import { ROOT } from "../support/sbx.ts";
import { idsOf, lintExample } from "./example.ts";

const ids = RULES.map(({ id }) => id);

describe("the rules", () => {
  it("are the files below src/lint/rules, by their ids", () => {
    const folder = join(ROOT, "src/lint/rules");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("/"));
    expect([...ids].sort()).toEqual(files.map((name) => name.replace(/\.ts$/, "")).sort());
  });

  it("stand for the whole catalogue, each of its ids once", () => {
    const catalogue = readFileSync(join(ROOT, "test/lint/catalogue.txt"), "utf8").trim().split("\n");
    expect(catalogue).toHaveLength(98);
    const covered = RULES.flatMap(({ covers = [] }) => covers.map(({ id }) => id)).filter((id) => !ids.includes(id));
    const known = [...ids.filter((id) => !id.startsWith("lint/")), ...covered, ...SETTLED.map(({ id }) => id)];
    expect(known.sort()).toEqual(catalogue.sort());
  });

  it("have no two pages of one name, and are covered by rules that exist", () => {
    expect(new Set([...ids, ...SETTLED.map(({ id }) => id)]).size).toBe(ids.length + SETTLED.length);
  });
});

describe.each(RULES.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  it("finds its bad example", async () => {
    const linted = await lintExample(rule.bad);
    if (rule.refusedAs === undefined) {
      expect([linted.broken, idsOf(linted)]).toEqual([false, expect.arrayContaining([id])]);
      const found = linted.findings.filter(({ problem }) => problem.rule === id);
      expect(found.some(({ problem }) => problem.severity === rule.severity)).toBe(true);
    } else {
      expect(linted.broken).toBe(true);
      expect(rule.refusedAs).toContain(idsOf(linted)[0]);
      expect(idsOf(linted)).toHaveLength(1);
    }
  });

  it("finds nothing at all in its good one", async () => {
    const linted = await lintExample(rule.good);
    const told = [...linted.problems, ...linted.findings.map(({ problem }) => problem)];
    expect(formatProblems(told)).toBe("");
  });

  it("says where it is, what is wrong and what to type", async () => {
    const linted = await lintExample(rule.bad);
    for (const { problem } of linted.findings.filter(({ problem }) => problem.rule === id)) {
      expect(problem.line).toBeGreaterThan(0);
      expect(problem.message).toMatch(/^\S.{10,}[^.]$/s);
      expect(problem.help).toMatch(/^\S.{3,}[^.]$/s);
    }
  });

  it("has a page with its source", () => {
    for (const text of [rule.title, rule.why, rule.fix]) expect(text).toMatch(/^\S.*[.!?)]$/s);
    expect(rule.sources.length).toBeGreaterThan(0);
    for (const { text, url } of rule.sources) {
      expect(text).toMatch(/\S/);
      if (url !== undefined) expect(new URL(url).protocol).toBe("https:");
    }
  });
});
