import { describe, expect, it } from "vitest";
import { unbuilt } from "../../src/preflight/unbuilt.ts";
import { planOf } from "../compile/case.ts";
import type { FakeMachine } from "../support/fake-host.ts";

function refused(profile: string, caller: { terminal?: boolean } = {}, machine: FakeMachine = {}): string[] {
  const text = `devices: none\n${/^proc:/m.test(profile) ? "" : "proc: false\n"}${profile}\nversion: 1\n`;
  const { plan, effective, host, problems } = planOf({ ".sandbox.yml": text }, machine);
  if (plan === undefined || effective === undefined) throw new Error(JSON.stringify(problems));
  return unbuilt(plan, effective, host, { terminal: false, ...caller }).map(({ rule, severity, line, data }) =>
    `${line} ${severity} ${rule} ${data.what ?? data.limit ?? ""}`.trim(),
  );
}
const ROOT: FakeMachine = { uid: 0, gid: 0, home: "/root", files: { "/root/": {}, "/proc/1/": {} } };

describe("what this version can't do", () => {
  it("is refused at its place, never passed over", () => {
    expect(refused("process: {session: pty, arch: i686}")).toEqual([
      "3 error preflight/not-built process.session: pty",
      "3 error preflight/not-built process.arch",
    ]);
    expect(refused("process: {session: keep}")).toEqual(["3 error preflight/not-built process.session: keep"]);
    expect(refused("limits: {time: 1m, memory: {value: 1G, try: true}}")).toEqual([
      "3 error preflight/not-built limits.time",
      "3 warning preflight/not-enforced memory",
    ]);
    expect(refused("process: {session: new}")).toEqual([]);
  });

  it("is a writable repository", () => {
    expect(refused("git: rw")).toEqual(["3 error preflight/git-rw"]);
    expect(refused("git: ro")).toEqual([]);
  });
});

describe("a command with CAP_SYS_ADMIN in the caller's own user namespace", () => {
  const shared = "namespaces: {user: false, nested: true}\n";
  const onTerminal = (profile: string, machine: FakeMachine = ROOT) => refused(profile, { terminal: true }, machine);

  it.each([
    ["all of the caller's", "capabilities: keep"],
    ["by name", "capabilities: [CAP_SYS_ADMIN]"],
    ["added", "capabilities: {add: [CAP_SYS_ADMIN]}"],
    ["not dropped", "capabilities: {drop: [CAP_CHOWN]}"],
    ["added after it was dropped", "capabilities: {add: [CAP_SYS_ADMIN], drop: [CAP_SYS_ADMIN]}"],
  ])("never gets a terminal (%s)", (_, capabilities) => {
    expect(onTerminal(shared + capabilities)).toEqual(["4 error preflight/terminal"]);
    expect(refused(shared + capabilities, {}, ROOT)).toEqual([]);
  });

  it("is none without that capability, in its own namespace, or for an ordinary user", () => {
    expect(onTerminal(shared)).toEqual([]);
    expect(onTerminal(`${shared}capabilities: {drop: [CAP_SYS_ADMIN]}`)).toEqual([]);
    expect(onTerminal("capabilities: keep")).toEqual([]);
    expect(onTerminal(`${shared}capabilities: keep`, {})).toEqual([]);
  });
});

describe("root without a user namespace", () => {
  const shared = "namespaces: {user: false, nested: true, pid: false}\n";

  it("may not see bwrap's own process", () => {
    expect(refused(`${shared}proc: true`, {}, ROOT)).toEqual(["2 error preflight/monitor-in-reach"]);
    expect(refused(`${shared}mounts: {/proc: ro}`, {}, ROOT)).toEqual(["3 error preflight/monitor-in-reach"]);
    expect(refused(`${shared}proc: false`, {}, ROOT)).toEqual([]);
    expect(refused("namespaces: {user: false, nested: true}\nproc: true", {}, ROOT)).toEqual([]);
    expect(refused("namespaces: {pid: false}\nproc: true", {}, ROOT)).toEqual([]);
    expect(refused(`${shared}proc: true`)).toEqual([]);
  });
});
