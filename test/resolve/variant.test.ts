import { describe, expect, it } from "vitest";
import { effectiveOf, problemsOf, resolveIn } from "./world.ts";

const MAIN = "/home/u/proj/.sandbox.yml";
const text = `description: the file
extends: base
git: ro
profiles:
  web: {git: rw, description: the web, extends: [other, base]}
  infra: {network: host}
`;
const files = {
  [MAIN]: text,
  "builtin:base": "mask: [/base]\ngit: none",
  "builtin:other": "mask: [/other]\nextends: base\ngit: none",
};

describe("a variant", () => {
  it("is laid over the top level", () => {
    expect(effectiveOf({ files, variant: "infra" })).toMatchObject({
      variant: "infra",
      network: { value: "host" },
      git: { value: "ro" },
      description: "the file",
    });
  });

  it("brings parents that come after the file's and before the file", () => {
    const effective = effectiveOf({ files, variant: "web" });
    expect(effective.sources.map(({ file }) => file)).toEqual(["builtin:base", "builtin:other", MAIN]);
    expect(effective.git.value).toBe("rw");
    expect(effective.description).toBe("the web");
    expect(effective.mask[1]?.origin.chain).toEqual([{ file: MAIN, line: 5, column: 50 }]);
  });

  it("that is not chosen brings nothing", () => {
    const effective = effectiveOf({ files });
    expect(effective.sources.map(({ file }) => file)).toEqual(["builtin:base", MAIN]);
    expect(effective.network.value).toBe("none");
    expect(effective).not.toHaveProperty("variant");
  });

  it("is the file's default unless another one, or none, is asked for", () => {
    const withDefault = { ...files, [MAIN]: `${text}default: infra\n` };
    expect(effectiveOf({ files: withDefault }).variant).toBe("infra");
    expect(effectiveOf({ files: withDefault, variant: "web" }).variant).toBe("web");
    expect(effectiveOf({ files: withDefault, variant: "" })).not.toHaveProperty("variant");
  });
});

describe("an unknown variant", () => {
  it("names the known ones, and where they are", () => {
    expect(resolveIn({ files, variant: "wbe" }).problems).toMatchObject([
      {
        rule: "variant/unknown",
        file: "command-line",
        message: 'there is no variant "wbe" here; variants: web, infra',
        help: "did you mean `#web`?",
        related: [{ file: MAIN, line: 4, column: 1 }],
      },
    ]);
  });

  it("of a file without any says so", () => {
    const { problems } = resolveIn({ files: { [MAIN]: "git: ro" }, variant: "web" });
    expect(problems).toMatchObject([{ message: 'there is no variant "web" here; variants: none', related: [] }]);
  });

  it("that was asked for is no fault of `default`", () => {
    const withDefault = { ...files, [MAIN]: `default: web\n${text}` };
    expect(problemsOf({ files: withDefault, variant: "wbe" })).toEqual(["command-line:0:1 variant/unknown"]);
  });

  it("in `default` is reported there", () => {
    expect(problemsOf({ files: { ...files, [MAIN]: `default: wbe\n${text}` } })).toEqual([
      `${MAIN}:1:10 variant/unknown`,
    ]);
  });
});
