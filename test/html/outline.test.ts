import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type HostNode, onHost } from "../../src/html/on-host.ts";
import { outlinePlan, planNodes, tree } from "../../src/index.ts";
import { planOf, readCase } from "../compile/case.ts";
import type { FakeMachine } from "../support/fake-host.ts";

const CASES = fileURLToPath(new URL("../cases/", import.meta.url));
const cases = readdirSync(CASES).flatMap((name) => {
  const { files, machine, wishes } = readCase(CASES + name);
  const { plan, host } = planOf(files, machine, wishes);
  return plan === undefined ? [] : [{ name, plan, host }];
});

describe.each(cases)("the outline of $name", ({ plan, host }) => {
  const root = outlinePlan(plan, host);
  const nodes = [...planNodes(root)];

  it("has a node for each place that an entry names, below the nearest one above it", () => {
    const asked = plan.operations.filter((operation) => operation.kind !== "dir" || !operation.implied);
    const paths = nodes.map(({ path }) => path);
    for (const { at } of asked) expect(paths).toContain(at);
    expect(new Set(paths).size).toBe(paths.length);
    const check = ({ path, children }: typeof root): void => {
      for (const child of children) {
        expect(child.path).toBe(`${path === "/" ? "" : path}/${child.name}`);
        const others = paths.filter((other) => child.path.startsWith(`${other === "/" ? "" : other}/`));
        expect(others.every((other) => other.length <= path.length)).toBe(true);
        check(child);
      }
    };
    check(root);
  });

  it("says of each what the tree says", () => {
    const standing = tree(plan, host);
    for (const { path, access, host: behind } of nodes) {
      const { access: real, type, host: from } = standing.look(path);
      expect({ path, access: access === "cow" ? "rw" : access === "link" ? "link" : access }).toEqual({
        path,
        access: type === "link" ? "link" : real,
      });
      if (from !== undefined && real !== "masked") expect(behind).toBe(from);
    }
  });
});

describe("a node", () => {
  const nodesOf = (profile: string, machine: FakeMachine = {}) => {
    const { plan, host, problems } = planOf({ ".sandbox.yml": `version: 1\n${profile}` }, machine);
    if (plan === undefined) throw new Error(JSON.stringify(problems));
    const nodes = [...planNodes(outlinePlan(plan, host))];
    return (path: string) => nodes.find((node) => node.path === path);
  };
  const machine = {
    files: { "/usr/bin/env": "", "/opt/sdk/x": "", "/home/u/proj/in/secret": "", "/home/u/proj/held/open": "" },
  };

  it("knows what sbx added by itself from what the profile asks for", () => {
    const node = nodesOf("mounts: {.: rw}\nmask: [in/secret]\nprotect: [held/open]\n", machine);
    expect(node("/home/u/proj/in/secret")).toMatchObject({ access: "masked", host: "/home/u/proj/in/secret" });
    expect(node("/home/u/proj/in/secret")?.guard).toBeUndefined();
    expect(node("/home/u/proj/held")).toMatchObject({ guard: "pin", access: "rw" });
    expect(node("/home/u/proj/.sandbox.yml")).toMatchObject({ guard: "protect", access: "ro" });
  });

  it("says why an entry was left out", () => {
    const node = nodesOf(
      "mounts: {/opt/none: ro?, /opt/sdk: {access: ro, when: {exists: /no/such/thing}}, /usr: ro}\n",
      machine,
    );
    expect(node("/opt/none")).toMatchObject({ skipped: true, what: "left out: the host has no /opt/none" });
    expect(node("/opt/sdk")).toMatchObject({ skipped: true, what: "left out: its condition does not hold" });
    expect(node("/usr")).toMatchObject({ skipped: false, what: "host" });
  });

  it("names the host path where it is another one, and the size of what is in memory", () => {
    const node = nodesOf("mounts: {/sdk: {from: /opt/sdk}}\ntmpfs: {/t: {size: 64M, mode: 0700}}\n", machine);
    expect(node("/sdk")).toMatchObject({ what: "host /opt/sdk", host: "/opt/sdk", access: "ro" });
    expect(node("/t")).toMatchObject({ what: "in memory 0700, at most 64 MiB", access: "rw" });
  });

  it("joins directories that only lead to one place, and keeps those where ways part", () => {
    const node = nodesOf("mounts: {/a/b/c: {from: /usr}, /a/b/d: {from: /usr}, /x/y/z: {from: /usr}}\n", machine);
    expect(node("/a/b")).toMatchObject({ name: "a/b", plain: true });
    expect(node("/a")).toBeUndefined();
    expect(node("/x/y/z")).toMatchObject({ name: "x/y/z", plain: false });
  });
});

describe("the host beside it", () => {
  it("has what is shown and what is hidden, each with its places inside, and nothing else", () => {
    const { plan, host, problems } = planOf(
      {
        ".sandbox.yml": `version: 1
mounts: {.: rw, /sdk: {from: /opt/sdk}, /again: {from: /opt/sdk, access: rw}, /none: ro?}
mask: [in/secret]
protect: [held/open]
tmpfs: [/t]
dirs: [/d]
files: {/f: {content: x}}
symlinks: {/l: t}
devices: []
`,
      },
      { files: { "/opt/sdk/x": "", "/home/u/proj/in/secret": "", "/home/u/proj/held/open": "" } },
    );
    if (plan === undefined) throw new Error(JSON.stringify(problems));
    const seen: Record<string, string[]> = {};
    const gather = (nodes: readonly HostNode[]): void => {
      for (const { path, inside, children } of nodes) {
        seen[path] = inside.map((node) => `${node.path} ${node.access}`);
        gather(children);
      }
    };
    gather(onHost(outlinePlan(plan, host)));
    expect(seen).toEqual({
      "/": [],
      "/home/u/proj": ["/home/u/proj rw"],
      "/home/u/proj/.sandbox.yml": ["/home/u/proj/.sandbox.yml ro"],
      "/home/u/proj/held/open": ["/home/u/proj/held/open ro"],
      "/home/u/proj/in/secret": ["/home/u/proj/in/secret masked"],
      "/opt/sdk": ["/again rw", "/sdk ro"],
    });
  });
});
