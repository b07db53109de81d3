import { describe, expect, it } from "vitest";
import { settleSession } from "../../src/preflight/session.ts";
import { tree } from "../../src/tree/index.ts";
import { planOf } from "../compile/case.ts";
import type { FakeMachine } from "../support/fake-host.ts";

type Standard = 0 | 1 | 2;

interface Around {
  readonly terminals?: readonly Standard[];
  readonly machine?: FakeMachine;
  /** Programs of the host. */
  readonly programs?: readonly string[];
  readonly foreground?: boolean;
}

const ALL: readonly Standard[] = [0, 1, 2];
const SETSID = { "/usr/bin/setsid": { mode: 0o755 }, "/opt/bin/setsid": { mode: 0o755 } };
const MACHINE: FakeMachine = { files: SETSID };
const ROOT: FakeMachine = { uid: 0, gid: 0, home: "/root", files: { "/root/": {}, ...SETSID } };

function settled(
  profile: string,
  { terminals = ALL, machine = MACHINE, programs = ["stty", "perl"], foreground = true }: Around = {},
) {
  const text = `version: 1\n${profile}\ndevices: none\nproc: false\n${/mounts/.test(profile) ? "" : "mounts: {/usr: ro}\n"}`;
  const { plan, host, problems } = planOf({ ".sandbox.yml": text }, machine);
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  const find = (name: string) => (programs.includes(name) ? `/host/${name}` : undefined);
  const found = settleSession(plan, {
    host,
    tree: tree(plan.operations, host),
    terminals,
    foreground,
    find,
    searchPath: "/opt/bin",
  });
  return found.value ?? found.problems.map(({ rule, line }) => `${line} ${rule}`);
}

const session = (value: string) => `process: {session: ${value}}`;
const pty = { kind: "pty", terminals: ALL, leader: ["/usr/bin/setsid", "-c"], stty: "/host/stty" };
const SHARED = "namespaces: {user: false, nested: true}\n";

describe("the session of a run", () => {
  it("is a pty's by default where input and output are terminals, else a new one", () => {
    expect(settled("")).toEqual({ ...pty, optional: true });
    expect(settled("", { terminals: [0, 1] })).toMatchObject({ kind: "pty", terminals: [0, 1] });
    for (const terminals of [[], [0], [0, 2]] as const) {
      expect(settled("", { terminals })).toEqual({ kind: "new" });
    }
    expect(settled("", { foreground: false })).toEqual({ kind: "new" });
    expect(settled(session("pty"), { foreground: false })).toMatchObject({ kind: "pty" });
  });

  it("relays terminals that are only written to, whatever it is", () => {
    for (const terminals of [[1], [2], [1, 2]] as const) {
      expect(settled("", { terminals })).toMatchObject({ kind: "pty", terminals, leader: [], optional: true });
      expect(settled(session("new"), { terminals })).toMatchObject({ kind: "pty", terminals, leader: [] });
    }
    expect(settled("process: {stdin: none}")).toMatchObject({ kind: "pty", terminals: [1, 2], leader: [] });
    expect(settled("", { terminals: [1], programs: [] })).toEqual({ kind: "new" });
  });

  it("is the profile's", () => {
    expect(settled(session("new"))).toEqual({ kind: "new" });
    expect(settled(session("keep"))).toEqual({ kind: "keep", restorer: "/host/perl" });
    expect(settled(session("pty"))).toEqual({ ...pty, optional: false });
  });

  it("relays what is a terminal, and only a keyboard needs a leader", () => {
    expect(settled(session("pty"), { terminals: [] })).toEqual({ kind: "new" });
    expect(settled(session("pty"), { terminals: [1, 2] })).toMatchObject({ terminals: [1, 2], leader: [] });
    expect(settled("process: {session: pty, stdin: none}")).toMatchObject({ terminals: [1, 2], leader: [] });
  });

  it("finds setsid where the sandbox's PATH leads, too", () => {
    const mounts = "mounts: {/opt: ro}";
    expect(settled(mounts)).toMatchObject({ leader: ["/opt/bin/setsid", "-c"] });
  });

  it("is a new one where a pty can't be had, unless somebody insists", () => {
    const bare = "mounts: {}";
    expect(settled(bare)).toEqual({ kind: "new" });
    expect(settled(`${bare}\n${session("pty")}`)).toEqual(["3 preflight/no-setsid"]);
    expect(settled("", { programs: [] })).toEqual({ kind: "new" });
    expect(settled(session("pty"), { programs: [] })).toEqual(["2 preflight/no-stty"]);
  });
});

describe("a command with CAP_SYS_ADMIN in the caller's own user namespace", () => {
  const machine = ROOT;

  it.each([
    ["all of the caller's", "capabilities: keep"],
    ["by name", "capabilities: [CAP_SYS_ADMIN]"],
    ["added", "capabilities: {add: [CAP_SYS_ADMIN]}"],
    ["not dropped", "capabilities: {drop: [CAP_CHOWN]}"],
    ["added after it was dropped", "capabilities: {add: [CAP_SYS_ADMIN], drop: [CAP_SYS_ADMIN]}"],
  ])("never gets the caller's terminal (%s)", (_, capabilities) => {
    const profile = SHARED + capabilities;
    expect(settled(`${profile}\n${session("new")}`, { machine })).toEqual({ ...pty, optional: false });
    expect(settled(`${profile}\n${session("new")}`, { machine, terminals: [2] })).toMatchObject({ terminals: [2] });
    expect(settled(`${profile}\n${session("keep")}`, { machine })).toEqual(["4 preflight/terminal"]);
    expect(settled(profile, { machine, terminals: [] })).toEqual({ kind: "new" });
    expect(settled(profile, { machine, programs: [] })).toEqual(["3 preflight/no-stty"]);
  });

  it("is none without that capability, in its own namespace, or for an ordinary user", () => {
    const new_ = `\n${session("new")}`;
    expect(settled(SHARED + new_, { machine })).toEqual({ kind: "new" });
    expect(settled(`${SHARED}capabilities: {drop: [CAP_SYS_ADMIN]}${new_}`, { machine })).toEqual({ kind: "new" });
    expect(settled(`capabilities: keep${new_}`, { machine })).toEqual({ kind: "new" });
    expect(settled(`${SHARED}capabilities: keep${new_}`)).toEqual({ kind: "new" });
  });
});
