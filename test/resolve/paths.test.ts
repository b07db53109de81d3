import { describe, expect, it } from "vitest";
import { PATHS } from "../../src/resolve/paths.ts";
import { plain } from "./plain.ts";
import { effectiveOf, problemsOf, profile, resolveIn } from "./world.ts";

const MAIN = "/home/u/proj/.sandbox.yml";
const P = "/home/u/proj";

/** Where each row of the table is shown at work: the profile, and what comes of it. */
const shown: Readonly<Record<string, readonly [string, object]>> = {
  "root.from": ["root: {from: r}", { root: { from: `${P}/r` } }],
  "mounts.{}": ["mounts: {a/./b/: rw}", { entries: [[`${P}/a/b`, { kind: "mount", spec: "rw" }]] }],
  "mounts.*.from": ["mounts: {/a: {from: ../x}}", entry("/a", "mount", { from: "/home/u/x" })],
  "mounts.*.inside": ["mounts: {/a: {inside: ../x}}", entry("/a", "mount", { inside: "/home/u/x" })],
  "mounts.*.keep": ["mounts: {/a: {keep: ~/k}}", entry("/a", "mount", { keep: "/home/u/k" })],
  "mounts.*.scratch": ["mounts: {/a: {scratch: ./s}}", entry("/a", "mount", { scratch: `${P}/s` })],
  "mounts.*.when.exists": ["mounts: {/a: {when: {exists: x}}}", entry("/a", "mount", { when: { exists: `${P}/x` } })],
  "mounts.*.when.absent": ["mounts: {/a: {when: {absent: x}}}", entry("/a", "mount", { when: { absent: `${P}/x` } })],
  "mounts.*.when.empty": ["mounts: {/a: {when: {empty: x}}}", entry("/a", "mount", { when: { empty: `${P}/x` } })],
  "marked.{}": ["marked: {a: {}}", entry(`${P}/a`, "marked", {})],
  "marked.*.from": ["marked: {/a: {from: x}}", entry("/a", "marked", { from: `${P}/x` })],
  "tmpfs.{}": ["tmpfs: {a: {}}", entry(`${P}/a`, "tmpfs", {})],
  "tmpfs.[]": ["tmpfs: [a]", entry(`${P}/a`, "tmpfs", {})],
  "dirs.{}": ["dirs: {a: {}}", entry(`${P}/a`, "dir", {})],
  "dirs.[]": ["dirs: [a]", entry(`${P}/a`, "dir", {})],
  "files.{}": ["files: {a: {content: ./x}}", entry(`${P}/a`, "file", { content: "./x" })],
  "symlinks.{}": ["symlinks: {a: ../x}", entry(`${P}/a`, "symlink", "../x")],
  "devices.[]": [
    "devices: [/dev/./fuse?, '/dev/nvidia*']",
    { devices: { items: ["minimal", "/dev/fuse?", "/dev/nvidia*"] } },
  ],
  "devices.nodes.[]": ["devices: {nodes: [full, /dev//kvm]}", { devices: { items: ["full", "/dev/kvm"] } }],
  "mask.[]": ["mask: [~/.ssh, '**/.env', ./a/../b]", { mask: ["/home/u/.ssh", `${P}/**/.env`, `${P}/b`] }],
  "protect.[]": ["protect: [Makefile]", { protect: [{ path: `${P}/Makefile` }] }],
  "protect.*.path": ["protect: [{path: .envrc}]", { protect: [{ path: `${P}/.envrc` }] }],
  "process.cwd": ["process: {cwd: src}", { process: { cwd: `${P}/src` } }],
  "env.prepend.*.[]": ["env: {prepend: {PATH: [.venv/bin]}}", { env: { prepend: [["PATH", [`${P}/.venv/bin`]]] } }],
  "apis.*.at": [
    "apis: {m: {command: [./serve], at: m.sock}}",
    { apis: [["m", { command: ["./serve"], at: `${P}/m.sock` }]] },
  ],
};

/** For the rows below `remove`: what there is, and another way to write it. */
const taken: Readonly<Record<string, readonly [base: string, remove: string]>> = {
  "remove.mounts.[]": ["mounts: {a: ro}", "mounts: [./a/]"],
  "remove.marked.[]": ["marked: {a: {}}", "marked: [./a/]"],
  "remove.tmpfs.[]": ["tmpfs: [a]", "tmpfs: [./a/]"],
  "remove.dirs.[]": ["dirs: [a]", "dirs: [./a/]"],
  "remove.files.[]": ["files: {a: {content: x}}", "files: [./a/]"],
  "remove.symlinks.[]": ["symlinks: {a: x}", "symlinks: [./a/]"],
  "remove.devices.[]": ["devices: [/dev/fuse?]", "devices: [/dev/./fuse?]"],
  "remove.mask.[]": ["mask: [~/.ssh]", "mask: ['${HOME}/.ssh']"],
  "remove.protect.[]": ["protect: [a]", "protect: [./a/]"],
};

function entry(path: string, kind: string, spec: unknown): object {
  return { entries: [[path, { kind, spec }]] };
}

const rows = PATHS.map(({ route }) => route.join("."));
const granted = rows.filter((route) => !route.startsWith("remove."));

describe("the table of paths", () => {
  it.each(granted)("%s is made absolute", (route) => {
    const [text, expected] = shown[route] ?? ["no example", {}];
    expect(plain(effectiveOf({ files: profile(text) }))).toMatchObject(expected);
  });

  it.each(rows.filter((route) => route.startsWith("remove.")))("%s is made absolute", (route) => {
    const [base, remove] = taken[route] ?? ["no example", ""];
    const files = { ...profile(`extends: ./base.yml\nremove: {${remove}}`), [`${P}/base.yml`]: base };
    expect(effectiveOf({ files }).removed).toHaveLength(1);
  });

  it("is shown in full", () => {
    expect([...Object.keys(shown), ...Object.keys(taken)].sort()).toEqual([...rows].sort());
  });
});

describe("words that are no paths", () => {
  it("stay as they are", () => {
    const text = `process: {cwd: caller, wrapper: [./run]}
mounts: {/a: {scratch: true}}
devices: [minimal, full]
proc: {sys/kernel/x: ./y}
root: host
`;
    expect(plain(effectiveOf({ files: profile(text) }))).toMatchObject({
      process: { cwd: "caller", wrapper: ["./run"] },
      entries: [["/a", { spec: { scratch: true } }]],
      devices: { items: ["minimal", "full"] },
      proc: { overrides: [["sys/kernel/x", "./y"]] },
      root: "host",
    });
  });
});

describe("where a relative path starts", () => {
  it("is the directory of the file that wrote it", () => {
    const files = {
      [MAIN]: "extends: [./sub/a.yml]\nmounts: {x: ro}\nflags: {f: {mounts: {y: ro}}}\nuse: [f]",
      [`${P}/sub/a.yml`]: "params: {p: rel}\nmounts: {x: ro, '${p}': ro}",
    };
    expect([...effectiveOf({ files, machine: { cwd: "/elsewhere" } }).entries.keys()]).toEqual([
      `${P}/sub/x`,
      `${P}/sub/rel`,
      `${P}/x`,
      `${P}/y`,
    ]);
  });

  it("is the place where a parameter of type string is used", () => {
    const files = {
      [MAIN]: "extends: [./sub/a.yml]\nmounts: {'${p}': ro}",
      [`${P}/sub/a.yml`]: "params: {p: rel}",
    };
    expect([...effectiveOf({ files }).entries.keys()]).toEqual([`${P}/rel`]);
  });

  it("is the caller's directory on the command line", () => {
    const world = {
      files: profile("git: ro"),
      commandLine: "mounts: {x: {from: ../y}}",
      machine: { cwd: "/elsewhere" },
    };
    expect(plain(effectiveOf(world).entries)).toEqual([["/elsewhere/x", { kind: "mount", spec: { from: "/y" } }]]);
  });

  it("is nowhere in a built-in", () => {
    const files = {
      [MAIN]: "extends: b",
      "builtin:b": "mounts: {.: rw, ./a: ro, '${PROJECT}/b': ro}\nmask: [\"**/x\"]",
    };
    expect(resolveIn({ files }).problems).toMatchObject([
      { rule: "path/relative", file: "builtin:b", line: 1, column: 10, help: "write `${PROJECT}`" },
      { rule: "path/relative", file: "builtin:b", line: 1, column: 17, help: "write `${PROJECT}/a`" },
      { rule: "path/relative", file: "builtin:b", line: 2, column: 8, help: "write `${PROJECT}/**/x`" },
    ]);
  });

  it("is nowhere in a package, which has a directory all the same", () => {
    const files = { [MAIN]: "extends: npm:@a/b@1/x.yml", "package:@a/b@1/x.yml": "mounts: {.: rw, '${DIR}/a': ro}" };
    expect(problemsOf({ files })).toEqual(["package:@a/b@1/x.yml:1:10 path/relative"]);
  });
});

describe("a path that is refused", () => {
  it.each([
    ["/..", "this path leads above /"],
    ["../../../../x", "this path leads above /"],
    ["/a/../../a", "this path leads above /"],
    ["~/../../..", "this path leads above /"],
    ["a\\tb", "a path can't hold control characters"],
    ["a\\u0085b", "a path can't hold control characters"],
    ["/a\\x7f", "a path can't hold control characters"],
    ["~root/x", "only `~` and `~/…` lead to a home directory, your own"],
    ["${p}", "a path can't be empty"],
  ])("%s", (path, message) => {
    const { problems } = resolveIn({ files: profile(`params: {p: ""}\nmask: ["${path}"]`) });
    expect(problems).toMatchObject([{ rule: "path/refused", line: 2, column: 8, message }]);
  });

  it("as a key is reported at the key", () => {
    expect(problemsOf({ files: profile("mounts:\n  /usr: ro\n  ~root: ro") })).toEqual([`${MAIN}:3:3 path/refused`]);
  });

  it.each(["/a/..", "~/..", "./~root", "a~b", "/a b", "...", "/é"])("is not %s", (path) => {
    expect(problemsOf({ files: profile(`mask: ["${path}"]`) })).toEqual([]);
  });
});

describe("two entries of one layer at one destination", () => {
  it.each([
    ["mounts: {/a: ro, /a/: rw}", 1, 18],
    ["mounts: {/a: ro}\ntmpfs: [/a]", 2, 9],
    ["files: {/a: {content: x}}\nsymlinks: {/b/../a: x}", 2, 12],
    ["dirs: [/a]\nmarked: {/a: {}}", 2, 10],
    ["tmpfs: [/a, /a]", 1, 13],
    ["mounts: {'${HOME}': ro, '~': rw}", 1, 25],
  ])("in %j are a problem with both places", (text, line, column) => {
    const { problems } = resolveIn({ files: profile(text) });
    expect(problems).toMatchObject([{ rule: "merge/two-entries", line, column, related: [{ file: MAIN, line: 1 }] }]);
  });

  it("name the sections", () => {
    const { problems } = resolveIn({ files: profile("mounts: {/a: ro}\ntmpfs: [/a]") });
    expect(problems[0]?.message).toBe("/a has an entry already, under `mounts`; this one is under `tmpfs`");
    expect(problems[0]?.related).toEqual([{ file: MAIN, line: 1, column: 10, message: "the first one" }]);
  });

  it("are none across layers", () => {
    const text = "tmpfs: [/a]\nprofiles: {v: {mounts: {/a: ro}}}\nflags: {f: {dirs: [/a]}}\nuse: [f]";
    expect(problemsOf({ files: profile(text), variant: "v" })).toEqual([]);
  });
});

describe("one key twice after variables are replaced", () => {
  it.each([
    ["params: {a: X}\nenv: {set: {X: 1, '${a}': 2}}", "2:19"],
    ["params: {a: X}\nenv: {prepend: {X: [/a], '${a}': [/b]}}", "2:26"],
    ["params: {a: cmdline}\nproc: {cmdline: x, '${a}': y}", "2:20"],
    ["params: {a: m}\napis: {m: {command: [a], at: /a}, '${a}': {command: [a], at: /b}}", "2:35"],
  ])("is a problem in %j", (text, place) => {
    expect(problemsOf({ files: profile(text) })).toEqual([`${MAIN}:${place} merge/same-key`]);
  });
});
