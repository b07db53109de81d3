import { describe, expect, it } from "vitest";
import { explainer, type PathExplanation } from "../../src/explain/index.ts";
import { PROJECT, planOf } from "../compile/case.ts";
import type { FakeMachine } from "../support/fake-host.ts";

const PARENT = `mounts:
  /opt/sdk: {from: /srv/sdk, access: ro}
  /srv/shared: rw
  /opt/none: ro?
mask: [keys]
env: {set: {LEVEL: parent, API_TOKEN: canary}, pass: ["LC_*"]}
version: 1
`;
const MAIN = `extends: [./parent.yml]
mounts:
  .: rw
  /srv/shared: {from: /srv/shared, access: ro}
  /view: {from: /srv/sdk, access: cow}
protect: [kept]
tmpfs: [/cache]
files: {/etc/own: {content: x}}
symlinks: {/to-tool: /opt/sdk/tool, /to-host: /etc/host-file}
env: {set: {LEVEL: main}, unset: [LC_ALL], prepend: {PATH: [/opt/sdk/bin]}}
flags: {net: {network: host}}
version: 1
`;
const MACHINE: FakeMachine = {
  files: {
    "/srv/sdk/tool": "",
    "/srv/shared/x": "",
    "/etc/host-file": "",
    "/etc/closed": { mode: 0o600, uid: 0, gid: 0 },
    "/dev/null": { type: "character", mode: 0o666 },
    "/proc/self": { target: "1" },
    [`${PROJECT}/keys/id`]: "",
    [`${PROJECT}/kept`]: "",
    [`${PROJECT}/plain`]: "",
    [`${PROJECT}/foreign`]: { mode: 0o644, uid: 0, gid: 0, text: "" },
    [`${PROJECT}/hard`]: { nlink: 2, text: "" },
    [`${PROJECT}/link`]: { target: "plain" },
  },
  env: { LC_ALL: "C", LC_TIME: "C", HOME: "/home/u" },
};

const asked = (text = MAIN, flags: readonly string[] = []) => {
  const { plan, host, effective, problems } = planOf({ ".sandbox.yml": text, "parent.yml": PARENT }, MACHINE, {
    flags,
  });
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return explainer(plan, { host, effective });
};
const of = (path: string, text?: string) => asked(text).path(path);
const place = (by: { readonly origin: { readonly file: string; readonly line: number } } | null | undefined) =>
  by && `${by.origin.file.replace(`${PROJECT}/`, "")}:${by.origin.line}`;
const brief = ({ access, content, host, decidedBy }: PathExplanation) => [access, content, host, place(decidedBy)];

describe("a path", () => {
  it.each([
    [`${PROJECT}/plain`, ["rw", "host", `${PROJECT}/plain`, ".sandbox.yml:3"]],
    [`${PROJECT}/keys`, ["masked", "generated", null, "parent.yml:5"]],
    [`${PROJECT}/keys/id`, ["absent", null, null, "parent.yml:5"]],
    [`${PROJECT}/kept`, ["ro", "host", `${PROJECT}/kept`, ".sandbox.yml:6"]],
    ["/opt/sdk/tool", ["ro", "host", "/srv/sdk/tool", "parent.yml:2"]],
    ["/view/tool", ["rw", "host", "/srv/sdk/tool", ".sandbox.yml:5"]],
    ["/cache", ["rw", "tmpfs", null, ".sandbox.yml:7"]],
    ["/cache/x", ["absent", null, null, ".sandbox.yml:7"]],
    ["/etc/own", ["ro", "generated", null, ".sandbox.yml:8"]],
    ["/etc/host-file", ["absent", null, null, "default:0"]],
    ["/dev/null", ["device", "host", "/dev/null", "default:0"]],
    ["/proc", ["ro", "proc", null, "default:0"]],
    ["/proc/1/maps", ["ro", "proc", null, "default:0"]],
    ["/to-tool", ["ro", "host", "/srv/sdk/tool", "parent.yml:2"]],
    ["/to-host", ["absent", "link", null, "default:0"]],
    [`${PROJECT}/link`, ["rw", "host", `${PROJECT}/plain`, ".sandbox.yml:3"]],
    [`${PROJECT}/keys/../plain`, ["rw", "host", `${PROJECT}/plain`, ".sandbox.yml:3"]],
    ["//cache/.", ["rw", "tmpfs", null, ".sandbox.yml:7"]],
  ])("%s is %j", (path, expected) => {
    expect(brief(of(path))).toEqual(expected);
  });

  it("names who lost, at the place and in an earlier layer", () => {
    const { decidedBy, shadowed } = of(`${PROJECT}/keys`);
    expect(decidedBy).toMatchObject({ kind: "mask", entry: `mask: ${PROJECT}/keys` });
    expect(decidedBy?.origin.chain).toMatchObject([{ file: `${PROJECT}/.sandbox.yml`, line: 1 }]);
    expect(shadowed.map((by) => [by.kind, by.entry, place(by)])).toEqual([
      ["bind", "mounts: .", ".sandbox.yml:3"],
      ["tmpfs", "root: empty (the default)", "default:0"],
    ]);
    expect(of("/srv/shared/x").decidedBy?.replaced.map((origin) => place({ origin }))).toEqual(["parent.yml:3"]);
  });

  it("says which links were followed, and who put them there", () => {
    const { links, real, summary } = of("/to-host");
    expect(real).toBe("/etc/host-file");
    expect(links.map((link) => [link.path, link.target, place(link.decidedBy)])).toEqual([
      ["/to-host", "/etc/host-file", ".sandbox.yml:9"],
    ]);
    expect(summary).toBe("/to-host points to /etc/host-file, absent inside");
  });

  it("says where the host's path of that name shows", () => {
    expect(of("/srv/sdk/tool").onHost).toEqual({
      path: "/srv/sdk/tool",
      type: "file",
      visible: [
        { path: "/opt/sdk/tool", access: "ro" },
        { path: "/view/tool", access: "rw" },
      ],
    });
    expect(of(`${PROJECT}/keys`).onHost?.visible).toEqual([]);
    expect(of("/cache").onHost).toBeNull();
  });

  it("says which entry was left out, and why", () => {
    expect(of("/opt/none").skipped).toMatchObject([
      { entry: "mounts: /opt/none", reason: "the host has no /opt/none" },
    ]);
    expect(of("/cache").skipped).toEqual([]);
  });

  it("says what mode bits forbid, though the mount allows it", () => {
    expect(of(`${PROJECT}/foreign`)).toMatchObject({ access: "rw", permissions: { read: true, write: false } });
    expect(of(`${PROJECT}/foreign`).notes).toEqual([
      expect.stringContaining("not write to it (0644, user 0, group 0)"),
    ]);
    expect(of(`${PROJECT}/plain`)).toMatchObject({ permissions: { read: true, write: true }, notes: [] });
    const closed = of("/etc/closed", "mounts: {/etc/closed: ro}\nversion: 1\n");
    expect(closed).toMatchObject({ access: "ro", permissions: { read: false, write: false } });
  });
});

describe("what to write", () => {
  const file = `${PROJECT}/.sandbox.yml`;
  const parts = (path: string, text?: string) => of(path, text).advice;

  it.each([
    ["/etc/host-file", [{ to: "ro", add: { mounts: { "/etc/host-file": "ro" } }, file }]],
    [
      "/opt/sdk/tool",
      [{ to: "rw", add: { mounts: { "/opt/sdk/tool": { from: "/srv/sdk/tool", access: "rw" } } }, file }],
    ],
    ["/opt/sdk", [{ to: "rw", add: { mounts: { "/opt/sdk": { from: "/srv/sdk", access: "rw" } } }, file }]],
    ["/srv/shared", [{ to: "rw", edit: "write `rw` here", file, line: 4, column: 3 }]],
    [PROJECT, []],
    [`${PROJECT}/keys`, [{ to: "rw", add: { remove: { mask: [`${PROJECT}/keys`] } }, file }]],
    [`${PROJECT}/kept`, [{ to: "rw", edit: "delete this entry of `protect`", file, line: 6, column: 11 }]],
    [
      `${PROJECT}/plain`,
      [
        { to: "ro", add: { protect: [`${PROJECT}/plain`] }, file },
        { to: "masked", add: { mask: [`${PROJECT}/plain`] }, file },
      ],
    ],
    [`${PROJECT}/hard`, [{ to: "masked", add: { mask: [`${PROJECT}/hard`] }, file }]],
    ["/to-host", [{ to: "ro", add: { mounts: { "/etc/host-file": "ro" } }, file }]],
    ["/view/tool", []],
    ["/nowhere", []],
    ["/proc/1", []],
    [`${PROJECT}/.sandbox.yml`, []],
  ])("for %s is %j", (path, expected) => {
    expect(parts(path)).toEqual(expected);
  });

  it("is nothing that would be refused", () => {
    expect(parts("/srv/sdk/tool", "mask: [/srv/sdk]\nversion: 1\n")).toEqual([]);
    expect(parts("/srv/sdk/tool", "version: 1\n")).not.toEqual([]);
  });
});

describe("a variable", () => {
  const variable = (name: string) => asked().variable(name);

  it("has a value, who set it, and who lost", () => {
    const level = variable("LEVEL");
    expect(level).toMatchObject({ state: "set", value: "main", from: null, secret: false });
    expect([place(level.decidedBy), level.shadowed.map(place)]).toEqual([".sandbox.yml:10", ["parent.yml:6"]]);
  });

  it("comes from the host, never with its value", () => {
    expect(variable("LC_TIME")).toMatchObject({ state: "passed", value: null, from: "LC_TIME" });
    expect(variable("LC_TIME").decidedBy).toMatchObject({ entry: "env.pass: LC_*" });
  });

  it("is not shown where its name looks like a secret's", () => {
    const token = variable("API_TOKEN");
    expect(token).toMatchObject({ state: "set", value: null, secret: true });
    expect(JSON.stringify(token)).not.toContain("canary");
  });

  it("is unset by an entry, or by nobody", () => {
    const unset = variable("LC_ALL");
    expect(unset).toMatchObject({ state: "unset", advice: [] });
    expect([unset.decidedBy?.entry, unset.shadowed.map(({ entry }) => entry)]).toEqual([
      "env.unset: LC_ALL",
      ["env.pass: LC_*"],
    ]);
    expect(variable("HOME")).toMatchObject({ decidedBy: null, advice: [{ add: { env: { pass: ["HOME"] } } }] });
  });
});

describe("the network", () => {
  it("is none unless somebody says so", () => {
    expect(asked().network()).toMatchObject({ network: "none", decidedBy: { entry: "network: none (the default)" } });
    const shared = asked(MAIN, ["net"]).network();
    expect(shared).toMatchObject({ network: "host", advice: [{ edit: "leave out the flag set: --no-flag net" }] });
    expect(place(shared.decidedBy)).toBe(".sandbox.yml:11");
  });
});

it("all mount points come parents first, without what only leads to them", () => {
  const paths = asked()
    .all()
    .map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(["/", "/cache", "/dev/null", "/etc/own", "/opt/sdk", PROJECT]));
  expect(paths).not.toContain("/opt");
  expect(paths.indexOf(PROJECT)).toBeLessThan(paths.indexOf(`${PROJECT}/keys`));
});
