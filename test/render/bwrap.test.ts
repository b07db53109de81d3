import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Operation, Plan } from "../../src/model/plan.gen.ts";
import { DEFAULT_ORIGIN } from "../../src/model/source.ts";
import { bwrap, type Features, TARGETS } from "../../src/render/index.ts";
import { goodPlan } from "../compile/case.ts";

const BARE = "devices: none\nproc: false\n";
const origin = DEFAULT_ORIGIN;
const newest = TARGETS.at(-1) as Features;

const planned = (profile: string, change: Partial<Plan> = {}): Plan => ({ ...goodPlan(BARE + profile), ...change });
const argsOf = (plan: Plan, argv: readonly string[] = ["true"], features = newest): readonly string[] => {
  const { value, problems } = bwrap.render(plan, features, argv);
  if (value === undefined) throw new Error(JSON.stringify(problems));
  return value.args;
};
const operationArgs = (...operations: Operation[]): readonly string[] => {
  const args = argsOf(planned("", { operations }));
  return args.slice(args.indexOf("ALL") + 1, args.indexOf("--chdir"));
};

describe("an operation", () => {
  const common = { at: "/x", present: true, origin } as const;
  const bind = { kind: "bind", source: "/s", missing: "fail", ...common } as const;
  const rendered: readonly (readonly [string, Operation, readonly string[]])[] = [
    ["bind ro", { ...bind, access: "ro" }, ["--ro-bind", "/s", "/x"]],
    ["bind rw", { ...bind, access: "rw" }, ["--bind", "/s", "/x"]],
    ["bind dev", { ...bind, access: "dev" }, ["--dev-bind", "/s", "/x"]],
    // Skipping is decided when the plan is made: bwrap must stop at what has gone since (never `-try`).
    ["bind skip", { ...bind, access: "ro", missing: "skip" }, ["--ro-bind", "/s", "/x"]],
    ["pin", { kind: "pin", source: "/s", ...common }, ["--bind", "/s", "/x"]],
    ["protect", { kind: "protect", source: "/s", ...common }, ["--ro-bind", "/s", "/x"]],
    ["overlay", { kind: "overlay", source: "/s", ...common }, ["--overlay-src", "/s", "--tmp-overlay", "/x"]],
    [
      "overlay of a directory that is not for all",
      { kind: "overlay", source: "/s", mode: "0700", ...common },
      ["--overlay-src", "/s", "--tmp-overlay", "/x", "--chmod", "0700", "/x"],
    ],
    [
      "overlay that keeps its layer",
      { kind: "overlay", source: "/s", keep: "/k", ...common },
      ["--overlay-src", "/s", "--overlay", "/k/upper", "/k/work", "/x"],
    ],
    [
      "overlay that a step has mounted",
      { kind: "overlay", source: "/s", keep: "/k", by: "kernel", place: "{run}/cow-x", ...common },
      ["--bind", "{run}/cow-x", "/x"],
    ],
    ["tmpfs", { kind: "tmpfs", mode: "0755", ...common }, ["--tmpfs", "/x"]],
    ["tmpfs with mode", { kind: "tmpfs", mode: "1777", ...common }, ["--perms", "1777", "--tmpfs", "/x"]],
    [
      "tmpfs with size",
      { kind: "tmpfs", mode: "0700", size: 42, ...common },
      ["--perms", "0700", "--size", "42", "--tmpfs", "/x"],
    ],
    ["proc", { kind: "proc", ...common }, ["--proc", "/x"]],
    ["dev", { kind: "dev", ...common }, ["--dev", "/x"]],
    ["mqueue", { kind: "mqueue", ...common }, ["--mqueue", "/x"]],
    ["dir", { kind: "dir", mode: "0755", implied: true, ...common }, ["--dir", "/x"]],
    ["dir with mode", { kind: "dir", mode: "0700", implied: false, ...common }, ["--perms", "0700", "--dir", "/x"]],
    ["file", { kind: "file", mode: "0444", content: "c", ...common }, ["--perms", "0444", "--ro-bind-data", "3", "/x"]],
    ["symlink", { kind: "symlink", target: "--bind", ...common }, ["--symlink", "--bind", "/x"]],
    ["symlink to --", { kind: "symlink", target: "--", ...common }, ["--symlink", "./--", "/x"]],
    [
      "mask of a directory",
      { kind: "mask", source: "/s", type: "directory", ...common },
      ["--tmpfs", "/x", "--remount-ro", "/x"],
    ],
    [
      "mask of a file",
      { kind: "mask", source: "/s", type: "file", ...common },
      ["--perms", "0444", "--ro-bind-data", "3", "/x"],
    ],
    ["remount-ro", { kind: "remount-ro", ...common }, ["--remount-ro", "/x"]],
  ];
  it.each(rendered)("%s", (_, operation, args) => {
    expect(operationArgs(operation)).toEqual(args);
  });

  it.each(rendered)("%s is left out when it is not present", (_, operation) => {
    expect(operationArgs({ ...operation, present: false })).toEqual([]);
  });

  it("overlay is refused for a bwrap without it, but not where a step has mounted it", () => {
    const old = TARGETS[0] as Features;
    const rulesOf = (overlay: Operation) =>
      bwrap.render(planned("", { operations: [overlay] }), old, ["true"]).problems.map(({ rule }) => rule);
    const overlay = { kind: "overlay", source: "/s", ...common } as const;
    expect(rulesOf(overlay)).toEqual(["render/unsupported"]);
    expect(rulesOf({ ...overlay, keep: "/k" })).toEqual(["render/unsupported"]);
    expect(rulesOf({ ...overlay, by: "kernel", place: "{run}/cow-x" })).toEqual([]);
  });
});

describe("a call", () => {
  it("begins with namespaces and ends with the command, after --", () => {
    const args = argsOf(planned("process: {wrapper: [/bin/env, -i], cwd: /}"), ["--bind", "--"]);
    expect(args[0]).toBe("--unshare-user");
    expect(args.slice(-7)).toEqual(["--chdir", "/", "--", "/bin/env", "-i", "--bind", "--"]);
  });

  it("has no session of its own when the profile keeps the caller's", () => {
    expect(argsOf(planned("process: {session: new}"))).toContain("--new-session");
    expect(argsOf(planned("process: {session: auto}"))).toContain("--new-session");
    expect(argsOf(planned("process: {session: keep}"))).not.toContain("--new-session");
  });

  it("numbers its inputs around the descriptors that the command keeps", () => {
    const files = 'files: {/a: {content: "1"}, /b: {content: "2"}, /c: {content: ""}}\nprocess: {passFds: [3, 5]}';
    const { value } = bwrap.render(planned(files), newest, ["true"]);
    expect(value?.inputs).toEqual([
      { fd: 4, content: "1" },
      { fd: 6, content: "2" },
      { fd: 7, content: "" },
    ]);
  });

  it("never has a variable's value in its words", () => {
    const profile = "env: {set: {SECRET_KEY: hush-a, LD_PRELOAD: hush-b, PATH: hush-c, MALLOC_CHECK_: hush-d}}";
    const { value } = bwrap.render(planned(profile), newest, ["true"]);
    expect(value?.args.join(" ")).not.toContain("hush");
    expect(value?.env).toEqual({ SECRET_KEY: "hush-a", PATH: "hush-c" });
    const input = value?.inputs.find(({ fd }) => value.args[value.args.lastIndexOf("--args") + 1] === String(fd));
    expect(input?.content).toEqual(["--setenv\0LD_PRELOAD\0hush-b\0", "--setenv\0MALLOC_CHECK_\0hush-d\0"]);
  });

  it("stays below bwrap's limit of 9000 words, what the executor adds included", () => {
    const plan = planned("");
    const most = 9000 - 64 - (argsOf(plan).length - 1);
    expect(argsOf(plan, Array(most).fill("x"))).toHaveLength(9000 - 64);
    const { value, problems } = bwrap.render(plan, newest, Array(most + 1).fill("x"));
    expect([value, problems.map(({ rule }) => rule)]).toEqual([undefined, ["render/too-many-arguments"]]);
    const variables = planned("env: {set: {LD_A: x, LD_B: x}}");
    const more = bwrap.render(variables, newest, Array(most - 7).fill("x"));
    expect(more.problems.map(({ rule }) => rule)).toEqual(["render/too-many-arguments"]);
  });

  it("is refused where bwrap lacks an option, once for each thing that needs it, at its place", () => {
    const without = (...options: string[]): Features => ({
      ...newest,
      options: new Set([...newest.options].filter((option) => !options.includes(option))),
    });
    const rules = (profile: string, features: Features) =>
      bwrap.render(planned(profile), features, ["true"]).problems.map(({ data, line }) => [data.option, line]);
    expect(rules("", without("--disable-userns"))).toEqual([["--disable-userns", 0]]);
    expect(rules("namespaces: {nested: true}", without("--disable-userns"))).toEqual([]);
    expect(rules("tmpfs: {/a: {size: 1M}, /b: {size: 2M}}", without("--size"))).toEqual([["--size", 0]]);
    expect(rules("mounts: {/src: {from: ., access: cow}}", without("--overlay-src", "--tmp-overlay"))).toEqual([
      ["--tmp-overlay", 3],
    ]);
    // The command's own words are none of bwrap's.
    expect(bwrap.render(planned(""), without("--bind"), ["--bind"]).problems).toEqual([]);
  });

  it("has its operations in the order of the plan", () => {
    const at = fc
      .array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 })
      .map((names) => `/${names.join("/")}`);
    fc.assert(
      fc.property(fc.array(at, { maxLength: 12 }), (places) => {
        const operations = places.map((place): Operation => ({ kind: "proc", at: place, present: true, origin }));
        expect(operationArgs(...operations)).toEqual(places.flatMap((place) => ["--proc", place]));
      }),
    );
  });
});
