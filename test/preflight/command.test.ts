import { describe, expect, it } from "vitest";
import { whyUnstartable } from "../../src/preflight/command.ts";
import { tree } from "../../src/tree/index.ts";
import { goodPlan } from "../compile/case.ts";
import { type FakeMachine, fakeHost } from "../support/fake-host.ts";

const PROFILE = `
devices: [minimal]
mounts:
  /usr: ro
  /bin: ro
  /opt/tools: {from: /srv/tools}
  /srv/closed: ro
files:
  /made/run: {content: "#!/bin/sh", mode: 0755}
  /made/note: {content: "x"}
symlinks: {/loop: loop, /sh: bin/sh}
mask: [/srv/tools/masked]
`;
const x = { mode: "0755" } as const;
const MACHINE: FakeMachine = {
  files: {
    "/bin": { target: "usr/bin" },
    "/usr/bin/sh": x,
    "/usr/bin/text": "not a program",
    "/usr/bin/tool": "",
    "/srv/tools/tool": x,
    "/srv/tools/own": x,
    "/srv/tools/masked": x,
    "/srv/tools/dir/": {},
    "/srv/tools/script": { ...x, text: "#! /usr/bin/sh -e\n" },
    "/srv/tools/broken": { ...x, text: "#!/usr/bin/python3\n" },
    "/srv/tools/to": { target: "own" },
    "/srv/tools/out": { target: "/srv/tools/own" },
    "/srv/closed/in": { type: "unreadable" },
    "/srv/socket": { type: "socket" },
    "/dev/null": { type: "character", mode: "0777" },
  },
};
const host = fakeHost({ cwd: "/home/u/proj", ...MACHINE });
const shown = tree(goodPlan(PROFILE, MACHINE).operations, host);

function why(name: string, path: string | undefined = "/usr/bin", cwd = "/"): readonly [number, string] | undefined {
  const found = whyUnstartable(shown, host, name, { path, cwd });
  return found && [found.exitCode, found.problem.message];
}

describe("a command", () => {
  it.each([
    ["by its path", "/usr/bin/sh"],
    ["by its name", "sh"],
    ["behind the sandbox's links", "/sh"],
    ["behind a link of the host that leads to what is shown", "/opt/tools/to"],
    ["that is a script for what is there", "/opt/tools/script"],
    ["that the profile itself makes", "/made/run"],
    ["that nobody can look at from here", "/srv/closed/in"],
    ["in procfs", "/proc/self/exe"],
  ])("can be started %s", (_, name) => {
    expect(why(name)).toBeUndefined();
  });

  it.each([
    ["that is not there", "/usr/bin/none", "/usr/bin/none is not in the sandbox"],
    ["of no name", "", "an empty name is not in the sandbox"],
    ["that is only on the host", "/srv/tools/tool", "/srv/tools/tool is not in the sandbox"],
    ["behind a link that leads to nothing in the sandbox", "/opt/tools/out", "/opt/tools/out is not in the sandbox"],
    ["behind links that lead round", "/loop", "/loop is not in the sandbox"],
    ["below a file", "/usr/bin/sh/x", "/usr/bin/sh/x is not in the sandbox"],
    ["that is in no part of PATH", "own", "own is not in the sandbox"],
  ])("%s is not found", (_, name, message) => {
    expect(why(name)).toEqual([127, message]);
  });

  it.each([
    ["without an execute bit", "/usr/bin/text", "has no execute permission"],
    ["that is a directory", "/opt/tools/dir", "is a directory"],
    ["that is a device", "/dev/null", "is a device"],
    ["that is masked", "/opt/tools/masked", "is masked"],
    ["that the profile makes without an execute bit", "/made/note", "has no execute permission"],
    [
      "that is a script for what is not there",
      "/opt/tools/broken",
      "is a script for /usr/bin/python3, which is not in the sandbox",
    ],
  ])("%s can't be executed", (_, name, reason) => {
    expect(why(name)).toEqual([126, `${name} can't be executed: it ${reason}`]);
  });

  it("is looked for in every part of PATH, past what can't be executed", () => {
    expect(why("tool", "/nowhere:/usr/bin:/opt/tools")).toBeUndefined();
    expect(why("tool", "/nowhere:/usr/bin")).toEqual([
      126,
      "/usr/bin/tool can't be executed: it has no execute permission",
    ]);
  });

  it("is looked for in the working directory where PATH has an empty or relative part", () => {
    expect(why("own", "/usr/bin:", "/opt/tools")).toBeUndefined();
    expect(why("own", "tools", "/opt")).toBeUndefined();
    expect(why("own", "/usr/bin", "/opt/tools")?.[0]).toBe(127);
    expect(why("./own", "/usr/bin", "/opt/tools")).toBeUndefined();
    expect(why("../tools/own", "/usr/bin", "/opt/tools")).toBeUndefined();
  });

  it("is looked for where the C library looks when there is no PATH", () => {
    const found = whyUnstartable(shown, host, "sh", { path: undefined, cwd: "/" });
    expect(found).toBeUndefined();
  });
});
