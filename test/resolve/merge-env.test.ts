import { describe, expect, it } from "vitest";
import type { Effective } from "../../src/model/effective.ts";
import { triples } from "./triple.ts";
import { effectiveOf, problemsOf, profile, resolveIn } from "./world.ts";

const only = (section: keyof Effective["env"]) => (effective: Effective) => effective.env[section];

describe("env.clear", () => {
  triples(only("clear"), [
    ["is replaced", "env: {clear: false}", "env: {clear: true}", true],
    ["is kept", "env: {clear: false}", "env: {pass: [A]}", false],
  ]);
});

describe.each(["pass", "require", "unset"] as const)("env.%s", (section) => {
  triples(only(section), [
    ["adds up", `env: {${section}: [A]}`, `env: {${section}: [B]}`, ["A", "B"]],
    ["holds nothing twice", `env: {${section}: [A, B]}`, `env: {${section}: [B, C, C]}`, ["A", "B", "C"]],
  ]);
});

describe("env.set", () => {
  triples(only("set"), [
    [
      "adds up",
      "env: {set: {A: 1}}",
      "env: {set: {B: 2}}",
      [
        ["A", "1"],
        ["B", "2"],
      ],
    ],
    [
      "is replaced in place",
      "env: {set: {A: 1, B: 1}}",
      "env: {set: {C: 2, A: 2}}",
      [
        ["A", "2"],
        ["B", "1"],
        ["C", "2"],
      ],
    ],
  ]);
});

describe("env.prepend", () => {
  triples(only("prepend"), [
    [
      "puts later layers' items first",
      "env: {prepend: {P: [/a, /b]}}",
      "env: {prepend: {P: [/c, /d]}}",
      [["P", ["/c", "/d", "/a", "/b"]]],
    ],
    [
      "holds nothing twice",
      "env: {prepend: {P: [/a, /b]}}",
      "env: {prepend: {P: [/b, /c, /c]}}",
      [["P", ["/b", "/c", "/a"]]],
    ],
    [
      "goes name by name",
      "env: {prepend: {P: [/a]}}",
      "env: {prepend: {Q: [/b]}}",
      [
        ["P", ["/a"]],
        ["Q", ["/b"]],
      ],
    ],
  ]);
});

describe("of two layers the later has a variable its way:", () => {
  const NONE = { clear: true, pass: [], require: [], set: [], prepend: [], unset: [] };
  triples(
    ({ env }) => env,
    [
      ["set after unset", "env: {unset: [A, B]}", "env: {set: {A: 1}}", { ...NONE, unset: ["B"], set: [["A", "1"]] }],
      ["set after pass", "env: {pass: [A, 'A*']}", "env: {set: {A: 1}}", { ...NONE, pass: ["A*"], set: [["A", "1"]] }],
      [
        "set after require",
        "env: {require: [A, B]}",
        "env: {set: {A: 1}}",
        { ...NONE, require: ["B"], set: [["A", "1"]] },
      ],
      ["pass after set", "env: {set: {A: 1, B: 1}}", "env: {pass: [A]}", { ...NONE, pass: ["A"], set: [["B", "1"]] }],
      ["pass after unset", "env: {unset: [A]}", "env: {pass: [A]}", { ...NONE, pass: ["A"] }],
      ["pass after require", "env: {require: [A]}", "env: {pass: [A]}", { ...NONE, pass: ["A"], require: ["A"] }],
      ["require after set", "env: {set: {A: 1}}", "env: {require: [A]}", { ...NONE, require: ["A"] }],
      ["require after unset", "env: {unset: [A]}", "env: {require: [A]}", { ...NONE, require: ["A"] }],
      ["prepend after unset", "env: {unset: [P]}", "env: {prepend: {P: [/a]}}", { ...NONE, prepend: [["P", ["/a"]]] }],
      [
        "prepend after set",
        "env: {set: {P: /x}}",
        "env: {prepend: {P: [/a]}}",
        { ...NONE, set: [["P", "/x"]], prepend: [["P", ["/a"]]] },
      ],
      [
        "unset after all others",
        "env: {pass: [A, B], require: [C], set: {D: 1}, prepend: {P: [/a]}}",
        "env: {unset: [A, C, D, P]}",
        { ...NONE, pass: ["B"], unset: ["A", "C", "D", "P"] },
      ],
    ],
  );

  it("one layer may pass and set the same", () => {
    const { env } = effectiveOf({ files: profile("env: {pass: [A], require: [A], set: {A: 1}, prepend: {A: [/a]}}") });
    expect([env.pass.length, env.require.length, env.set.size, env.prepend.size]).toEqual([1, 1, 1, 1]);
  });

  it("the command line comes last", () => {
    const files = profile("env: {set: {A: 1}, unset: [B]}");
    const { env } = effectiveOf({ files, commandLine: "env: {set: {B: 2}, pass: [A]}" });
    expect([[...env.set.keys()], env.unset, env.pass.map(({ value }) => value)]).toEqual([["B"], [], ["A"]]);
  });
});

describe("unsetting a variable in the layer that gives it a value", () => {
  it.each([
    ["env: {set: {A: 1}, unset: [A]}", "1:28"],
    ["env: {unset: [A], prepend: {A: [/a]}}", "1:15"],
    ["env: {unset: [A], pass: [A]}", "1:15"],
    ["env: {unset: [B, A], require: [A]}", "1:18"],
  ])("is a problem: %s", (text, place) => {
    expect(problemsOf({ files: profile(text) })).toEqual([`/home/u/proj/.sandbox.yml:${place} env/contradiction`]);
  });

  it("shows both places", () => {
    const { problems } = resolveIn({ files: profile("env:\n  set:\n    A: 1\n  unset:\n    - A\n") });
    expect(problems).toMatchObject([{ line: 5, column: 7, related: [{ line: 3, column: 5, message: "the value" }] }]);
  });

  it("is none when a pattern passes it", () => {
    expect(problemsOf({ files: profile("env: {pass: ['LC_*'], unset: [LC_ALL]}") })).toEqual([]);
  });
});
