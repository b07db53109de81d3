import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scorePage } from "../../scripts/generate/score.ts";
import { ITEMS, RATINGS, type Score, scorePlan } from "../../src/score/index.ts";
import { planOf } from "../compile/case.ts";
import type { FakeMachine } from "../support/fake-host.ts";
import { ROOT } from "../support/sbx.ts";
import { MACHINE } from "./side.ts";

const SOCKETS: FakeMachine = {
  ...MACHINE,
  files: {
    ...MACHINE.files,
    "/run/docker.sock": { type: "socket" },
    "/srv/own.sock": { type: "socket" },
    "/proc/net/unix": "Num RefCount Protocol Flags Type St Inode Path\n0: 2 0 10000 1 1 9 /srv/own.sock\n",
    "/home/u/proj/.git/config": "",
    "/home/u/proj/.git/HEAD": "",
    "/home/u/proj/.git/hooks/": {},
    "/home/u/bin/": {},
    "/dev/sda": { type: "block" },
  },
  env: { ...MACHINE.env, PATH: "/usr/bin:/home/u/bin" },
};

function score(profile: string, machine: FakeMachine = SOCKETS): Score {
  const { plan, host, problems } = planOf({ ".sandbox.yml": `version: 1\n${profile}` }, machine);
  if (plan === undefined) throw new Error(JSON.stringify(problems, undefined, 1));
  return scorePlan(plan, host);
}

const exposure = (profile: string, id: string, machine?: FakeMachine) =>
  score(profile, machine).items.find((item) => item.id === id)?.exposure;

/** Each: an item, what leaves it closed, and what opens it so far. */
const ROWS: readonly (readonly [string, string, string, number])[] = [
  ["host/write", "mounts: {/srv: ro, .: {access: cow}}", "mounts: {.: rw}", 0.2],
  ["host/write", "mounts: {/srv: ro}", "mounts: {/srv: rw}", 0.5],
  ["host/write", "mounts: {/usr: ro}", "mounts: {/usr/local: rw}", 1],
  ["host/write", 'mounts: {"~": ro}', 'mounts: {"~": rw}', 1],
  ["host/later", 'mounts: {"~": ro}', 'mounts: {"~": rw}', 1],
  ["host/later", "mounts: {.: rw}\ngit: ro", "mounts: {~/bin: rw}", 1],
  ["host/read", "mounts: {/usr: ro}", "mounts: {/etc: ro}", 0.3],
  ["host/read", "mounts: {/usr: ro}", "root: host", 1],
  ["host/credentials", 'mounts: {"~": ro}\nmask: [~/.ssh]\ntmpfs: ["${HOME}/.config"]', "mounts: {~/.ssh: ro}", 1],
  ["host/sockets", "mounts: {/usr: ro}", "mounts: {/srv: ro}", 0.5],
  ["host/sockets", "mounts: {/srv/data: ro}", "mounts: {/run: ro}", 1],
  ["network", "network: none", "network: host", 1],
  ["capabilities", "capabilities: none", "capabilities: [CAP_CHOWN]", 0.25],
  ["capabilities", "capabilities: keep", "capabilities: [CAP_SYS_ADMIN]", 0.5],
  ["devices", "devices: full", "devices: [/dev/fuse]", 0.5],
  ["devices", "devices: minimal", "devices: [/dev/sda]", 1],
  ["namespaces/user", "", "namespaces: {user: try, nested: true}", 0.5],
  ["namespaces/user", "", "namespaces: {user: false, nested: true}", 1],
  ["namespaces/pid", "", "namespaces: {pid: false}\nproc: false", 1],
  ["namespaces/ipc", "", "namespaces: {ipc: false}", 1],
  ["namespaces/uts", "", "namespaces: {uts: false}", 1],
  ["namespaces/cgroup", "namespaces: {cgroup: true}", "", 0.5],
  ["namespaces/nested", "", "namespaces: {nested: true}", 1],
  ["environment/passed", "env: {set: {TERM: dumb}}", "env: {pass: [TERM]}", 0.02],
  ["environment/passed", "", "env: {pass: [API_TOKEN]}", 1],
  ["environment/loaders", "env: {set: {CI: 1}}", "env: {set: {LD_PRELOAD: /x}}", 1],
  ["terminal", "process: {session: pty}", "process: {session: keep}", 1],
  ["descriptors", "", "process: {passFds: [7]}", 1],
  ["outlives", "", "process: {dieWithParent: false}", 1],
  [
    "limits",
    "limits: {time: 1m, memory: 1G, tasks: 9}",
    "limits: {time: 1m, memory: {value: 1G, try: true}, tasks: 9}",
    0.17,
  ],
  ["limits", "limits: {time: 1m, memory: 1G, tasks: 9}", "", 1],
  ["services", "", "apis: {m: {command: [/bin/serve], at: /m}}", 1],
];

describe("the risk score", () => {
  it.each(ROWS)("%s: closed with %j, open with %j", (id, closed, open, much) => {
    const isMask = id === "host/credentials";
    if (!isMask) expect(exposure(closed, id)).toBe(0);
    expect(exposure(open, id)).toBe(much);
  });

  it("does not count what is masked", () => {
    const all = 'mounts: {"~": ro}';
    expect(score(all).items.find(({ id }) => id === "host/credentials")?.found).toMatch(/^\/home\/u\/.ssh, /);
    expect(exposure("mounts: {~/.ssh: ro}\nmask: []", "host/credentials")).toBe(1);
    expect(exposure("mounts: {/home/u/proj: ro}\nmask: [~/.ssh]", "host/credentials")).toBe(0);
    const named = score(`${all}\nmask: [~/.ssh]`).items.find(({ id }) => id === "host/credentials")?.found;
    expect(named).not.toContain(".ssh");
  });

  it("has a row for every item", () => {
    expect([...new Set(ROWS.map(([id]) => id))].sort()).toEqual(ITEMS.map(({ id }) => id).sort());
  });

  it("has weights that come to ten, so that the points add up to the score", () => {
    expect(ITEMS.reduce((sum, { weight }) => sum + Math.round(weight * 100), 0)).toBe(1000);
    const { score: whole, items } = score("mounts: {.: rw}\nnetwork: host");
    const sum = items.reduce((total, { points }) => total + points, 0);
    expect(whole).toBeGreaterThanOrEqual(Math.round(sum * 100) / 100);
    expect(whole - sum).toBeLessThan(0.1);
  });

  it.each([
    ['mounts: {"~": rw}', 8],
    ["mounts: {/run: ro}", 9],
    ["devices: [/dev/sda]", 8],
    ["process: {session: keep}", 5],
  ])("is no less than its worst part: %s", (profile, least) => {
    expect(score(profile).score).toBeGreaterThanOrEqual(least);
    expect(score("").score).toBeLessThan(1);
  });

  it("is 9 at least for real root's capabilities", () => {
    const root = { ...MACHINE, uid: 0, gid: 0 };
    expect(score("capabilities: keep\nnamespaces: {user: false, nested: true}", root).score).toBeGreaterThanOrEqual(9);
    expect(score("capabilities: keep", root).score).toBeLessThan(2);
  });

  it("never falls when something more is let in", () => {
    const more = [
      "mounts: {.: rw}",
      "network: host",
      "env: {pass: [API_TOKEN]}",
      "devices: [/dev/fuse]",
      "capabilities: keep",
    ];
    fc.assert(
      fc.property(fc.subarray(more), fc.constantFrom(...more), (some, another) => {
        const whole = (parts: readonly string[]) => score([...new Set(parts)].join("\n")).score;
        expect(whole([...some, another])).toBeGreaterThanOrEqual(whole(some));
      }),
      { numRuns: 30 },
    );
  });

  it("names the lines that open an item", () => {
    const network = score("network: host").items.find(({ id }) => id === "network");
    expect(network?.origins).toMatchObject([{ file: "/home/u/proj/.sandbox.yml", line: 2, column: 1 }]);
  });

  it("has a name for every number", () => {
    expect(RATINGS.at(-1)?.upTo).toBe(10);
    expect(RATINGS.map(({ upTo }) => upTo)).toEqual(RATINGS.map(({ upTo }) => upTo).toSorted((a, b) => a - b));
  });

  it("is described as it is", () => {
    expect(readFileSync(join(ROOT, "docs/score.md"), "utf8")).toBe(scorePage());
  });
});
