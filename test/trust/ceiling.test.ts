import { describe, expect, it } from "vitest";
import { type Wishes, wrongs } from "../compile/case.ts";
import type { FakeMachine } from "../support/fake-host.ts";

const BARE = "devices: none\nproc: false\n";
const FILES: FakeMachine["files"] = {
  "/srv/data/file": "",
  "/home/u/proj/in/": {},
  "/home/u/proj/out": { target: "/srv/data" },
  "/home/u/project-two/": {},
  "/run/app.sock": { type: "socket" },
  "/run/pipe": { type: "fifo" },
  "/srv/data/app.sock": { type: "socket" },
  "/proc/net/unix": "head\n0: 00000002 00000000 00010000 0001 01 1 /srv/data/app.sock\n",
};

/** The rules that a discovered profile breaks, each with its line. */
const broken = (profile: string, machine: FakeMachine = {}, wishes: Wishes = {}): string[] =>
  wrongs(BARE + profile, { ...machine, files: { ...FILES, ...machine.files } }, { discovered: true, ...wishes }).map(
    (text) => text.replace(/^(\d+):\d+ (\S+): .*$/s, "$1 $2"),
  );

describe("a discovered profile", () => {
  it.each([
    ["writing beside the project", "mounts: {/home/u/project-two: rw}", ["3 trust/writable-grant"]],
    ["writing to the project's parent", "mounts: {/home/u: rw}", ["3 trust/writable-grant"]],
    [
      "writing outside by way of a link in the project",
      "mounts: {/x: {from: ./out, access: rw}}",
      ["3 trust/writable-grant"],
    ],
    ["a device of the host", "mounts: {/x: {from: /srv/data, access: dev}}", ["3 trust/writable-grant"]],
    ["a marked directory elsewhere", "marked: {/x: {from: /srv/data}}", ["3 trust/writable-grant"]],
    ["a writable root", "root: {from: /srv/data, access: rw}", ["3 trust/writable-grant"]],
    ["keeping a layer elsewhere", "mounts: {/x: {from: ., access: cow, keep: /srv/keep}}", ["3 trust/writable-grant"]],
    ["making something elsewhere", "mounts: {/srv/data/new: {missing: create}}", ["3 trust/made-outside"]],
    ["a socket by name", "mounts: {/run/app.sock: ro}", ["3 trust/socket"]],
    ["a pipe by name", "mounts: {/run/pipe: ro}", ["3 trust/socket"]],
    ["a socket with its directory", "mounts: {/srv/data: ro}", ["3 trust/socket"]],
    ["a capability", "capabilities: [CAP_CHOWN]", ["3 trust/capabilities"]],
    ["the caller's capabilities", "capabilities: {drop: [CAP_CHOWN]}", ["3 trust/capabilities"]],
    ["a secret", "env: {pass: [DB_PASSWORD]}", ["3 trust/secret"]],
    ["a secret by a pattern", 'env: {pass: ["DB*"]}', ["3 trust/secret"]],
    ["a secret with everything else", "env: {clear: false}", ["3 trust/secret"]],
    ["the caller's descriptors", "process: {passFds: [3]}", ["3 trust/descriptors"]],
  ])("may not ask for %s", (_, profile, rules) => {
    expect(broken(profile, { env: { DB_PASSWORD: "x" } }, { target: "bwrap-0.12" })).toEqual(rules);
  });

  it.each([
    ["reading what the user can read", "mounts: {/srv/data/file: ro}"],
    ["writing in the project", "mounts: {./in: rw, .: rw}"],
    ["making something in the project", "mounts: {./new: {access: rw, missing: create}}"],
    ["a layer over anything", "mounts: {/x: {from: ./in, access: cow}}"],
    ["scratch directories", "mounts: {/x: {scratch: true}, /y: {scratch: /var/tmp}}"],
    ["no capabilities", "capabilities: none"],
    ["a secret that is not set", "env: {pass: [OTHER_TOKEN]}"],
    ["a value of its own under any name", "env: {set: {DB_PASSWORD: mine}}"],
    ["no descriptors", "process: {passFds: []}"],
    ["what was skipped", "mounts: {/nowhere: rw?}"],
  ])("may ask for %s", (_, profile) => {
    expect(broken(profile, { env: { DB_PASSWORD: "x" } })).toEqual([]);
  });

  it("is held to what it does itself, not to what the command line or a built-in says", () => {
    const binds = [{ source: "/srv/data", destination: "/x", access: "rw" as const, argument: 2 }];
    expect(broken("", {}, { binds })).toEqual([]);
    const node = { "/usr/bin/": {}, "/bin": { target: "usr/bin" } };
    expect(broken("extends: [node]", { files: node })).toEqual([]);
  });

  it("may not say what the parameter of a built-in is, in the entry's key or in its value", () => {
    const node = { "/usr/bin/": {}, "/bin": { target: "usr/bin" }, "/home/u/.ssh/id": "" };
    const params = "extends: [node]\nparams: {cache: ~/.ssh}";
    expect(broken(params, { files: node })).toEqual(["12 trust/writable-grant"]);
    expect(broken("extends: [node]\nparams: {other: ~/.ssh}", { files: node })).toEqual([]);
    expect(broken('extends: [node]\nparams: {cache: "${PROJECT}/in"}', { files: node })).toEqual([]);
  });

  it("is not held to anything when it is named", () => {
    expect(broken("mounts: {/home/u: rw}\ncapabilities: keep", {}, { discovered: false })).toEqual([]);
  });
});
