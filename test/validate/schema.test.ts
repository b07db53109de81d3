import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { profile as validator } from "../../src/generated/validators.js";
import { typed, validate } from "../../src/validate/index.ts";
import { check, source } from "./check.ts";

interface Schema {
  readonly $defs: Readonly<Record<string, Schema>>;
  readonly properties: Readonly<Record<string, Schema>>;
  readonly examples: readonly unknown[];
  readonly [keyword: string]: unknown;
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const schema: Schema = JSON.parse(read("schema/profile.schema.json"));
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
const written = ajv.compile({ ...schema, $id: "profile" });

/** Every mapping of fields in the schema, by where it stands. */
const fieldLists = pointers(schema, "#").filter(([, part]) => typeof part.properties === "object");
const fields = fieldLists.flatMap(([at, part]) =>
  Object.keys(part.properties).map(
    (key) => [`${at}/properties/${key}`, resolved(part.properties[key] as Schema)] as const,
  ),
);

describe("the schema", () => {
  it("can be read by any strict validator of the 2020-12 draft", () => {
    expect(ajv.validateSchema(schema)).toBe(true);
  });

  it("closes every mapping, and has no oneOf", () => {
    for (const [at, part] of fieldLists) expect([at, part.additionalProperties]).toEqual([at, false]);
    expect(pointers(schema, "#").filter(([, part]) => "oneOf" in part)).toEqual([]);
  });

  it("describes every field, with an example that holds", () => {
    expect(fields.length).toBeGreaterThan(100);
    for (const [at, field] of fields) {
      expect([at, field.description]).toEqual([at, expect.stringMatching(/^\S.*\.$/)]);
      expect([at, field.examples?.length]).not.toEqual([at, undefined]);
      const holds = ajv.compile({ $ref: `profile${at}` });
      for (const example of field.examples) expect([at, example, holds(example)]).toEqual([at, example, true]);
    }
  });

  it("has the same fields in a profile and in a variant as in a fragment", () => {
    const shared = Object.keys(schema.$defs.Fragment?.properties ?? {});
    for (const part of [schema, schema.$defs.Variant]) {
      for (const key of shared) expect(part?.properties[key]).toEqual({ $ref: `#/$defs/Fragment/properties/${key}` });
    }
  });

  it("has a type for each definition with a capital, and no other", () => {
    const names = [...read("src/model/profile.gen.ts").matchAll(/^export (?:type|interface) (\w+)/gm)].map(
      ([, name]) => name,
    );
    const types = Object.keys(schema.$defs).filter((name) => /^[A-Z]/.test(name));
    expect(names.sort()).toEqual(["Profile", ...types].sort());
  });
});

describe("the reference page", () => {
  it("shows profiles that are right", () => {
    const blocks = [...read("docs/profile.md").matchAll(/```yaml\n([^`]*)```/g)].flatMap(([, block]) =>
      block?.split("# or\n"),
    );
    expect(blocks.length).toBeGreaterThan(30);
    for (const block of blocks) {
      expect([block, check(block?.startsWith("version") ? block : `version: 1\n${block}`)]).toEqual([block, []]);
    }
  });
});

describe("the compiled validator", () => {
  const WORDS = [
    "true",
    "ro",
    "rw?",
    "none",
    "0",
    "5",
    "10m",
    "2G",
    "1777",
    "/a",
    "~/b",
    "node",
    "A",
    "try",
    "",
    "CAP_KILL",
  ];
  const KEYS = [...new Set([...fields.map(([at]) => at.split("/").at(-1) ?? ""), "/a", "A", "a", "__proto__"])];
  const word = fc.constantFrom(...WORDS);
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      word,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...KEYS), tie("value"), { maxKeys: 3 }),
    ),
  }));
  /** An example of each field, some of them broken by a random value in some place. */
  const examples = Object.entries(schema.properties).map(([key, field]) => [key, resolved(field).examples] as const);
  const section = fc.constantFrom(...examples).chain(([key, all]) =>
    fc.tuple(fc.constantFrom(...all), fc.nat(6), value, fc.boolean()).map(([example, place, other, breaks]) => ({
      [key]: breaks ? withChange(example, place, other) : example,
    })),
  );
  const document = fc.array(section, { maxLength: 4 }).map((sections) => Object.assign({ version: 1 }, ...sections));

  it("accepts exactly what the schema accepts, and each refusal is a problem with a place in the file", () => {
    let refused = 0;
    fc.assert(
      fc.property(document, (profile) => {
        const file = source(JSON.stringify(profile));
        const data = typed(file.root, "profile");
        const right = written(data);
        expect(validator(data)).toBe(right);
        const problems = validate(file);
        if (right) expect(problems).toEqual([]);
        else if (!JSON.stringify(profile).includes("${")) expect(problems).not.toEqual([]);
        for (const problem of problems) {
          expect(problem).toMatchObject({ file: file.file, line: 1, message: expect.stringMatching(/^\S/) });
          expect(problem.column).toBeLessThan(problem.endColumn);
        }
        refused += right ? 0 : 1;
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(200);
    expect(refused).toBeLessThan(1800);
  });

  it("needs nothing of ajv at run time", () => {
    for (const name of ["validators", "plan-validator"]) {
      expect(read(`src/generated/${name}.js`)).not.toMatch(/\brequire\(|\bimport\b|parentData|rootData/);
    }
  });
});

/** Every object in the schema that is itself a schema or holds one, with its JSON pointer. */
function pointers(part: unknown, at: string): (readonly [string, Schema])[] {
  if (typeof part !== "object" || part === null) return [];
  const inner = Object.entries(part).filter(([key]) => key !== "examples" && key !== "default");
  const below = inner.flatMap(([key, value]) => pointers(value, `${at}/${key}`));
  return /\/properties$/.test(at) ? below : [[at, part as Schema] as const, ...below];
}

/** A field with its reference followed; what stands beside the reference wins. */
function resolved(field: Schema): Schema {
  if (typeof field.$ref !== "string") return field;
  const target = field.$ref
    .slice(2)
    .split("/")
    .reduce<unknown>((part, key) => (part as Schema)[key], schema) as Schema;
  return { ...resolved(target), ...field };
}

/** The example with its n-th place (counted from the top) replaced. */
function withChange(example: unknown, place: number, other: unknown): unknown {
  let left = place;
  const walk = (value: unknown): unknown => {
    if (left-- === 0) return other;
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(example);
}
