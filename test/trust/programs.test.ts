import { describe, expect, it } from "vitest";
import { guardsInReach, unallowedApis } from "../../src/trust/programs.ts";
import { goodPlan } from "../compile/case.ts";

const BARE = "devices: none\nproc: false\n";
const FILES = { "/srv/bin/bwrap": "", "/srv/lib/sbx/": {}, "/usr/bin/node": "", "/usr/bin/bwrap": "" };
const GUARDS = { sbx: "/srv/lib/sbx", node: "/usr/bin/node", bwrap: "/srv/bin/bwrap" };

const reached = (profile: string): string[] =>
  guardsInReach(goodPlan(BARE + profile, { files: FILES }), GUARDS).map(
    ({ line, rule, data }) => `${line} ${rule} ${data.what} in ${data.source}`,
  );

describe("the programs that stand guard", () => {
  it("may not lie in what the command can write", () => {
    expect(reached("mounts: {/srv: rw}")).toEqual([
      "3 trust/guard-in-reach sbx in /srv",
      "3 trust/guard-in-reach bwrap in /srv",
    ]);
    expect(reached("mounts: {/x: {from: /srv/bin/bwrap, access: dev}}")).toEqual([
      "3 trust/guard-in-reach bwrap in /srv/bin/bwrap",
    ]);
    expect(reached("root: {from: /, access: rw}")).toHaveLength(3);
  });

  it("may be read, copied on write, or lie beside what can be written", () => {
    expect(reached("mounts: {/srv: ro, /usr: cow, /s: {scratch: true}}")).toEqual([]);
    expect(reached("mounts: {/srv/lib/sbx/below: {access: rw, missing: skip}}")).toEqual([]);
  });

  it("are out of reach where they are protected, but not where they are merely mounted read-only", () => {
    const sub = "mounts: {/srv: rw, /srv/bin: ro, /srv/lib: ro}";
    expect(reached(sub)).toHaveLength(2);
    expect(reached("mounts: {/srv: rw}\nprotect: [/srv/bin, /srv/lib]")).toEqual([]);
    expect(reached("mounts: {/srv: rw}\nprotect: [/srv/bin]")).toEqual(["3 trust/guard-in-reach sbx in /srv"]);
  });
});

describe("servers on the host", () => {
  const plan = goodPlan(`${BARE}apis: {a: {command: [/x], at: /run/a}, b: {command: [/x], at: /run/b}}`);
  const refused = (configuration: string, ...allowed: string[]) =>
    unallowedApis(plan, configuration, new Set(allowed), "-p x").map(({ data }) => data.name);

  it("are started when asked for by name, or by a file of the user's configuration", () => {
    expect(refused("/home/u/.config/sbx")).toEqual(["a", "b"]);
    expect(refused("/home/u/.config/sbx", "a")).toEqual(["b"]);
    expect(refused("/home/u/proj")).toEqual([]);
    expect(refused("/home/u/pro")).toEqual(["a", "b"]);
  });

  it("are started for a built-in", () => {
    const origin = { ...plan.prepare[0]!.origin, file: "builtin:x" };
    const builtin = { ...plan, prepare: plan.prepare.map((step) => ({ ...step, origin })) };
    expect(unallowedApis(builtin, "/c", new Set(), "")).toEqual([]);
  });
});
