import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Job } from "../../src/execute/job.ts";
import { applyRlimits } from "../../src/execute/limits/index.ts";
import { findCgroups } from "../../src/host/cgroups.ts";
import type { CgroupLimit, Limit, Rlimit, SettledLimits } from "../../src/model/limits.ts";
import type { Plan } from "../../src/model/plan.gen.ts";
import type { Problem } from "../../src/model/problem.ts";
import { settleLimits } from "../../src/preflight/limits.ts";
import { type Runner, runners } from "../support/bwraps.ts";
import { createHarness, type Harness, type JobChange, jobOf, processesWith, type RunningJob } from "./harness.ts";

const ORDINARY = 4242;
const isRoot = process.getuid?.() === 0;
const M = 1024 ** 2;
const AT = { file: "/p/.sandbox.yml", line: 7, column: 3 };

let harness: Harness;
beforeAll(() => {
  harness = createHarness();
});
afterAll(() => harness.remove());

let marks = 0;
const marked: string[] = [];
/** A word that stands on the command line of everything in one sandbox, and nowhere else. */
function freshMark(): string {
  const mark = `limited-${process.pid}-${marks++}`;
  marked.push(mark);
  return mark;
}
afterEach(() => {
  for (const pid of marked.splice(0).flatMap(processesWith)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It went by itself.
    }
  }
});

/** The sandbox's shell; bwrap has the same words on its command line. */
const shellOf = (mark: string): number | undefined =>
  processesWith(mark).find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sh\0"));

function limit<Name extends string>(name: Name, value: number, more: Partial<Limit<Name>> = {}): Limit<Name> {
  return { name, value, text: `${value}`, more: `${value * 2}`, try: false, origin: AT, ...more };
}

const rlimits = (limits: readonly Rlimit[], prlimit = "/usr/bin/prlimit"): SettledLimits => ({
  rlimits: { prlimit, limits },
});

/** A job with limits; the gate waits for a mount that only the finished sandbox has. */
function limited(bwrap: string, command: readonly string[], limits: SettledLimits, change: JobChange = {}): Job {
  const expected = [{ at: "/dev/null", identity: undefined, hidden: undefined }];
  return { ...jobOf(bwrap, command, change), expected, limits };
}

const messages = (problems: readonly Problem[]): string[] => problems.map(({ message }) => message);

describe.each(runners())("limits of each process: $bwrap, as $user", ({ bwrap, user }) => {
  const ALL = 'for which in S H; do for what in n c f t; do ulimit -$which$what; done; done | tr "\\n" " "';

  it("are what the command sees, not what bwrap has", async () => {
    const limits = [limit("openFiles", 64), limit("core", 512), limit("fileSize", 2 * M), limit("cpuTime", 7100)];
    const { stdout, outcome } = await harness.run(user, limited(bwrap, ["sh", "-c", ALL], rlimits(limits as Rlimit[])));
    // Blocks of 512 bytes; seconds, rounded up, and one more to end what passes SIGXCPU over.
    expect(stdout.trim()).toBe("64 1 4096 8 64 1 4096 9");
    expect(outcome).toMatchObject({ ended: "exit", problems: [], limitsHit: [] });
  });

  it("are the caller's own when nothing is said", async () => {
    const plain = await harness.run(user, jobOf(bwrap, ["sh", "-c", ALL]));
    const one = limited(bwrap, ["sh", "-c", ALL], rlimits([limit("openFiles", 64)]));
    const words = (await harness.run(user, one)).stdout.trim().split(" ");
    const expected = plain.stdout.trim().split(" ").with(0, "64").with(4, "64");
    expect(words).toEqual(expected);
    expect(plain.stdout).not.toMatch(/^64 /);
  });

  it("keep a process from opening more files", async () => {
    const count = 'my @all; while (open my $one, "<", "/dev/null") { push @all, $one } print 3 + @all';
    const opened = async (most: number) =>
      (await harness.run(user, limited(bwrap, ["perl", "-e", count], rlimits([limit("openFiles", most)])))).stdout;
    expect(await opened(20)).toBe("20");
    expect(await opened(40)).toBe("40");
  });

  it("keep a process from writing more to a file, and say so", async () => {
    const write = (bytes: number) =>
      limited(bwrap, ["sh", "-c", `exec head -c ${bytes} /dev/zero > /dev/shm/file`], rlimits([limit("fileSize", M)]));
    const fits = await harness.run(user, write(M));
    expect(fits.outcome).toMatchObject({ ended: "exit", exitCode: 0, problems: [] });
    const more = await harness.run(user, write(M + 1));
    expect(more.code).toBe(153);
    expect(more.outcome).toMatchObject({ limitsHit: ["fileSize"], problems: [{ rule: "limit/struck", ...AT }] });
    expect(messages(more.outcome.problems)).toEqual([
      `limits.fileSize: ${M} was reached: the kernel ended the command, which wrote more to one file (SIGXFSZ)`,
    ]);
  });

  it("keep a process from running on, and say so", async () => {
    const { code, outcome } = await harness.run(
      user,
      limited(bwrap, ["sh", "-c", "while :; do :; done"], rlimits([limit("cpuTime", 200, { text: "200ms" })])),
    );
    expect(code).toBe(152);
    expect(outcome.limitsHit).toEqual(["cpuTime"]);
    expect(messages(outcome.problems)).toEqual([
      "limits.cpuTime: 200ms was reached: the kernel ended the command (SIGXCPU)",
    ]);
  });

  it("are of no interest when the command ends otherwise", async () => {
    const job = limited(bwrap, ["sh", "-c", "exit 153"], rlimits([limit("cpuTime", 60_000)]));
    expect((await harness.run(user, job)).outcome).toMatchObject({ exitCode: 153, limitsHit: [], problems: [] });
  });

  it.each([
    ["fails", "/bin/false"],
    ["lies", "/bin/true"],
    ["is not there", "/nowhere/prlimit"],
  ])("stop the run before the command when prlimit %s", async (_, prlimit) => {
    const refused = await harness.run(
      user,
      limited(bwrap, ["echo", "ran"], rlimits([limit("openFiles", 64, { text: "64" })], prlimit)),
    );
    expect(refused.stdout).toBe("");
    expect(refused.code).toBe(125);
    expect(refused.outcome).toMatchObject({
      ended: "never-ran",
      problems: [{ rule: "limit/not-set", severity: "error", ...AT }],
    });
    const tried = await harness.run(
      user,
      limited(bwrap, ["echo", "ran"], rlimits([limit("openFiles", 64, { try: true })], prlimit)),
    );
    expect(tried.stdout).toBe("ran\n");
    expect(tried.code).toBe(0);
  });
});

describe("a limit that the machine has set lower", () => {
  it("holds as it is", async () => {
    const child = spawn("prlimit", ["--nofile=50:60", "--", "sh", "-c", "echo here; exec sleep 1000"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      await once(child.stdout, "data");
      const apply = (value: number) => applyRlimits(rlimits([limit("openFiles", value)]), child.pid ?? 0);
      const found = () => /^Max open files +(\S+) +(\S+)/m.exec(readFileSync(`/proc/${child.pid}/limits`, "utf8"));
      expect(apply(100)).toBeUndefined();
      expect(found()?.slice(1)).toEqual(["60", "60"]);
      expect(apply(40)).toBeUndefined();
      expect(found()?.slice(1)).toEqual(["40", "40"]);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("is told of when it can't be set and may be left out", () => {
    const warnings: Problem[] = [];
    const settled = rlimits([limit("openFiles", 5, { try: true })], "/bin/false");
    expect(applyRlimits(settled, process.pid, (problem) => warnings.push(problem))).toBeUndefined();
    expect(warnings).toMatchObject([{ rule: "limit/left-out", severity: "warning", ...AT }]);
  });
});

type Wish = { readonly [Name in CgroupLimit["name"]]?: number };

/** How limits are enforced here for root, or for whoever runs the tests; a reason where they can't be. */
function settle(wish: Wish): SettledLimits | string {
  const entries = Object.entries(wish).map(([name, value]) => [name, { value, try: false, origin: AT }]);
  const plan = {
    limits: Object.fromEntries(entries),
    capabilities: { value: { base: "none", add: [], drop: [] } },
    namespaces: { user: { value: true } },
  } as unknown as Plan;
  const uid = process.getuid?.() ?? 0;
  const { value, problems } = settleLimits(plan, {
    uid,
    findPrlimit: () => undefined,
    findBusctl: () => (existsSync("/usr/bin/busctl") ? "/usr/bin/busctl" : undefined),
    findCgroups: (wanted) => findCgroups(wanted, { uid, env: process.env }),
  });
  return value ?? messages(problems).join("; ");
}

const given: string[] = [];
afterAll(() => {
  for (const directory of given) rmdirSync(directory);
});

/** The same for an ordinary user whom root has given cgroups of their own. */
function settleOrdinary(wish: Wish): SettledLimits | string {
  const settled = settle(wish);
  if (typeof settled === "string" || !isRoot) return settled;
  const { cgroup } = settled;
  if (cgroup?.kind !== "directories" || cgroup.hierarchies.some(({ version }) => version === 2)) {
    return "in cgroup version 2 root can't give an ordinary user a part without moving this process there";
  }
  const hierarchies = cgroup.hierarchies.map((hierarchy) => {
    const parent = join(hierarchy.parent, `sbx-test-${process.pid}`);
    if (!existsSync(parent)) {
      mkdirSync(parent);
      given.push(parent);
      chownSync(parent, ORDINARY, ORDINARY);
    }
    return { ...hierarchy, parent };
  });
  return { cgroup: { kind: "directories", hierarchies } };
}

const settleFor = (user: Runner["user"], wish: Wish): SettledLimits => {
  const settled = user === "root" ? settle(wish) : settleOrdinary(wish);
  if (typeof settled === "string") throw new Error(settled);
  return settled;
};

/** A reason why limits of all processes together can't be tried as this user. */
function whyNot(user: Runner["user"]): string | undefined {
  const settled = (user === "root" ? settle : settleOrdinary)({ memory: 32 * M, tasks: 20, cpus: 0.5 });
  return typeof settled === "string" ? settled : undefined;
}

for (const { bwrap, user } of runners()) {
  const reason = whyNot(user);
  if (reason !== undefined) console.warn(`SKIPPED: limits of cgroups, ${bwrap}, as ${user}: ${reason}`);
  describe.skipIf(reason !== undefined)(`limits of all processes together: ${bwrap}, as ${user}`, () => {
    const NOTHING_LEFT = { cleanup: [] };
    const run = (wish: Wish, command: readonly string[], change: JobChange = {}) =>
      harness.run(user, limited(bwrap, command, settleFor(user, wish), change));

    /** Where the limits of a controller stand for the sandbox with this mark. */
    const directoryOf = (mark: string, controller: string): string => {
      const pid = shellOf(mark);
      const cgroups = readFileSync(`/proc/${pid}/cgroup`, "utf8").split("\n");
      const path = (cgroups.find((each) => each.split(":")[1]?.split(",").includes(controller)) ??
        cgroups.find((each) => each.startsWith("0::")) ??
        "") as string;
      const { cgroup } = settleFor(user, { memory: M, tasks: 1, cpus: 1 });
      if (cgroup?.kind === "systemd") return `${cgroup.mount}${path.split(":")[2]}`;
      const name = { memory: "memory", pids: "tasks", cpu: "cpus" }[controller];
      const parent = cgroup?.hierarchies.find(({ limits }) => limits.some((each) => each.name === name))?.parent;
      const own = path.split("/").find((step) => /^sbx-(?!test)/.test(step));
      return join(parent ?? "", own ?? "no cgroup of its own");
    };
    const start = async (
      wish: Wish,
      script: string,
      change: JobChange = {},
    ): Promise<RunningJob & { mark: string }> => {
      const mark = freshMark();
      const command = ["sh", "-c", `echo ready; ${script}; : ${mark}`];
      const job = harness.start(user, limited(bwrap, command, settleFor(user, wish), change));
      await job.said("ready");
      return { ...job, mark };
    };
    const stopped = async (job: RunningJob) => {
      job.child.kill("SIGTERM");
      return (await job.finished).outcome;
    };

    it("memory: the kernel ends what takes too much, and nothing outside of the sandbox", async () => {
      const { code, outcome } = await run({ memory: 32 * M }, ["tail", "/dev/zero"]);
      expect(code).toBe(137);
      expect(outcome).toMatchObject({
        ended: "out-of-memory",
        exitCode: 137,
        limitsHit: ["memory"],
        problems: [{ rule: "limit/struck", severity: "warning", ...AT, help: "to allow more, write `memory: 64M`" }],
        ...NOTHING_LEFT,
      });
      expect(messages(outcome.problems)).toEqual([
        "limits.memory: 32M was reached: the kernel ended a process of the sandbox",
      ]);
    });

    it("memory: what takes less is left alone", async () => {
      const { outcome } = await run({ memory: 32 * M }, ["sh", "-c", "head -c 8M /dev/zero | tail >/dev/null"]);
      expect(outcome).toMatchObject({ ended: "exit", exitCode: 0, limitsHit: [], problems: [], ...NOTHING_LEFT });
    });

    it("memory: the rest of the sandbox goes on", async () => {
      const { stdout, outcome } = await run({ memory: 32 * M }, ["sh", "-c", "tail /dev/zero; echo after $?"]);
      expect(stdout).toBe("after 137\n");
      expect(outcome).toMatchObject({ ended: "exit", exitCode: 0, limitsHit: ["memory"], ...NOTHING_LEFT });
    });

    it("memory: files of a tmpfs count", async () => {
      const fill = (size: number) => ["dd", "if=/dev/zero", "of=/tmp/full", "bs=1M", `count=${size}`];
      const args = ["--tmpfs", "/tmp"];
      expect((await run({ memory: 32 * M }, fill(8), { args })).outcome).toMatchObject({ exitCode: 0, limitsHit: [] });
      const { outcome } = await run({ memory: 32 * M }, fill(200), { args });
      expect(outcome).toMatchObject({ ended: "out-of-memory", exitCode: 137, limitsHit: ["memory"], ...NOTHING_LEFT });
    });

    it("memory: swap does not add to it", async () => {
      const job = await start({ memory: 32 * M }, "sleep 1000");
      const at = directoryOf(job.mark, "memory");
      const files = ["memory.memsw.limit_in_bytes", "memory.swap.max", "memory.swappiness"]
        .map((name) => join(at, name))
        .filter(existsSync);
      const [total] = files.map((file) => readFileSync(file, "utf8").trim());
      if (files.length === 0) console.warn("SKIPPED: no limit of swap: this kernel does not count it");
      else expect(["0", `${32 * M}`]).toContain(total);
      await stopped(job);
    });

    it("tasks: a fork fails when there are enough, and it is said", async () => {
      const script = "i=0; while [ $i -lt 40 ]; do sleep 1000 & i=$((i+1)); echo $i; done; echo all";
      const { stdout, stderr, outcome } = await run({ tasks: 20 }, ["sh", "-c", script]);
      // bwrap's first process and the shell are among the twenty.
      expect(stdout.trim().split("\n").at(-1)).toBe("18");
      expect(stderr).toMatch(/fork/i);
      expect(outcome).toMatchObject({ ended: "exit", limitsHit: ["tasks"], ...NOTHING_LEFT });
      expect(messages(outcome.problems)).toEqual([
        "limits.tasks: 20 was reached: a process of the sandbox could not start another one",
      ]);
      const enough = await run({ tasks: 60 }, ["sh", "-c", script]);
      expect(enough.stdout.trim().split("\n").at(-1)).toBe("all");
      expect(enough.outcome).toMatchObject({ limitsHit: [], problems: [] });
    });

    it("tasks: a fork bomb stays in its box, and all of it goes", async () => {
      const mark = freshMark();
      // The shell that is waited for starts no process once it is said to be ready.
      const bomb = `bomb() { bomb "$@" | bomb "$@" & }; (bomb) 2>/dev/null & echo ready; while :; do wait; done; : ${mark}`;
      const job = harness.start(user, limited(bwrap, ["sh", "-c", bomb], settleFor(user, { tasks: 20 })));
      await job.said("ready");
      const at = directoryOf(mark, "pids");
      const failed = () =>
        ["sandbox/pids.events", "pids.events"].some((name) => {
          const file = join(at, name);
          return existsSync(file) && /^max [1-9]/m.test(readFileSync(file, "utf8"));
        });
      while (!failed()) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(Number(readFileSync(join(at, "pids.current"), "utf8"))).toBeLessThanOrEqual(20);
      // The machine still starts programs.
      const [code] = await once(spawn("true"), "exit");
      expect(code).toBe(0);
      const outcome = await stopped(job);
      expect(outcome).toMatchObject({ ended: "signal", limitsHit: ["tasks"], ...NOTHING_LEFT });
      expect(processesWith(mark)).toEqual([]);
      expect(existsSync(at)).toBe(false);
    });

    it("cpus: what takes more is held back", async () => {
      const job = await start({ cpus: 0.5 }, "while :; do :; done");
      const at = directoryOf(job.mark, "cpu");
      const throttled = () => Number(/^nr_throttled (\d+)/m.exec(readFileSync(join(at, "cpu.stat"), "utf8"))?.[1]);
      while (throttled() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const share = existsSync(join(at, "cpu.max"))
        ? readFileSync(join(at, "cpu.max"), "utf8").trim()
        : ["quota", "period"].map((name) => readFileSync(join(at, `cpu.cfs_${name}_us`), "utf8").trim()).join(" ");
      expect(share).toBe("50000 100000");
      expect(await stopped(job)).toMatchObject({ ended: "signal", limitsHit: [], problems: [], ...NOTHING_LEFT });
    });

    it("all at once, and nothing of it is left", async () => {
      const job = await start({ memory: 64 * M, tasks: 30, cpus: 1 }, "sleep 1000");
      const places = ["memory", "pids", "cpu"].map((controller) => directoryOf(job.mark, controller));
      expect(places.map(existsSync)).toEqual([true, true, true]);
      expect(await stopped(job)).toMatchObject({ ended: "signal", problems: [], ...NOTHING_LEFT });
      const gone = () => places.every((place) => !existsSync(place));
      // systemd takes away on its own what it made.
      while (!gone()) await new Promise((resolve) => setTimeout(resolve, 5));
    });

    it("bwrap itself stays outside", async () => {
      const job = await start({ memory: 64 * M, tasks: 30 }, "sleep 1000");
      const inside = (pid: number | undefined) => /sbx-(?!test)/.test(readFileSync(`/proc/${pid}/cgroup`, "utf8"));
      expect(inside(shellOf(job.mark))).toBe(true);
      expect(inside(job.child.pid)).toBe(false);
      const [monitor] = childrenOf(job.child.pid);
      expect(inside(monitor)).toBe(false);
      await stopped(job);
    });

    it("a writable view of the machine's cgroups is refused, a read-only one is not", async () => {
      const echo = ["echo", "ran"];
      const refused = await run({ tasks: 20 }, echo, { args: ["--bind", "/sys", "/sys"] });
      expect(refused.stdout).toBe("");
      expect(refused.code).toBe(125);
      expect(refused.outcome).toMatchObject({ ended: "never-ran", ...NOTHING_LEFT });
      expect(messages(refused.outcome.problems)).toEqual([
        expect.stringMatching(
          /can't set limits.tasks to 20: the command could write to the machine's cgroups at \/sys/,
        ),
      ]);
      expect(refused.outcome.problems[0]?.help).toBe("show it read-only: `mounts: {/sys/fs/cgroup: ro}`");
      const covered = ["--bind", "/sys", "/sys", "--ro-bind", "/sys/fs/cgroup", "/sys/fs/cgroup"];
      expect((await run({ tasks: 20 }, echo, { args: covered })).stdout).toBe("ran\n");
    });

    it("a sandbox that may nest can't lift them from a cgroup namespace of its own", async () => {
      const attack = `
        mount -t cgroup -o memory none /tmp 2>/dev/null || mount -t cgroup2 none /tmp || exit 9
        for file in memory.limit_in_bytes memory.max; do
          if [ -e /tmp/$file ]; then echo wrote; echo -1 >/tmp/$file || echo max >/tmp/$file; fi
        done
        echo $$ >/tmp/../cgroup.procs
        tail /dev/zero; echo after $?`;
      const nest = ["unshare", "--user", "--map-root-user", "--mount", "--cgroup", "sh", "-c", attack];
      const { stdout, stderr } = await run({ memory: 32 * M }, nest, { args: ["--tmpfs", "/tmp"] });
      expect(stderr).not.toContain("unshare");
      expect(stdout).toMatch(/after 137\n$/);
    });
  });
}

const reasonV1 = v1Reason();
if (reasonV1 !== undefined) console.warn(`SKIPPED: a processor limit below another one: ${reasonV1}`);

describe.skipIf(reasonV1 !== undefined)("version 1, below a stricter limit of processors", () => {
  const [runner] = runners();
  it.each([
    ["is refused by the kernel and holds all the same", 2, "-1", true],
    ["is set when it is stricter still", 0.1, "10000", true],
  ])("a looser one %s", async (_, cpus, quota) => {
    const settled = settleFor("root", { cpus });
    if (settled.cgroup?.kind !== "directories") throw new Error("not version 1");
    const parent = join(settled.cgroup.hierarchies[0]?.parent ?? "", `sbx-test-cpu-${process.pid}`);
    mkdirSync(parent);
    try {
      writeFileSync(join(parent, "cpu.cfs_quota_us"), "20000");
      const hierarchies = settled.cgroup.hierarchies.map((each) => ({ ...each, parent }));
      const limits = { cgroup: { kind: "directories", hierarchies } } as const;
      const job = harness.start("root", limited(runner?.bwrap ?? "", ["sh", "-c", "echo ready; sleep 1000"], limits));
      await job.said("ready");
      const [own = ""] = readdirSync(parent).filter((name) => name.startsWith("sbx-"));
      expect(readFileSync(join(parent, own, "cpu.cfs_quota_us"), "utf8").trim()).toBe(quota);
      job.child.kill("SIGTERM");
      expect((await job.finished).outcome).toMatchObject({ ended: "signal", problems: [], cleanup: [] });
    } finally {
      rmdirSync(parent);
    }
  });
});

function v1Reason(): string | undefined {
  if (!isRoot) return "root alone may make one";
  const settled = settle({ cpus: 1 });
  if (typeof settled === "string") return settled;
  const isV1 = settled.cgroup?.kind === "directories" && settled.cgroup.hierarchies[0]?.version === 1;
  return isV1 ? undefined : "the controller cpu is not one of version 1 here";
}

const childrenOf = (pid: number | undefined): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
