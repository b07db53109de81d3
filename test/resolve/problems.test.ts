import { describe, expect, it } from "vitest";
import type { ProblemKind } from "../../src/model/problem.ts";
import * as declared from "../../src/resolve/problems.ts";
import { type Files, profile, resolveIn, type World } from "./world.ts";

const MAIN = "/home/u/proj/.sandbox.yml";
const kinds = Object.values(declared).map((problem) => problem.kind as ProblemKind<never>);

/** One mistake of each kind, and where it is reported. */
const mistakes: Readonly<Record<string, readonly [World, place: string]>> = {
  "extends/cycle": [{ files: { [MAIN]: "extends: ./.sandbox.yml" } }, `${MAIN}:1:10`],
  "extends/variable": [{ files: profile("extends: './${TERM}.yml'") }, `${MAIN}:1:10`],
  "variant/unknown": [{ files: profile("git: ro"), variant: "x" }, "command-line:0:1"],
  "flag/unknown": [{ files: profile("use: [x, x]") }, `${MAIN}:1:7`],
  "param/unknown": [{ files: profile("git: ro"), set: [{ name: "x", value: "", argument: 2 }] }, "command-line:2:1"],
  "param/required": [{ files: profile("params: {x: {required: true}}\nmask: ['${x}', '/${x}']") }, `${MAIN}:1:10`],
  "param/type": [{ files: profile("params: {x: {type: integer, default: a}}\nmask: ['/${x}']") }, `${MAIN}:1:38`],
  "param/secret": [{ files: profile("params: {x: {env: API_KEY}}\nmask: ['/${x}']") }, `${MAIN}:1:19`],
  "param/cycle": [{ files: profile("params: {x: '${y}', y: '${x}'}\nmask: ['/${x}', '/${y}']") }, `${MAIN}:1:10`],
  "variable/unknown": [{ files: profile("mask: ['/${x}']") }, `${MAIN}:1:10`],
  "variable/unset": [{ files: profile("mask: ['/${XDG_SEAT}']") }, `${MAIN}:1:10`],
  "variable/demanded": [{ files: profile("mask: ['/${TERM:?x}']") }, `${MAIN}:1:10`],
  "variable/no-directory": [builtin("mask: ['/${DIR}']"), "builtin:b:1:10"],
  "variable/secret": [{ files: profile("mask: ['/${XDG_TOKEN}']") }, `${MAIN}:1:10`],
  // The last of them has 2¹⁷ characters: one more than there may be.
  "variable/length": [{ files: profile(`params: {${doubling(17)}}\nmask: ['/\${p17}']`) }, `${MAIN}:1:329`],
  "variable/syntax": [{ files: profile("mask: ['/${TERM']") }, `${MAIN}:1:10`],
  "path/refused": [{ files: profile("mask: [/../x]") }, `${MAIN}:1:8`],
  "path/relative": [builtin("mask: [x]"), "builtin:b:1:8"],
  "process/relative-cwd": [{ files: profile("root: {from: ./r}\nprocess: {cwd: w}") }, `${MAIN}:2:11`],
  "merge/two-entries": [{ files: profile("tmpfs: [/x]\ndirs: [/x]") }, `${MAIN}:2:8`],
  "merge/same-key": [
    { files: profile("env: {set: {USER: a, '${USER}': b}}"), machine: { user: "USER" } },
    `${MAIN}:1:22`,
  ],
  "env/contradiction": [{ files: profile("env: {set: {X: a}, unset: [X]}") }, `${MAIN}:1:28`],
  "remove/absent": [{ files: profile("remove: {mask: [/x]}") }, `${MAIN}:1:17`],
  "remove/too-late": [{ files: profile("flags: {x: {remove: {use: [x]}}}\nuse: [x]") }, `${MAIN}:1:22`],
};

/** Parameters each of which is the one before it twice. */
function doubling(times: number): string {
  const texts = Array.from({ length: times }, (_, index) => `p${index + 1}: '\${p${index}}\${p${index}}'`);
  return ["p0: x", ...texts].join(", ");
}

function builtin(text: string): World {
  const files: Files = { [MAIN]: "extends: b", "builtin:b": text };
  return { files };
}

describe("problems of resolving", () => {
  it.each(Object.entries(mistakes))("%s is reported once, as an error, at its place", (rule, [world, place]) => {
    const { value, problems } = resolveIn(world);
    expect(value).toBeUndefined();
    const seen = problems.map((problem) => [
      problem.rule,
      problem.severity,
      `${problem.file}:${problem.line}:${problem.column}`,
    ]);
    expect(seen).toEqual([[rule, "error", place]]);
  });

  it("all have an example here", () => {
    expect(kinds.map(({ id }) => id).sort()).toEqual(Object.keys(mistakes).sort());
  });

  it("say when they are reported", () => {
    for (const { when } of kinds) expect(when).toMatch(/^[A-Z`-].*\.$/);
  });

  it("of all layers are reported together", () => {
    const files = {
      [MAIN]: "extends: b\nmask: ['${x}', /../y]\nuse: [z]",
      "builtin:b": "mask: [w]\nparams: {p: '${p}'}",
    };
    expect(
      resolveIn({ files })
        .problems.map(({ rule }) => rule)
        .sort(),
    ).toEqual(["flag/unknown", "param/cycle", "path/refused", "path/relative", "variable/unknown"]);
  });
});
