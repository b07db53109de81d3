import { describe, expect, it } from "vitest";
import { unbuilt, unenforceable } from "../../src/preflight/unenforceable.ts";
import { planOf } from "../compile/case.ts";
import type { FakeMachine } from "../support/fake-host.ts";

function refused(profile: string, machine: FakeMachine = {}): string[] {
  const text = `devices: none\n${/^proc:/m.test(profile) ? "" : "proc: false\n"}${profile}\nversion: 1\n`;
  const { plan, effective, host, problems } = planOf({ ".sandbox.yml": text }, machine);
  if (plan === undefined || effective === undefined) throw new Error(JSON.stringify(problems));
  return [...unbuilt(effective), ...unenforceable(plan, host)].map(({ rule, severity, line, data }) =>
    `${line} ${severity} ${rule} ${data.what ?? data.limit ?? ""}`.trim(),
  );
}
const ROOT: FakeMachine = { uid: 0, gid: 0, home: "/root", files: { "/root/": {}, "/proc/1/": {} } };

describe("what this version can't do", () => {
  it("is refused at its place, never passed over", () => {
    expect(refused("git: rw")).toEqual(["3 error preflight/git-rw"]);
    expect(refused("process: {session: pty}\nlimits: {time: 1m, memory: 1G}")).toEqual([]);
    expect(refused("process: {session: new}")).toEqual([]);
    expect(refused("process: {arch: i686}")).toEqual([]);
    expect(refused("git: ro")).toEqual([]);
  });
});

describe("root without a user namespace", () => {
  const shared = "namespaces: {user: false, nested: true, pid: false}\n";

  it("may not see bwrap's own process", () => {
    expect(refused(`${shared}proc: true`, ROOT)).toEqual(["2 error preflight/monitor-in-reach"]);
    expect(refused(`${shared}mounts: {/proc: ro}`, ROOT)).toEqual(["3 error preflight/monitor-in-reach"]);
    expect(refused(`${shared}proc: false`, ROOT)).toEqual([]);
    expect(refused("namespaces: {user: false, nested: true}\nproc: true", ROOT)).toEqual([]);
    expect(refused("namespaces: {pid: false}\nproc: true", ROOT)).toEqual([]);
    expect(refused(`${shared}proc: true`)).toEqual([]);
  });

  it("may not be given a capability that it lacks, for bwrap would then keep all", () => {
    const asRoot = "namespaces: {user: false, nested: true}\ncapabilities:";
    // Everything but CAP_SYS_RESOURCE, as in many containers.
    const status = "CapInh:\t0000000000000000\nCapPrm:\t000001fffeffffff\n";
    const here = { ...ROOT, files: { ...ROOT.files, "/proc/self/status": status } };
    const lacking = ["4 error preflight/capability"];
    expect(refused(`${asRoot} [CAP_SYS_ADMIN, CAP_SYS_RESOURCE]`, here)).toEqual(lacking);
    expect(refused(`${asRoot} {add: [CAP_SYS_RESOURCE], drop: [CAP_KILL]}`, here)).toEqual(lacking);
    expect(refused(`${asRoot} [CAP_SYS_ADMIN, CAP_CHECKPOINT_RESTORE]`, here)).toEqual([]);
    expect(refused(`${asRoot} {drop: [CAP_SYS_RESOURCE]}`, here)).toEqual([]);
    expect(refused(`${asRoot} keep`, here)).toEqual([]);
    expect(refused("capabilities: [CAP_SYS_RESOURCE]", here)).toEqual([]);
    expect(refused("capabilities: [CAP_SYS_RESOURCE]")).toEqual([]);
    expect(refused(`${asRoot} [CAP_CHOWN]`, ROOT)).toEqual(lacking);
  });
});
