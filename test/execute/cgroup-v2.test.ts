import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cgroup, makeCgroup, struck } from "../../src/execute/limits/index.ts";
import { scopeOf } from "../../src/execute/limits/scope.ts";
import type { CgroupLimit, SettledLimits } from "../../src/model/limits.ts";
import type { Problem } from "../../src/model/problem.ts";
import { bwraps } from "../support/bwraps.ts";

// What version 2 gets written, against plain files: few machines that run tests let anybody make such a cgroup.

const AT = { file: "/p/.sandbox.yml", line: 7, column: 3 };
const M = 1024 ** 2;

function limit(name: CgroupLimit["name"], value: number, more: Partial<CgroupLimit> = {}): CgroupLimit {
  return { name, value, text: `${value}`, more: `${value * 2}`, try: false, origin: AT, ...more };
}

let here: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  here = mkdtempSync(join(tmpdir(), "sbx-cgroup-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
  rmSync(here, { recursive: true });
});

/** The first process of a sandbox without a view of the machine's cgroups that could be written. */
async function sandboxed(): Promise<number> {
  const options = ["--unshare-pid", "--die-with-parent", "--ro-bind", "/", "/", "--json-status-fd", "3"];
  const child = spawn(bwraps()[0] ?? "", [...options, "sh", "-c", "echo ready; exec sleep 1000"], {
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  children.push(child);
  const [status] = await once(child.stdio[3] ?? child, "data");
  await once(child.stdout ?? child, "data");
  return Number(/"child-pid": *(\d+)/.exec(String(status))?.[1]);
}

const FILES = ["memory.max", "memory.swap.max", "pids.max", "cpu.max"];

const FILES_V1 = ["memory.limit_in_bytes", "pids.max", "cpu.cfs_period_us", "cpu.cfs_quota_us"];

/** A journal whose notes can be read, and which puts the kernel's files into what was made. */
function journal(files: readonly string[] = FILES) {
  const notes: string[] = [];
  let names = 0;
  return {
    notes,
    freshName: () => `sbx-${++names}`,
    intend({ kind, path, type, spot }: { kind: string; path: string; type: string; spot: object }) {
      notes.push(`${kind} ${type} ${existsSync(path) ? "late" : "early"} ${spot === AT ? "spot" : ""}`.trim());
      return {
        made: ({ ino }: { ino: bigint }) => {
          notes.push(ino > 0n ? "made" : "?");
          for (const file of files) writeFileSync(join(path, file), "");
        },
        dropped: () => void notes.push("dropped"),
      };
    },
  };
}

const directories = (limits: readonly CgroupLimit[], parent = here): SettledLimits => ({
  cgroup: { kind: "directories", hierarchies: [{ version: 2, parent, limits }] },
});

function made(found: Cgroup | Problem | undefined): Cgroup {
  if (found === undefined || "rule" in found) throw new Error(JSON.stringify(found));
  return found;
}

const read = (path: string): string => readFileSync(join(here, path), "utf8");

describe("a cgroup of version 2", () => {
  it("gets its limits before anything else, on record before it is made", () => {
    const notes = journal();
    made(makeCgroup(directories([limit("memory", 64 * M), limit("tasks", 20), limit("cpus", 1.5)]), notes));
    expect(notes.notes).toEqual(["remove-cgroup directory early spot", "made"]);
    expect(FILES.map((file) => [file, read(`sbx-1/${file}`)])).toEqual([
      ["memory.max", `${64 * M}`],
      ["memory.swap.max", "0"],
      ["pids.max", "20"],
      ["cpu.max", "150000 100000"],
    ]);
    expect(existsSync(join(here, "sbx-1/sandbox"))).toBe(true);
  });

  it.each([
    [0.5, "50000 100000"],
    [0.01, "1000 100000"],
    [0.009, "9000 1000000"],
    [0.001, "1000 1000000"],
    [16, "1600000 100000"],
  ])("gives %d processors as a share that the kernel takes", (cpus, text) => {
    made(makeCgroup(directories([limit("cpus", cpus)]), journal()));
    expect(read("sbx-1/cpu.max")).toBe(text);
  });

  it("takes the process in further in, out of reach of its own limits", async () => {
    const pid = await sandboxed();
    expect(made(makeCgroup(directories([limit("tasks", 20)]), journal())).enter(pid)).toBeUndefined();
    expect(read("sbx-1/sandbox/cgroup.procs")).toBe(`${pid}`);
    expect(readdirSync(join(here, "sbx-1"))).not.toContain("cgroup.procs");
  });

  it("is told of when the process is gone", () => {
    const gone = made(makeCgroup(directories([limit("tasks", 20)]), journal())).enter(2 ** 22 + 1);
    expect(gone).toMatchObject({ rule: "limit/not-set", ...AT });
  });

  it("is refused when the kernel does not take the limit", () => {
    const found = makeCgroup(directories([limit("tasks", 20, { text: "20" })]), journal(["memory.max"]));
    expect(found).toMatchObject({
      rule: "limit/not-set",
      severity: "error",
      ...AT,
      message: `can't set limits.tasks to 20: ${here}/sbx-1/pids.max: no such file or directory`,
      help: "to go on without it where it can't be enforced, write `tasks: {value: 20, try: true}`",
    });
  });

  it("is refused when the file does not say what was written, or does not list the process", async () => {
    const lying = journal([]);
    const intend: typeof lying.intend = (step) => {
      const { made, dropped } = lying.intend(step);
      const link = (found: { ino: bigint }) => {
        made(found);
        symlinkSync("/dev/null", join(step.path, "pids.max"));
      };
      return { made: link, dropped };
    };
    expect(makeCgroup(directories([limit("tasks", 20)]), { ...lying, intend })).toMatchObject({
      message: expect.stringMatching(/pids.max says "" after 20 was written$/),
    });
    const cgroup = made(makeCgroup(directories([limit("tasks", 20)], join(here, "sbx-1")), journal()));
    symlinkSync("/dev/null", join(here, "sbx-1/sbx-1/sandbox/cgroup.procs"));
    expect(cgroup.enter(await sandboxed())?.message).toContain("does not list the sandbox's first process");
  });

  it("goes on without a limit that says try, and says so", () => {
    const warnings: Problem[] = [];
    const limits = [limit("tasks", 20, { try: true }), limit("memory", 64 * M)];
    made(makeCgroup(directories(limits), journal(["memory.max"]), (problem) => warnings.push(problem)));
    expect(warnings.map(({ rule }) => rule).filter((rule) => rule !== "limit/swap")).toEqual(["limit/left-out"]);
    expect(read("sbx-1/memory.max")).toBe(`${64 * M}`);
  });

  it("is not made where that is impossible", () => {
    const notes = journal();
    const nowhere = directories([limit("tasks", 20, { text: "20" })], join(here, "nowhere"));
    expect(makeCgroup(nowhere, notes)).toMatchObject({
      message: `can't set limits.tasks to 20: ${here}/nowhere/sbx-1: no such file or directory`,
    });
    expect(notes.notes).toEqual(["remove-cgroup directory early spot", "dropped"]);
    const tried = directories([limit("tasks", 20, { try: true })], join(here, "nowhere"));
    expect(makeCgroup(tried, journal())).toBeUndefined();
  });

  it("is not made when nothing needs it", () => {
    expect(makeCgroup({}, journal())).toBeUndefined();
  });

  describe("tells which limits were reached", () => {
    const tell = (files: Readonly<Record<string, string>>, version: 1 | 2 = 2) => {
      const wanted = [limit("memory", 64 * M), limit("tasks", 20), limit("cpus", 1)];
      const limits = {
        cgroup: { kind: "directories", hierarchies: [{ version, parent: here, limits: wanted }] },
      } as const;
      const cgroup = made(makeCgroup(limits, journal(version === 2 ? FILES : FILES_V1)));
      for (const [file, text] of Object.entries(files)) writeFileSync(join(here, "sbx-1", file), text);
      return struck(limits, cgroup, 0).map(({ limit }) => limit);
    };
    const EVENTS = "low 0\nhigh 0\nmax 9\n";

    it.each([
      ["nothing, without counters", {}, []],
      ["memory, when it ended a process", { "memory.events": `${EVENTS}oom 1\noom_kill 1\n` }, ["memory"]],
      ["not memory, when it was short for the machine", { "memory.events": `${EVENTS}oom 0\noom_kill 1\n` }, []],
      ["not memory, when nobody was ended", { "memory.events": `${EVENTS}oom 2\noom_kill 0\n` }, []],
      ["tasks, when a fork failed", { "pids.events": "max 3\n" }, ["tasks"]],
      ["tasks, when there were as many", { "pids.events": "max 3\n", "pids.peak": "20\n" }, ["tasks"]],
      ["not tasks, when a stricter limit was it", { "pids.events": "max 3\n", "pids.peak": "7\n" }, []],
      ["not tasks, when no fork failed", { "pids.events": "max 0\n", "pids.peak": "20\n" }, []],
    ])("%s", (_, files, expected) => {
      expect(tell(files)).toEqual(expected);
    });

    const FULL = `${64 * M - 4096}\n`;
    it.each([
      ["memory, when it ended a process", { "memory.max_usage_in_bytes": FULL }, 1, ["memory"]],
      ["not memory, when it was short for the machine", { "memory.max_usage_in_bytes": `${32 * M}` }, 1, []],
      ["not memory, when nobody was ended", { "memory.max_usage_in_bytes": FULL }, 0, []],
      ["tasks, when a fork failed", { "sandbox/pids.events": "max 1\n", "pids.peak": "20" }, 0, ["tasks"]],
      ["not tasks, when a stricter limit was it", { "sandbox/pids.events": "max 1\n", "pids.peak": "2" }, 0, []],
    ])("in version 1: %s", (_, files, kills, expected) => {
      const control = `oom_kill_disable 0\nunder_oom 0\noom_kill ${kills}\n`;
      expect(tell({ ...files, "sandbox/memory.oom_control": control }, 1)).toEqual(expected);
    });
  });
});

/** Where a tree of version 2 is mounted in which this process may make a cgroup, with controllers or without. */
function writableTree(): string | undefined {
  const mounted = /^\S+ \S+ \S+ \/ (\S+) .* - cgroup2 /m.exec(readFileSync("/proc/self/mountinfo", "utf8"))?.[1];
  try {
    accessSync(mounted ?? "", constants.W_OK);
    accessSync(join(mounted ?? "", "cgroup.procs"), constants.W_OK);
    return mounted;
  } catch {
    return undefined;
  }
}

const tree = writableTree();
if (tree === undefined) console.warn("SKIPPED: a scope of systemd: no cgroup of version 2 can be made by this user");

describe("systemd's busctl", () => {
  /** Stands in for systemd: notes how it was called, and does what is written. */
  function busctl(script: string): string {
    const file = join(here, "busctl");
    const note = `printf '%s\\n' "$@" >${here}/args; /usr/bin/env >${here}/env`;
    writeFileSync(file, `#!/bin/sh\n${note}\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  }
  const LIMITS = [limit("memory", 64 * M), limit("tasks", 20), limit("cpus", 0.5)];
  const service = (script: string, limits: readonly CgroupLimit[] = LIMITS) => ({
    busctl: busctl(script),
    bus: "/run/user/1000/my bus",
    mount: here,
    limits,
  });
  const never = () => expect.fail("nothing to warn of");
  const unitIn = (args: readonly string[]) => args.find((each) => each.endsWith(".scope")) ?? "";

  it("is asked for a scope around the process, and told nothing of the caller's environment", async () => {
    const pid = await sandboxed();
    scopeOf(service("exit 1"), never).enter(pid);
    const args = read("args").trim().split("\n");
    const unit = unitIn(args);
    expect(unit).toMatch(/^sbx-\d+-[a-z0-9]+\.scope$/);
    expect(args.join(" ")).toBe(
      "--address=unix:path=/run/user/1000/my%20bus --quiet call org.freedesktop.systemd1 /org/freedesktop/systemd1 " +
        `org.freedesktop.systemd1.Manager StartTransientUnit ssa(sv)a(sa(sv)) ${unit} fail 8 ` +
        `Description s sandbox of sbx PIDs au 1 ${pid} Delegate b true CollectMode s inactive-or-failed ` +
        `MemoryMax t ${64 * M} MemorySwapMax t 0 TasksMax t 20 CPUQuotaPerSecUSec t 500000 0`,
    );
    const variables = read("env").trim().split("\n");
    expect(variables.filter((line) => !/^(PWD|_|LC_ALL|OLDPWD|SHLVL|NODE_V8_COVERAGE)=/.test(line))).toEqual([]);
  });

  it("says why not", async () => {
    const refused = scopeOf(service("echo 'Access denied' >&2; exit 1"), never).enter(await sandboxed());
    expect(refused).toMatchObject({
      rule: "limit/not-set",
      ...AT,
      message: `can't set limits.memory to ${64 * M}: systemd refused it: Access denied`,
    });
  });

  it("is not believed", async () => {
    const found = scopeOf(service("exit 0"), never, 50).enter(await sandboxed());
    expect(found?.message).toMatch(/systemd did not put the sandbox into sbx-\S+\.scope$/);
  });

  it("can be missing", async () => {
    const found = scopeOf({ ...service(""), busctl: "/nowhere/busctl" }, never).enter(await sandboxed());
    expect(found?.message).toContain("/nowhere/busctl");
  });

  it("may be left out where the limits say try", async () => {
    const warnings: Problem[] = [];
    const tried = LIMITS.map((each) => ({ ...each, try: true }));
    const scope = scopeOf(service("exit 1", tried), (problem) => warnings.push(problem));
    expect(scope.enter(await sandboxed())).toBeUndefined();
    expect(warnings.map(({ rule }) => rule)).toEqual(["limit/left-out", "limit/left-out", "limit/left-out"]);
  });

  describe.skipIf(tree === undefined)("with a cgroup behind it", () => {
    /** Moves the process as systemd would; the limits stand in plain files of the same name. */
    const moving = (files: Readonly<Record<string, string>>) => `
      for word; do case $word in *.scope) unit=$word;; esac; done
      pid=$(echo "$*" | sed 's/.* PIDs au 1 \\([0-9]*\\) .*/\\1/')
      mkdir ${tree}/$unit && echo $pid >${tree}/$unit/cgroup.procs || exit 1
      mkdir ${here}/$unit
      ${Object.entries(files)
        .map(([name, text]) => `echo ${text} >${here}/$unit/${name}`)
        .join("\n")}`;
    const HELD = { "memory.max": `${64 * M}`, "memory.swap.max": "0", "pids.max": "20", "cpu.max": "50000 100000" };

    afterEach(async () => {
      for (const child of children) child.kill("SIGKILL");
      const unit = unitIn(read("args").split("\n"));
      while (unit !== "" && existsSync(join(tree ?? "", unit))) {
        try {
          rmdirSync(join(tree ?? "", unit));
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
    });

    it("has done it when the process is there and the limits are set", async () => {
      const pid = await sandboxed();
      const scope = scopeOf(service(moving(HELD)), never);
      expect(scope.enter(pid)).toBeUndefined();
      const unit = unitIn(read("args").split("\n"));
      expect(readFileSync(`/proc/${pid}/cgroup`, "utf8")).toContain(`0::/${unit}\n`);
      expect(scope.struck()).toEqual([]);
    });

    it.each([
      ["memory", "memory.max", "max"],
      ["memory", "memory.swap.max", "max"],
      ["tasks", "pids.max", "40"],
      ["cpus", "cpu.max", "max 100000"],
    ])("is not believed to have set %s when %s says otherwise", async (name, file, text) => {
      const found = scopeOf(service(moving({ ...HELD, [file]: text })), never).enter(await sandboxed());
      expect(found?.message).toContain(`can't set limits.${name}`);
      expect(found?.message).toContain(`systemd did not set ${here}`);
    });

    it("is not believed to have set what it was not given", async () => {
      const { "cpu.max": _, ...rest } = HELD;
      const found = scopeOf(service(moving(rest)), never).enter(await sandboxed());
      expect(found?.message).toMatch(/can't set limits.cpus .* systemd did not make .*cpu.max/);
    });

    it("has its counters read before it takes them away", async () => {
      const events = { "memory.events": "oom 0", "pids.events": "'max 0'" };
      const scope = scopeOf(service(moving({ ...HELD, ...events })), never);
      expect(scope.enter(await sandboxed())).toBeUndefined();
      const unit = unitIn(readdirSync(here));
      // What watches the same file later hears of it later.
      const watcher = watch(join(here, unit, "pids.events"));
      writeFileSync(join(here, unit, "pids.events"), "max 1\n");
      await once(watcher, "change");
      await new Promise((resolve) => setImmediate(resolve));
      watcher.close();
      rmSync(join(here, unit), { recursive: true });
      expect(scope.struck().map(({ name }) => name)).toEqual(["tasks"]);
    });
  });
});
