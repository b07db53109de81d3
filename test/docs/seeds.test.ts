import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Sandbox, type SandboxOptions } from "../../src/index.ts";
import { ROOT } from "../support/sbx.ts";

interface Row {
  readonly item: number;
  readonly cell: string;
}

const page = readFileSync(join(ROOT, "docs/seeds.md"), "utf8");

/** The rows of each table, in order. */
const tables: readonly (readonly Row[])[] = page
  .split(/^## /m)
  .slice(1)
  .map((section) =>
    [...section.matchAll(/^\| (\d+) \| .+? \| (.+) \|$/gm)].map(([, item, cell = ""]) => ({
      item: Number(item),
      cell,
    })),
  );
const rows = tables.flatMap((table, index) => table.map((row) => ({ ...row, name: `${index + 1}.${row.item}` })));
/** `file`, "title", both as they are written there. */
const named = (cell: string) => [...cell.matchAll(/`(test\/[^`]+)`, "([^"]+)"/g)];

describe("the page of what osbuild and BuildStream have", () => {
  it("has every item, in order", () => {
    expect(tables.map((table) => table.map(({ item }) => item))).toEqual(
      [36, 20, 38].map((count) => Array.from({ length: count }, (_, index) => index + 1)),
    );
  });

  it.each(rows)("$name says where it is done or why it is done better, and names tests that exist", ({ cell }) => {
    expect(cell).toMatch(/^(implemented|better): /);
    const tests = named(cell);
    expect(tests.length).toBeGreaterThan(0);
    // Every file that is named has a title behind it.
    expect(tests.length).toBe(cell.split("`test/").length - 1);
    for (const [, file = "", title = ""] of tests) {
      expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
      const text = readFileSync(join(ROOT, file), "utf8");
      expect([title, ['"', "'", "`"].some((quote) => text.includes(`${quote}${title}${quote}`))]).toEqual([
        title,
        true,
      ]);
    }
  });

  it.each(rows)("$name names sources that exist", ({ cell }) => {
    for (const [, path = ""] of cell.matchAll(/`((?:src|profiles|examples)\/[^`]*)`/g)) {
      expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
    }
  });
});

it("options have names", () => {
  const options = { profile: "osbuild-buildroot", params: { root: "/srv/root", vardir: "/var/tmp" } };
  const accepted: SandboxOptions = options;
  expect(new Sandbox(accepted).isOpen).toBe(false);
  // @ts-expect-error: a name that there is not
  const misspelt: SandboxOptions = { ...options, parms: {} };
  // @ts-expect-error: values in an order
  const ordered: SandboxOptions = ["osbuild-buildroot", "/srv/root", "/var/tmp"];
  expect([misspelt, ordered].length).toBe(2);
});
