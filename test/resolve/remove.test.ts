import { describe, expect, it } from "vitest";
import { plain } from "./plain.ts";
import { childOf, effectiveOf, problemsOf, resolveIn } from "./world.ts";

const MAIN = "/home/u/proj/.sandbox.yml";
const BASE = "/home/u/proj/base.yml";

/** For each shape: what the base says, what is removed, its field and value, and what is left. */
const shapes: readonly (readonly [base: string, remove: string, field: string, value: string, left: object])[] = [
  ["mounts: {/a: ro, /b: ro}", "mounts: [/a]", "mounts", "/a", { entries: [["/b", { kind: "mount", spec: "ro" }]] }],
  ["marked: {/a: {}}", "marked: [/a]", "marked", "/a", { entries: [] }],
  ["tmpfs: [/a]", "tmpfs: [/a]", "tmpfs", "/a", { entries: [] }],
  ["dirs: {/a: {}}", "dirs: [/a]", "dirs", "/a", { entries: [] }],
  ["files: {/a: {content: x}}", "files: [/a]", "files", "/a", { entries: [] }],
  ["symlinks: {/a: b}", "symlinks: [/a]", "symlinks", "/a", { entries: [] }],
  ["devices: [/dev/fuse?]", "devices: [/dev/fuse?]", "devices", "/dev/fuse?", { devices: { items: ["minimal"] } }],
  ["proc: {a: x, b: x}", "proc: [a]", "proc", "a", { proc: { mounted: true, overrides: [["b", "x"]] } }],
  ["mask: [~/.aws, ~/.ssh]", "mask: [~/.aws]", "mask", "/home/u/.aws", { mask: ["/home/u/.ssh"] }],
  ["protect: [{path: a, missing: skip}]", "protect: [a]", "protect", "/home/u/proj/a", { protect: [] }],
  ["env: {pass: [A, 'B*']}", "env: {pass: ['B*']}", "env.pass", "B*", { env: { pass: ["A"] } }],
  ["env: {require: [A]}", "env: {require: [A]}", "env.require", "A", { env: { require: [] } }],
  ["env: {set: {A: 1}}", "env: {set: [A]}", "env.set", "A", { env: { set: [] } }],
  ["env: {prepend: {P: [/a, /b]}}", "env: {prepend: [P]}", "env.prepend", "P", { env: { prepend: [] } }],
  ["env: {unset: [A]}", "env: {unset: [A]}", "env.unset", "A", { env: { unset: [] } }],
  ["process: {cwd: /x}", "process: [cwd]", "process", "cwd", { process: { cwd: "caller" } }],
  ["limits: {time: 1m}", "limits: [time]", "limits", "time", { limits: {} }],
  ["namespaces: {cgroup: true}", "namespaces: [cgroup]", "namespaces", "cgroup", { namespaces: { cgroup: "try" } }],
  ["apis: {m: {command: [a], at: /m}}", "apis: [m]", "apis", "m", { apis: [] }],
  ["flags: {f: {git: ro}}", "flags: [f]", "flags", "f", { flags: [] }],
  ["flags: {f: {git: ro}}\nuse: [f]", "use: [f]", "use", "f", { flags: [], git: "none" }],
];

describe("remove", () => {
  it.each(shapes)("of %j by {%s}", (base, remove, field, value, left) => {
    const effective = effectiveOf({ files: childOf(base, `remove: {${remove}}`) });
    expect(plain(effective)).toMatchObject(left);
    expect(effective.removed).toMatchObject([
      { field, value, origin: { file: MAIN, line: 2, chain: [] }, was: { file: BASE } },
    ]);
  });

  it.each(shapes)("of what is not there is a problem: %j by {%s}", (_, remove, field, value) => {
    const { problems } = resolveIn({ files: childOf("version: 1", `remove: {${remove}}`) });
    expect(problems).toMatchObject([{ rule: "remove/absent", file: MAIN, line: 2, data: { field, value } }]);
  });

  it("knows where both were written", () => {
    const files = childOf("mask:\n  - /x\n  - /a", "remove:\n  mask: [ /b/../a ]");
    expect(effectiveOf({ files }).removed).toEqual([
      {
        field: "mask",
        value: "/a",
        origin: { file: MAIN, line: 3, column: 11, route: ["remove", "mask", 0], chain: [] },
        was: { file: BASE, line: 3, column: 5 },
      },
    ]);
  });

  it("takes a setting away that has no default", () => {
    const { process } = effectiveOf({ files: childOf("process: {hostname: a}", "remove: {process: [hostname]}") });
    expect(process).not.toHaveProperty("hostname");
  });

  it("takes default devices away, for they are a list", () => {
    expect(plain(effectiveOf({ files: childOf("git: ro", "remove: {devices: [minimal]}") }).devices)).toEqual({
      items: [],
    });
  });

  it("can't take a single default away", () => {
    expect(problemsOf({ files: childOf("git: ro", "remove: {process: [cwd]}") })).toEqual([
      `${MAIN}:2:20 remove/absent`,
    ]);
  });

  it("goes before its layer's own entries, wherever it stands", () => {
    const files = childOf(
      "mounts: {/a: ro, /b: ro}\nmask: [/m]",
      "mounts: {/a: rw}\nmask: [/m]\nremove: {mounts: [/a], mask: [/m]}",
    );
    const { entries, mask } = effectiveOf({ files });
    expect([...entries.keys()]).toEqual(["/b", "/a"]);
    expect(mask.map(({ layer }) => layer)).toEqual([2]);
  });

  it("does not take away its layer's own entries", () => {
    expect(problemsOf({ files: childOf("git: ro", "mask: [/m]\nremove: {mask: [/m]}") })).toEqual([
      `${MAIN}:3:17 remove/absent`,
    ]);
  });

  it("works in variants, flag sets and for what came from them", () => {
    const text = `mask: [/a, /b]
profiles: {v: {mask: [/c], remove: {mask: [/a]}}}
flags: {f: {remove: {mask: [/b, /c]}}}
use: [f]
`;
    const effective = effectiveOf({ files: { [MAIN]: text }, variant: "v" });
    expect(effective.mask).toEqual([]);
    expect(effective.removed.map(({ value, origin }) => [value, origin.flag])).toEqual([
      ["/a", undefined],
      ["/b", "f"],
      ["/c", "f"],
    ]);
  });

  it("replaces variables in its items", () => {
    const files = childOf("mask: [~/a]", "params: {p: a}\nremove: {mask: ['${HOME}/${p}']}");
    expect(effectiveOf({ files }).mask).toEqual([]);
  });
});

describe("removing what is not there", () => {
  const problem = (base: string, remove: string) =>
    resolveIn({ files: childOf(base, `remove: {${remove}}`) }).problems.map(({ message, help }) => ({ message, help }));

  it("names the section where it is", () => {
    expect(problem("tmpfs: [/tmp]", "mounts: [/tmp]")).toEqual([
      {
        message:
          "/tmp is not there to be removed: no earlier layer has it under `mounts`, but it is there under `tmpfs`",
        help: "write `remove: {tmpfs: [/tmp]}`",
      },
    ]);
    expect(problem("env: {pass: [A]}", "env: {set: [A]}")).toMatchObject([
      { help: "write `remove: {env: {pass: [A]}}`" },
    ]);
    expect(problem("flags: {f: {}}", "use: [f]")).toMatchObject([{ help: "write `remove: {flags: [f]}`" }]);
  });

  it("suggests the nearest", () => {
    expect(problem("mask: [~/.aws, ~/.ssh]", "mask: [~/.awz]")).toMatchObject([
      { help: "did you mean `/home/u/.aws`?" },
    ]);
    expect(problem("flags: {network: {}}", "flags: [netwrok]")).toMatchObject([{ help: "did you mean `network`?" }]);
  });

  it("suggests settings that somebody wrote, and no defaults", () => {
    expect(problem("process: {uid: 1}", "process: [gid]")).toMatchObject([{ help: "did you mean `uid`?" }]);
    expect(problem("namespaces: {uts: false}", "namespaces: [ipc]")).toMatchObject([{ help: undefined }]);
    expect(problem("git: ro", "namespaces: [pid]")).toMatchObject([{ help: undefined }]);
  });

  it("that was removed before is not there either", () => {
    expect(problem("mask: [/a]", "mask: [/a, /a]")).toHaveLength(1);
  });
});

describe("removing flag sets", () => {
  it("stops using them", () => {
    const files = childOf("flags: {f: {git: ro}}\nuse: [f]", "profiles: {v: {remove: {flags: [f]}}}");
    const { git, removed } = effectiveOf({ files, variant: "v" });
    expect(git.value).toBe("none");
    const route = ["profiles", "v", "remove", "flags", 0];
    expect(removed).toMatchObject([
      { origin: { file: MAIN, line: 2, column: 33, route }, was: { line: 1, column: 9 } },
    ]);
  });

  it("makes room for another of the name", () => {
    const files = childOf("flags: {f: {git: ro}}", "remove: {flags: [f]}\nflags: {f: {git: rw}}\nuse: [f]");
    expect(effectiveOf({ files }).git.value).toBe("rw");
  });

  it("can't be done by a flag set", () => {
    const text = "flags: {f: {remove: {use: [g], flags: [g]}}, g: {}}\nuse: [f, g]";
    expect(problemsOf({ files: { [MAIN]: text } })).toEqual([
      `${MAIN}:1:22 remove/too-late`,
      `${MAIN}:1:32 remove/too-late`,
    ]);
  });
});
