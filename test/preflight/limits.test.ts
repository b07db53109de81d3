import { describe, expect, it } from "vitest";
import type { Plan } from "../../src/model/plan.gen.ts";
import type { CgroupsHere } from "../../src/preflight/cgroup-limits.ts";
import { type LimitSurroundings, settleLimits } from "../../src/preflight/limits.ts";
import { goodPlan } from "../compile/case.ts";

type Found = ReturnType<CgroupsHere["findCgroups"]>;

const NOWHERE: Found = { parents: {}, reasons: {}, service: undefined };
const V1: Found = {
  parents: {
    memory: { version: 1, directory: "/cg/memory" },
    pids: { version: 1, directory: "/cg/pids" },
    cpu: { version: 1, directory: "/cg/cpu" },
  },
  reasons: {},
  service: undefined,
};
const SYSTEMD = { bus: "/run/user/1000/bus", mount: "/sys/fs/cgroup", controllers: ["memory", "pids"] } as const;

function settle(profile: string, around: Partial<LimitSurroundings> & { readonly cgroups?: Found } = {}) {
  const { cgroups = NOWHERE, ...more } = around;
  const plan: Plan = goodPlan(profile);
  const settled = settleLimits(plan, {
    uid: 1000,
    findPrlimit: () => "/usr/bin/prlimit",
    findBusctl: () => "/usr/bin/busctl",
    findCgroups: () => cgroups,
    ...more,
  });
  const told = settled.problems.map(({ severity, rule, message, line }) => `${line}: ${severity}[${rule}]: ${message}`);
  return { ...settled, told };
}

describe("limits of each process", () => {
  it("are settled with what they are called and what is twice as much", () => {
    const { value, told } = settle(`
limits:
  cpuTime: 90s
  openFiles: 1024
  fileSize: 1536M
  core: 0
`);
    expect(told).toEqual([]);
    expect(value?.cgroup).toBeUndefined();
    expect(value?.rlimits?.prlimit).toBe("/usr/bin/prlimit");
    const words = value?.rlimits?.limits.map(({ name, value, text, more }) => [name, value, text, more]);
    expect(words).toEqual([
      ["cpuTime", 90_000, "90s", "3m"],
      ["openFiles", 1024, "1024", "2048"],
      ["fileSize", 1536 * 1024 ** 2, "1536M", "3G"],
      ["core", 0, "0", "0"],
    ]);
  });

  it("count whole seconds of processor time", () => {
    const { value } = settle("limits: {cpuTime: 500ms}");
    expect(value?.rlimits?.limits).toMatchObject([{ text: "500ms", more: "2s" }]);
  });

  it("need prlimit, and each says so at its place", () => {
    const { value, told, problems } = settle("limits:\n  openFiles: 9\n  core: {value: 0, try: true}\n", {
      findPrlimit: () => undefined,
    });
    expect(value).toBeUndefined();
    const why = "prlimit is in no directory of PATH that is safe to use";
    expect(told).toEqual([
      `2: error[limit/unavailable]: limits.openFiles can't be enforced here: ${why}`,
      `3: warning[limit/not-enforced]: limits.core is not enforced: ${why}`,
    ]);
    expect(problems[0]?.help).toBe(
      "install util-linux; to go on without it where it can't be enforced, write `openFiles: {value: 9, try: true}`",
    );
  });

  it("stop nothing when all of them say try", () => {
    const { value, told } = settle("limits: {core: {value: 0, try: true}}", { findPrlimit: () => undefined });
    expect(value).toBeUndefined();
    expect(told).toEqual([expect.stringContaining("warning[limit/not-enforced]")]);
  });
});

describe("limits of all processes together", () => {
  it("go where sbx can make a cgroup, those of one directory together", () => {
    const parents = { ...V1.parents, cpu: { version: 1, directory: "/cg/pids" } } as const;
    const { value, told } = settle("limits: {memory: 64M, tasks: 20, cpus: 1.5}", { cgroups: { ...V1, parents } });
    expect(told).toEqual([]);
    expect(value?.rlimits).toBeUndefined();
    expect(value?.cgroup).toMatchObject({
      kind: "directories",
      hierarchies: [
        { version: 1, parent: "/cg/memory", limits: [{ name: "memory", value: 64 * 1024 ** 2, text: "64M" }] },
        {
          version: 1,
          parent: "/cg/pids",
          limits: [
            { name: "tasks", value: 20 },
            { name: "cpus", value: 1.5 },
          ],
        },
      ],
    });
  });

  it("ask for their own controllers only", () => {
    const asked: (readonly string[])[] = [];
    const findCgroups: LimitSurroundings["findCgroups"] = (wanted) => {
      asked.push(wanted);
      return V1;
    };
    settle("limits: {tasks: 20, cpus: 1}", { findCgroups });
    settle("limits: {time: 1m, core: 0}", { findCgroups });
    expect(asked).toEqual([["pids", "cpu"]]);
  });

  it("are errors where they can't be enforced, warnings with try", () => {
    const reasons = { memory: "it is closed", pids: "it is shut" };
    const { value, told, problems } = settle("limits:\n  memory: 64M\n  tasks: {value: 20, try: true}\n", {
      cgroups: { ...NOWHERE, reasons },
    });
    expect(value).toBeUndefined();
    expect(told).toEqual([
      "2: error[limit/unavailable]: limits.memory can't be enforced here: it is closed",
      "3: warning[limit/not-enforced]: limits.tasks is not enforced: it is shut",
    ]);
    expect(problems[0]?.help).toBe(
      "to go on without it where it can't be enforced, write `memory: {value: 64M, try: true}`",
    );
  });

  it("go on with those that can be enforced when the others say try", () => {
    const { value, told } = settle("limits: {memory: {value: 64M, try: true}, tasks: 20}", {
      cgroups: { ...V1, parents: { pids: { version: 1, directory: "/cg/pids" } }, reasons: { memory: "closed" } },
    });
    expect(told).toEqual([expect.stringContaining("limits.memory is not enforced: closed")]);
    expect(value?.cgroup).toMatchObject({ hierarchies: [{ limits: [{ name: "tasks" }] }] });
  });

  it("go to systemd where sbx can't make what is needed", () => {
    const { value, told } = settle("limits: {memory: 64M, tasks: 20}", {
      cgroups: { ...NOWHERE, parents: { pids: { version: 2, directory: "/cg" } }, service: SYSTEMD },
    });
    expect(told).toEqual([]);
    expect(value?.cgroup).toMatchObject({
      kind: "systemd",
      busctl: "/usr/bin/busctl",
      bus: SYSTEMD.bus,
      mount: SYSTEMD.mount,
      limits: [{ name: "memory" }, { name: "tasks" }],
    });
  });

  it("stay with sbx where it can make all of it", () => {
    const findBusctl = () => expect.fail("nobody needs it");
    const { value } = settle("limits: {memory: 64M}", { cgroups: { ...V1, service: SYSTEMD }, findBusctl });
    expect(value?.cgroup?.kind).toBe("directories");
  });

  it("tell how systemd is made to hand a controller on", () => {
    const { told, problems } = settle("limits: {cpus: 2}", {
      cgroups: { ...NOWHERE, reasons: { cpu: "it is closed" }, service: SYSTEMD },
    });
    expect(told).toEqual([expect.stringContaining("it is closed, and neither does systemd")]);
    expect(problems[0]?.help).toContain("sudo systemctl edit user@.service");
  });

  it("need busctl for that", () => {
    const { told } = settle("limits: {memory: 64M}", {
      cgroups: { ...NOWHERE, reasons: { memory: "it is closed" }, service: SYSTEMD },
      findBusctl: () => undefined,
    });
    expect(told).toEqual([expect.stringContaining("it is closed, and busctl, which asks systemd, was not found")]);
  });

  it("are not less than the kernel can do", () => {
    const { told } = settle("limits: {cpus: 0.0009}", { cgroups: V1 });
    expect(told).toEqual([expect.stringContaining("limits.cpus can't be enforced here: the least that")]);
    expect(settle("limits: {cpus: 0.001}", { cgroups: V1 }).told).toEqual([]);
  });
});

describe("a command that can lift its limits", () => {
  const all = "limits: {openFiles: 9, memory: 64M}\n";
  const liftable = (profile: string, uid: number) =>
    settle(all + profile, { uid, cgroups: V1 }).told.map((text) => text.slice(3));
  const resource = "warning[limit/liftable]: with CAP_SYS_RESOURCE the command can lift limits.openFiles itself";
  const admin = "warning[limit/liftable]: with CAP_SYS_ADMIN the command can lift limits.memory itself";

  it.each([
    [
      "as root with all of its capabilities",
      "namespaces: {user: false, nested: true}\ncapabilities: keep",
      0,
      [resource, admin],
    ],
    ["as root in a user namespace", "namespaces: {user: true}\ncapabilities: keep", 0, [admin]],
    ["as root without them", "namespaces: {user: false, nested: true}", 0, []],
    [
      "as root with neither of the two",
      "namespaces: {user: false, nested: true}\ncapabilities: {drop: [CAP_SYS_ADMIN, CAP_SYS_RESOURCE]}",
      0,
      [],
    ],
    ["as a user with what they have", "capabilities: keep", 1000, []],
    ["as a user who gets one", "capabilities: [CAP_SYS_ADMIN]", 1000, [admin]],
  ])("is told of: %s", (_, profile, uid, expected) => {
    expect(liftable(profile, uid)).toEqual(expected);
  });
});

it("has nothing to do for the time limit, or none", () => {
  const never = () => expect.fail("nobody needs it");
  for (const profile of ["limits: {time: 1m}", ""]) {
    expect(settle(profile, { findPrlimit: never, findCgroups: never, findBusctl: never })).toMatchObject({
      value: undefined,
      problems: [],
    });
  }
});
