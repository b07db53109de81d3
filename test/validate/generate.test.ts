import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { builtins as read } from "../../scripts/generate/builtins.ts";
import { problemKinds, problemsPage } from "../../scripts/generate/problems.ts";
import { coercionTable, shapeTable } from "../../scripts/generate/tables.ts";
import { types } from "../../scripts/generate/types.ts";
import { profileValidators } from "../../scripts/generate/validators.ts";
import { builtinTexts } from "../../src/generated/builtin-texts.ts";
import { builtins } from "../../src/generated/builtins.ts";
import { load } from "../../src/load/index.ts";
import { validate } from "../../src/validate/index.ts";

const directory = mkdtempSync(join(tmpdir(), "profiles-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("built-in profiles", () => {
  it("one that is broken stops the generation, at its place", () => {
    writeFileSync(join(directory, "good.yaml"), "version: 1\ndescription: It's \\good\n");
    writeFileSync(join(directory, "odd.yaml"), "version: 1\nnetwork: hots\n");
    writeFileSync(join(directory, "torn.yaml"), "version: [\n");
    const { problems } = read(directory, { load, validate });
    expect(problems.map(({ file, line }) => `${file}:${line}`)).toEqual([
      "builtin:odd:2",
      expect.stringMatching(/^builtin:torn:/),
    ]);
  });

  it("what is generated reads back as it was written", () => {
    expect(Object.keys(builtins)).toContain("base");
    expect(Object.keys(builtinTexts)).toEqual(Object.keys(builtins));
    for (const [name, { description, tree }] of Object.entries(builtins)) {
      const { value } = load(`builtin:${name}`, undefined, builtinTexts[name] ?? "");
      expect(JSON.parse(tree)).toEqual(value?.root);
      expect(builtinTexts[name]).toContain(description);
    }
  });
});

describe("generated from a schema", () => {
  const small = {
    type: "object",
    description: "A thing. */",
    additionalProperties: false,
    properties: {
      words: { type: "array", items: { type: "string", enum: ["a", "b"] } },
      count: { anyOf: [{ type: "integer" }, { $ref: "#/$defs/Other" }] },
      title: { $ref: "#/$defs/text" },
    },
    $defs: {
      Fragment: { type: "object", additionalProperties: false, properties: {} },
      Other: { type: "object", additionalProperties: { type: "boolean" } },
      text: { type: ["string", "number"], title: "some words" },
    },
  };

  it("types can't be written to", async () => {
    const code = await types(small, "Small", "small.json");
    expect(code).toContain('readonly words?: readonly ("a" | "b")[];');
    expect(code).toContain("readonly [k: string]: boolean;");
    expect(code).not.toContain("A thing. */ ");
  });

  it("tables follow references and leave out what they have nothing to say of", () => {
    expect(coercionTable(small)).toContain(
      'Profile: Coercion = { "keys": { "count": { "scalar": "integer", "values": { "scalar": "boolean" } } } };',
    );
    expect(shapeTable(small)).toContain('"expects": "a whole number or a mapping"');
  });

  it("alternatives that can't be told apart by their type are refused", () => {
    const twice = {
      ...small,
      properties: {
        a: {
          anyOf: [
            { type: "string", const: "a" },
            { type: "string", const: "b" },
          ],
        },
      },
    };
    expect(() => profileValidators(twice)).toThrow(/alternatives of one type/);
  });
});

describe("the page of problems", () => {
  it("has a row for each kind that a stage declares", async () => {
    const page = problemsPage(await problemKinds(join(import.meta.dirname, "../../src")));
    expect(page).toContain("| `profile/unknown-key` | error | ");
    const ids = [...page.matchAll(/^\| `(.*?)`/gm)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids.length).toBeGreaterThan(20);
  });
});
