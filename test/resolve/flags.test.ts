import { describe, expect, it } from "vitest";
import { plain } from "./plain.ts";
import { childOf, effectiveOf, profile, resolveIn } from "./world.ts";

const MAIN = "/home/u/proj/.sandbox.yml";
const on = (...names: string[]) => names.map((name) => ({ name, on: true }));
const off = (...names: string[]) => names.map((name) => ({ name, on: false }));
const files = profile(
  "flags: {a: {git: ro, mask: [/a]}, b: {git: rw, mask: [/b]}}\nprofiles: {v: {git: none, use: [b]}}\nuse: [a]",
);

describe("flag sets", () => {
  it("are not laid over the profile unless they are used", () => {
    expect(effectiveOf({ files: profile("flags: {a: {git: ro}}") })).toMatchObject({
      flags: [],
      git: { value: "none" },
    });
  });

  it("are used by `use`", () => {
    expect(effectiveOf({ files })).toMatchObject({ flags: ["a"], git: { value: "ro" } });
  });

  it("are used by `use` of every layer, in merge order, then by the command line", () => {
    const parents = childOf(
      "flags: {c: {git: ro}, d: {git: rw}}\nuse: [c]",
      "flags: {e: {}}\nuse: [e, c]\nprofiles: {v: {use: [d]}}",
    );
    expect(effectiveOf({ files: parents, variant: "v", flags: on("interactive", "d") }).flags).toEqual([
      "c",
      "e",
      "d",
      "interactive",
    ]);
  });

  it("come after the variant and combine", () => {
    const effective = effectiveOf({ files, variant: "v" });
    expect(effective.flags).toEqual(["a", "b"]);
    expect(plain([effective.git, effective.mask])).toEqual(["rw", ["/a", "/b"]]);
  });

  it("are taken out by --no-flag; the last word counts", () => {
    expect(effectiveOf({ files, flags: off("a") }).flags).toEqual([]);
    expect(effectiveOf({ files, flags: [...off("a"), ...on("b", "a")] }).flags).toEqual(["b", "a"]);
    expect(effectiveOf({ files, flags: [...on("b"), ...off("b")] }).flags).toEqual(["a"]);
    expect(effectiveOf({ files, flags: off("b") }).flags).toEqual(["a"]);
  });

  it("are inherited by name, a later one replacing the whole set", () => {
    const own = childOf("flags: {a: {git: ro, network: host}}", "flags: {a: {mask: [/a]}}\nuse: [a]");
    expect(plain(effectiveOf({ files: own }))).toMatchObject({ git: "none", network: "none", mask: ["/a"] });
  });

  it("may be used by a parent and declared by a child", () => {
    const own = childOf("use: [late]", "flags: {late: {git: ro}}");
    expect(effectiveOf({ files: own }).git.value).toBe("ro");
  });

  it("come before the command line's own entries", () => {
    expect(effectiveOf({ files, commandLine: "git: none" }).git.value).toBe("none");
  });
});

describe("flag set interactive", () => {
  it("is known everywhere", () => {
    const effective = effectiveOf({ files: profile("git: ro"), flags: on("interactive") });
    expect(plain([effective.process.session, effective.devices])).toEqual(["pty", { items: ["minimal", "full"] }]);
    expect(effective.process.session?.origin).toEqual({
      file: "default",
      line: 0,
      column: 0,
      route: ["flags", "interactive", "process", "session"],
      chain: [],
      flag: "interactive",
    });
  });

  it("may be declared anew", () => {
    const own = profile("flags: {interactive: {process: {session: new}}}");
    const effective = effectiveOf({ files: own, flags: on("interactive") });
    expect(plain([effective.process.session, effective.devices])).toEqual(["new", { items: ["minimal"] }]);
  });
});

describe("an unknown flag set", () => {
  it("on the command line", () => {
    for (const flags of [[{ name: "aa", on: true, argument: 3 }], [{ name: "aa", on: false, argument: 3 }]]) {
      expect(resolveIn({ files, flags }).problems).toMatchObject([
        {
          rule: "flag/unknown",
          file: "command-line",
          line: 3,
          column: 1,
          message: 'there is no flag set "aa"; flag sets: interactive, a, b',
          help: "did you mean `a`?",
        },
      ]);
    }
  });

  it("in a file", () => {
    expect(resolveIn({ files: profile("use:\n  - nope") }).problems).toMatchObject([
      {
        rule: "flag/unknown",
        file: MAIN,
        line: 2,
        column: 5,
        message: 'there is no flag set "nope"; flag sets: interactive',
      },
    ]);
  });
});
