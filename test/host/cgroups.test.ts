import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CgroupPlace, Controller } from "../../src/host/cgroups.ts";

/** Whose permissions count: root has them all, so that it looks as somebody else. */
const isRoot = process.getuid?.() === 0;
const UID = isRoot ? 4242 : (process.getuid?.() ?? 0);

const program = mkdtempSync(join(tmpdir(), "sbx-cgroups-program-"));
beforeAll(() => {
  chmodSync(program, 0o755);
  const findCgroups = JSON.stringify(fileURLToPath(new URL("../../src/host/cgroups.ts", import.meta.url)));
  buildSync({
    stdin: {
      contents: `import { findCgroups } from ${findCgroups};
        const { wanted, ...sources } = JSON.parse(process.argv[2]);
        console.log(JSON.stringify(findCgroups(wanted, sources)));`,
      resolveDir: program,
    },
    outfile: join(program, "look.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
  });
});
afterAll(() => rmSync(program, { recursive: true }));

let here: string;
const servers: Server[] = [];
beforeEach(() => {
  here = mkdtempSync(join(tmpdir(), "sbx-cgroups-"));
  own(here);
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(here, { recursive: true });
});

function own(path: string): void {
  if (isRoot) chownSync(path, UID, UID);
}

function directory(path: string, mode = 0o755): string {
  const whole = join(here, path);
  const parent = dirname(whole);
  if (parent !== here && parent.startsWith(here)) directory(parent.slice(here.length + 1));
  mkdirSync(whole, { recursive: true });
  own(whole);
  chmodSync(whole, mode);
  return whole;
}

function file(path: string, text: string, mode = 0o644): void {
  directory(dirname(path));
  rmSync(join(here, path), { force: true });
  writeFileSync(join(here, path), text);
  own(join(here, path));
  chmodSync(join(here, path), mode);
}

/** A cgroup of version 2 in the tree `v2`. */
function cgroup(path: string, { handsOn = "", procs = 0o644, type = "domain" } = {}): string {
  file(join("v2", path, "cgroup.subtree_control"), handsOn);
  file(join("v2", path, "cgroup.procs"), "", procs);
  if (path !== "") file(join("v2", path, "cgroup.type"), `${type}\n`);
  return join(here, "v2", path);
}

/** What the process says of itself: its cgroups, and where they are mounted. */
function proc(cgroups: readonly string[], mounts: readonly string[]): void {
  file("proc/cgroup", cgroups.map((line) => `${line}\n`).join(""));
  file("proc/mountinfo", ["22 1 8:1 / / rw - ext4 /dev/sda rw", ...mounts].map((line) => `${line}\n`).join(""));
}

const v1 = (controllers: string, point: string, root = "/"): string =>
  `31 22 0:29 ${root} ${join(here, point)} rw,relatime shared:9 - cgroup cgroup rw,${controllers}`;
const v2 = (root = "/"): string => `41 22 0:38 ${root} ${join(here, "v2")} rw,relatime - cgroup2 cgroup2 rw,nsdelegate`;

function look(wanted: readonly Controller[], env: Record<string, string> = {}): CgroupPlace {
  const sources = { wanted, uid: UID, env, proc: join(here, "proc"), run: join(here, "run") };
  const as = isRoot ? ["setpriv", `--reuid=${UID}`, `--regid=${UID}`, "--clear-groups", "--"] : [];
  const [command = "", ...args] = [...as, process.execPath, join(program, "look.mjs"), JSON.stringify(sources)];
  return JSON.parse(execFileSync(command, args, { encoding: "utf8" }));
}

const parentOf = (directory: string, version: 1 | 2) => ({ version, directory });

describe("version 1", () => {
  it("takes the own cgroup of each controller, whatever else its hierarchy holds, and passes version 2 by", () => {
    proc(
      ["8:pids:/jobs/a", "4:memory:/", "1:cpu,cpuacct:/x:y", "9:name=systemd:/z", "0::/jobs"],
      [v1("memory", "memory"), v1("pids", "pids"), v1("cpu,cpuacct", "cpu,cpuacct"), v2()],
    );
    const [memory, pids, cpu] = [directory("memory"), directory("pids/jobs/a"), directory("cpu,cpuacct/x:y")];
    cgroup("jobs", { handsOn: "memory pids cpu" });
    expect(look(["memory", "pids", "cpu"])).toEqual({
      parents: { memory: parentOf(memory, 1), pids: parentOf(pids, 1), cpu: parentOf(cpu, 1) },
      reasons: {},
    });
  });

  it("finds its way in a container, where a mount shows a part of the tree", () => {
    directory("pids");
    directory("memory");
    proc(
      ["8:pids:/docker/abc/job", "4:memory:/docker/abc"],
      [v1("pids", "pids", "/docker/abc"), v1("memory", "memory", "/docker/abc")],
    );
    const job = directory("pids/job");
    expect(look(["pids", "memory"]).parents).toEqual({
      pids: parentOf(job, 1),
      memory: parentOf(join(here, "memory"), 1),
    });
  });

  it.each([
    ["lies outside of what is mounted", "/elsewherex/job", "/docker/abc"],
    ["is not there", "/gone", "/"],
    ["lies outside of the cgroup namespace", "/../job", "/"],
  ])("takes the root of the mount when the own cgroup %s", (_, path, root) => {
    const memory = directory("memory");
    // Where a careless reader would end up.
    for (const place of ["job", "memory/job"]) directory(place);
    proc([`4:memory:${path}`], [v1("memory", "memory", root)]);
    expect(look(["memory"]).parents).toEqual({ memory: parentOf(memory, 1) });
  });

  it("takes the mount on top", () => {
    directory("below/job");
    const above = directory("above/job");
    proc(["4:memory:/job"], [v1("memory", "below"), v1("memory", "above")]);
    expect(look(["memory"]).parents).toEqual({ memory: parentOf(above, 1) });
  });

  it("says why not", () => {
    const closed = directory("memory/job", 0o555);
    proc(["4:memory:/job", "8:pids:/job"], [v1("memory", "memory")]);
    expect(look(["memory", "pids"])).toEqual({
      parents: {},
      reasons: {
        memory: `user ${UID} may not make a cgroup in ${closed}`,
        pids: "its cgroup file system is not mounted",
      },
    });
  });
});

describe("version 2", () => {
  const ALL = "cpuset cpu io memory pids\n";

  it("takes the nearest cgroup above the own one that hands the controllers on", () => {
    proc(["0::/a/b/c"], [v2()]);
    cgroup("", { handsOn: ALL });
    cgroup("a", { handsOn: ALL });
    const nearest = cgroup("a/b", { handsOn: "memory pids cpu\n" });
    cgroup("a/b/c");
    expect(look(["memory", "pids", "cpu"])).toEqual({
      parents: { memory: parentOf(nearest, 2), pids: parentOf(nearest, 2), cpu: parentOf(nearest, 2) },
      reasons: {},
    });
  });

  it("takes the own one when it is the root, which may hold processes", () => {
    proc(["0::/"], [v2()]);
    const root = cgroup("", { handsOn: ALL });
    expect(look(["memory"]).parents).toEqual({ memory: parentOf(root, 2) });
  });

  it("goes further up for more controllers, since a process has one place for all of them", () => {
    proc(["0::/a/b/c"], [v2()]);
    file("v2/cgroup.controllers", ALL);
    const most = cgroup("a", { handsOn: "memory pids" });
    cgroup("a/b", { handsOn: "memory" });
    cgroup("a/b/c");
    expect(look(["memory", "pids", "cpu"])).toEqual({
      parents: { memory: parentOf(most, 2), pids: parentOf(most, 2) },
      reasons: { cpu: `user ${UID} may change no cgroup at or above ${join(here, "v2/a/b/c")} that hands it on` },
    });
  });

  it.each([
    ["processes may not be moved there", { procs: 0o444 }],
    ["its threads may be spread", { type: "domain threaded" }],
  ])("passes a cgroup by when %s", (_, flaw) => {
    proc(["0::/a/b"], [v2()]);
    file("v2/cgroup.controllers", ALL);
    cgroup("a", { handsOn: ALL, ...flaw });
    cgroup("a/b");
    expect(look(["memory"]).parents).toEqual({});
    cgroup("a", { handsOn: ALL });
    expect(look(["memory"]).parents).toEqual({ memory: parentOf(join(here, "v2/a"), 2) });
  });

  it("passes a cgroup by that nobody may be put into", () => {
    proc(["0::/a/b"], [v2()]);
    cgroup("a", { handsOn: ALL });
    cgroup("a/b");
    directory("v2/a", 0o555);
    expect(look(["memory"]).parents).toEqual({});
    directory("v2/a");
  });

  it("says that the kernel has no such controller", () => {
    proc(["0::/a"], [v2()]);
    file("v2/cgroup.controllers", "hugetlb\n");
    cgroup("", { handsOn: "hugetlb" });
    cgroup("a");
    expect(look(["memory"]).reasons).toEqual({ memory: "the kernel offers no such controller here" });
  });

  it("says that there are no cgroups at all", () => {
    proc(["0::/"], []);
    expect(look(["cpu"])).toEqual({
      parents: {},
      reasons: { cpu: "there is no cgroup file system with it here" },
    });
  });
});

describe("systemd", () => {
  const USER = `user.slice/user-${UID}.slice/user@${UID}.service`;
  const ALL = "memory pids cpu";

  async function bus(): Promise<Record<string, string>> {
    const runtime = directory("runtime");
    const server = createServer();
    servers.push(server);
    await new Promise<void>((done) => server.listen(join(runtime, "bus"), done));
    own(join(runtime, "bus"));
    return { XDG_RUNTIME_DIR: runtime };
  }

  it("keeps its own cgroups to itself, and offers to make one", async () => {
    const env = await bus();
    directory("run/systemd/system");
    proc([`0::/${USER}/app.slice/term.scope`], [v2()]);
    for (const path of ["", USER, `${USER}/app.slice`, `${USER}/app.slice/term.scope`]) cgroup(path, { handsOn: ALL });
    file(`v2/${USER}/cgroup.controllers`, "memory pids\n");
    expect(look(["memory"], env)).toEqual({
      parents: {},
      reasons: { memory: "the kernel offers no such controller here" },
      service: { bus: join(here, "runtime/bus"), mount: join(here, "v2"), controllers: ["memory", "pids"] },
    });
  });

  it("leaves alone what it has delegated", async () => {
    directory("run/systemd/system");
    proc(["0::/system.slice/runner.service/payload"], [v2()]);
    const delegated = cgroup("system.slice/runner.service", { handsOn: ALL });
    cgroup("system.slice", { handsOn: ALL });
    cgroup("system.slice/runner.service/payload");
    expect(look(["memory"]).parents).toEqual({ memory: parentOf(delegated, 2) });
  });

  it("is not believed to run because it is installed", async () => {
    const env = await bus();
    proc(["0::/system.slice/runner.service"], [v2()]);
    const above = cgroup("system.slice", { handsOn: ALL });
    cgroup("system.slice/runner.service");
    file(`v2/${USER}/cgroup.controllers`, ALL);
    expect(look(["memory"], env)).toEqual({ parents: { memory: parentOf(above, 2) }, reasons: {} });
  });

  it("can't be asked without its bus", () => {
    directory("run/systemd/system");
    proc([`0::/${USER}/term.scope`], [v2()]);
    file(`v2/${USER}/cgroup.controllers`, ALL);
    file("v2/cgroup.controllers", ALL);
    const nobody = `user ${UID} may change no cgroup at or above ${join(here, "v2")} that hands it on`;
    const runtime = join(here, "runtime");
    expect(look(["memory"], { XDG_RUNTIME_DIR: runtime })).toEqual({
      parents: {},
      reasons: { memory: `${nobody}, and systemd can't be asked at ${runtime}/bus` },
    });
    expect(look(["memory"]).reasons).toEqual({
      memory: `${nobody}, and systemd can't be asked at $XDG_RUNTIME_DIR/bus`,
    });
  });
});
