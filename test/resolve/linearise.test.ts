import { describe, expect, it } from "vitest";
import { linearise } from "../../src/resolve/linearise.ts";
import { effectiveOf, type Files, lookupIn, problemsOf, resolveIn, sourceOf } from "./world.ts";

const order = (files: Files): string[] => {
  const result = linearise(sourceOf(files, "/p/main.yml"), undefined, lookupIn(files));
  expect(result.problems).toEqual([]);
  return (result.value ?? []).map(({ source }) => source.file);
};

describe("linearise", () => {
  it("puts a file after its parents, these as listed", () => {
    const files = { "/p/main.yml": "extends: [./b.yml, ./a.yml]", "/p/a.yml": "git: ro", "/p/b.yml": "git: ro" };
    expect(order(files)).toEqual(["/p/b.yml", "/p/a.yml", "/p/main.yml"]);
  });

  it("takes one parent without a list", () => {
    expect(order({ "/p/main.yml": "extends: base", "builtin:base": "git: ro" })).toEqual([
      "builtin:base",
      "/p/main.yml",
    ]);
  });

  it("goes depth first", () => {
    const files = {
      "/p/main.yml": "extends: [./a.yml, ./b.yml]",
      "/p/a.yml": "extends: ./sub/c.yml",
      "/p/sub/c.yml": "extends: ./d.yml",
      "/p/sub/d.yml": "git: ro",
      "/p/b.yml": "git: ro",
    };
    expect(order(files)).toEqual(["/p/sub/d.yml", "/p/sub/c.yml", "/p/a.yml", "/p/b.yml", "/p/main.yml"]);
  });

  it("takes the shared parent of a diamond once, at its first occurrence", () => {
    const files = {
      "/p/main.yml": "extends: [./a.yml, ./b.yml]",
      "/p/a.yml": "extends: [base]",
      "/p/b.yml": "extends: [./c.yml, base]",
      "/p/c.yml": "git: ro",
      "builtin:base": "git: ro",
    };
    expect(order(files)).toEqual(["builtin:base", "/p/a.yml", "/p/c.yml", "/p/b.yml", "/p/main.yml"]);
  });

  it("takes a parent that is listed twice once", () => {
    const files = { "/p/main.yml": "extends: [base, ./a.yml, base]", "/p/a.yml": "git: ro", "builtin:base": "git: ro" };
    expect(order(files)).toEqual(["builtin:base", "/p/a.yml", "/p/main.yml"]);
  });

  it("remembers the entries that led to a file, by its first occurrence", () => {
    const files = {
      "/p/main.yml": "extends:\n  - ./a.yml\n  - ./b.yml\n",
      "/p/a.yml": "extends: [ ./c.yml ]",
      "/p/b.yml": "extends: ./c.yml",
      "/p/c.yml": "git: ro",
    };
    const { value } = linearise(sourceOf(files, "/p/main.yml"), undefined, lookupIn(files));
    expect(value?.map(({ source, chain }) => [source.file, chain])).toEqual([
      [
        "/p/c.yml",
        [
          { file: "/p/main.yml", line: 2, column: 5 },
          { file: "/p/a.yml", line: 1, column: 12 },
        ],
      ],
      ["/p/a.yml", [{ file: "/p/main.yml", line: 2, column: 5 }]],
      ["/p/b.yml", [{ file: "/p/main.yml", line: 3, column: 5 }]],
      ["/p/main.yml", []],
    ]);
  });
});

describe("a cycle", () => {
  const files = {
    "/p/main.yml": "extends: ./a.yml",
    "/p/a.yml": "extends: [./ok.yml, ./b.yml]",
    "/p/b.yml": "extends:\n  - ./a.yml\n",
    "/p/ok.yml": "git: ro",
  };

  it("is reported once, where it closes, with the whole chain", () => {
    const { value, problems } = resolveIn({ files });
    expect(value).toBeUndefined();
    expect(problems).toMatchObject([
      {
        rule: "extends/cycle",
        file: "/p/b.yml",
        line: 2,
        column: 5,
        message: "this profile extends itself: a.yml → b.yml → a.yml",
        related: [{ file: "/p/a.yml", line: 1, column: 21, message: "extends b.yml" }],
      },
    ]);
  });

  it("is the same problem from whichever of its files it is met", () => {
    const told = resolveIn({ files }).problems;
    for (const file of ["a", "b"])
      expect(resolveIn({ files: { ...files, "/p/main.yml": `extends: ./${file}.yml` } }).problems).toEqual(told);
    const elsewhere = { "/p/main.yml": "extends: ../q/x.yml", "/q/x.yml": "extends: ../p/main.yml" };
    expect(resolveIn({ files: elsewhere }).problems[0]?.message).toMatch(/: main\.yml → \/q\/x\.yml → main\.yml$/);
  });

  it("may be as short as one file", () => {
    expect(problemsOf({ files: { "/p/main.yml": "extends: ./main.yml" } })).toEqual(["/p/main.yml:1:10 extends/cycle"]);
  });

  it("through a variant's parents is one too", () => {
    const loop = { "/p/main.yml": "profiles: {web: {extends: ./a.yml}}", "/p/a.yml": "extends: ./main.yml" };
    expect(problemsOf({ files: loop, variant: "web" })).toEqual(["/p/main.yml:1:27 extends/cycle"]);
    expect(problemsOf({ files: loop })).toEqual([]);
  });
});

describe("a parent that can't be had", () => {
  it("is the lookup's to report, each one", () => {
    const files = { "/p/main.yml": "extends: [./x.yml, ./a.yml, ./y.yml]", "/p/a.yml": "git: ro" };
    expect(problemsOf({ files })).toEqual(["/p/main.yml:1:11 test/no-file", "/p/main.yml:1:29 test/no-file"]);
  });
});

describe("sources", () => {
  it("are every file that took part, in merge order", () => {
    const files = { "/p/main.yml": "extends: base\n", "builtin:base": "git: ro", "/p/unused.yml": "git: rw" };
    expect(effectiveOf({ files }).sources.map(({ file }) => file)).toEqual(["builtin:base", "/p/main.yml"]);
  });
});
