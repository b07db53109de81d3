import { describe, expect, it } from "vitest";
import { triples } from "./triple.ts";
import { childOf, effectiveOf } from "./world.ts";

describe("root", () => {
  triples(
    ({ root }) => root,
    [
      ["a word replaces a word", "root: host", "root: empty", "empty"],
      ["a mapping replaces a word", "root: host", "root: {from: /r}", { from: "/r" }],
      ["a word replaces a mapping", "root: {from: /r}", "root: host", "host"],
      ["a mapping replaces a mapping whole", "root: {from: /r, access: rw}", "root: {from: /s}", { from: "/s" }],
      ["silence keeps", "root: host", "git: ro", "host"],
    ],
  );
});

describe("git and network", () => {
  triples(
    ({ git, network }) => [git, network],
    [
      ["are replaced", "git: ro\nnetwork: host", "git: rw\nnetwork: none", ["rw", "none"]],
      ["are kept", "git: ro\nnetwork: host", "mask: [/a]", ["ro", "host"]],
    ],
  );
});

describe("capabilities", () => {
  triples(
    ({ capabilities }) => capabilities,
    [
      ["a list replaces a list", "capabilities: [CAP_CHOWN]", "capabilities: [CAP_KILL]", ["CAP_KILL"]],
      ["a word replaces a list", "capabilities: [CAP_CHOWN]", "capabilities: keep", "keep"],
      [
        "a mapping replaces a mapping",
        "capabilities: {add: [CAP_CHOWN]}",
        "capabilities: {drop: [CAP_KILL]}",
        { drop: ["CAP_KILL"] },
      ],
    ],
  );
});

describe("process", () => {
  const changed = { stdin: "inherit", session: "auto", dieWithParent: true, killAfter: "5s", cwd: "caller" };
  triples(
    ({ process }) => process,
    [
      [
        "goes key by key",
        "process: {hostname: a, uid: 1}",
        "process: {uid: 2, arch: i686}",
        { ...changed, hostname: "a", uid: 2, arch: "i686" },
      ],
      ["replaces the wrapper", "process: {wrapper: [a, b]}", "process: {wrapper: [c]}", { ...changed, wrapper: ["c"] }],
      [
        "adds descriptors",
        "process: {passFds: [3, 4]}",
        "process: {passFds: [4, 5]}",
        { ...changed, passFds: [3, 4, 5] },
      ],
      ["keeps descriptors", "process: {passFds: [3]}", "process: {uid: 1}", { ...changed, passFds: [3], uid: 1 }],
      ["replaces a default", "git: ro", "process: {cwd: /x, stdin: none}", { ...changed, cwd: "/x", stdin: "none" }],
    ],
  );
});

describe("limits", () => {
  triples(
    ({ limits }) => limits,
    [
      ["go key by key", "limits: {time: 1m, tasks: 5}", "limits: {tasks: 6}", { time: "1m", tasks: 6 }],
      [
        "replace a value by a mapping and back",
        "limits: {memory: 1G, tasks: {value: 5, try: true}}",
        "limits: {memory: {value: 2G, try: true}, tasks: 6}",
        { memory: { value: "2G", try: true }, tasks: 6 },
      ],
      ["keep text as it is written", "limits: {cpus: 1.50}", "limits: {core: 0}", { cpus: "1.50", core: "0" }],
    ],
  );
});

describe("namespaces", () => {
  triples(
    ({ namespaces }) => namespaces,
    [
      [
        "go key by key over the defaults",
        "namespaces: {user: try, pid: false}",
        "namespaces: {pid: true, nested: true}",
        { user: "try", pid: true, ipc: true, uts: true, cgroup: "try", nested: true },
      ],
    ],
  );
});

describe("apis", () => {
  const api = (at: string) => ({ command: ["serve"], at });
  triples(
    ({ apis }) => apis,
    [
      [
        "go name by name, replaced whole and in place",
        "apis: {a: {command: [serve], at: /a, ready: 5s}, b: {command: [serve], at: /b}}",
        "apis: {c: {command: [serve], at: /c}, a: {command: [serve], at: /d}}",
        [
          ["a", api("/d")],
          ["b", api("/b")],
          ["c", api("/c")],
        ],
      ],
    ],
  );
});

describe("what is not inherited", () => {
  it("a variant, a description, and what else is a file's own", () => {
    const base = `description: base
profiles: {web: {network: host}}
default: web
tests: {t: {absent: [/a]}}
lint: {ignore: [{rule: net/host, reason: why}]}
nested: [a/.sandbox.yml]
`;
    const effective = effectiveOf({ files: childOf(base, "git: ro") });
    expect(effective.network.value).toBe("none");
    expect(effective).not.toHaveProperty("variant");
    expect(effective).not.toHaveProperty("description");
    for (const key of ["tests", "lint", "nested", "profiles", "default"]) expect(effective).not.toHaveProperty(key);
  });
});
