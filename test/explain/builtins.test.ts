import { lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { builtinNames, type PathExplanation } from "../../src/index.ts";
import { argumentsOf } from "../support/builtin-arguments.ts";
import { type Runner, runners } from "../support/bwraps.ts";
import { random } from "../support/random.ts";
import { install, type Room } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";
import { disagreements, TRIES, type Tried } from "./agree.ts";

const installed = install();
afterAll(installed.remove);

/** `SBX_SOAK=1` takes other paths on every run. */
const SEED = process.env.SBX_SOAK === "1" ? Date.now() : 20;
const PATHS = 200;

/** What node needs, where a profile brings no programs of its own. */
const SYSTEM = ["/usr", "/bin", "/lib", "/lib64"];
const BARE = ["ca-certs", "fonts", "locale"];

/** More than the built-ins: devices of every kind, the host's own /proc, capabilities. */
const OTHERS: Readonly<Record<string, string>> = {
  "a /dev with everything, capabilities and nested sandboxes":
    "extends: [base]\ndevices: [full]\ncapabilities: keep\nnamespaces: {nested: true}\nproc: {version: ours}",
  "a host root without a /proc and a /dev of its own": "root: host\nproc: false\ndevices: none",
  "a backing for devices":
    "extends: [base]\ndevices: {nodes: [/dev/null, /dev/zero, /dev/tty, '/dev/fuse?'], backing: tmpfs}\nremove: {devices: [minimal]}",
  "everything masked and protected":
    "extends: [make]\nmask: ['${PROJECT}/hidden', '${PROJECT}/deep/**/.env', /usr/share/doc]\nprotect: ['${PROJECT}/kept']",
};

const profiles = (): readonly (readonly [string, string])[] => [
  ...builtinNames().map(([name]) => [name, `extends: [${name}]`] as const),
  ...Object.entries(OTHERS),
];

describe.each(runners())("for $user with $bwrap", ({ user, bwrap }: Runner) => {
  const room = installed.room(user, bwrap);
  const stage = stagedRoot(room);
  furnish(room);
  let compared = 0;

  it.each(profiles())("what %s is explained to show is what a program finds", async (name, text) => {
    const needsSystem = BARE.includes(name) || name.startsWith("buildstream");
    const paths = somePaths(room, `${SEED}${name}`.length + SEED + name.charCodeAt(0), stage);
    const mounts: Record<string, unknown> = needsSystem ? Object.fromEntries(SYSTEM.map((path) => [path, "ro?"])) : {};
    const bring = (what: string, content: string) => {
      mounts[`/tmp/probe/${what}`] = { from: room.write(`../probe/${what}`, content) };
    };
    bring("tries.js", TRIES);
    bring("paths.json", JSON.stringify(paths));
    mounts["/tmp/probe/node"] = { from: process.execPath };
    room.write("probe.yml", `version: 1\n${text}\nmounts: ${JSON.stringify(mounts)}\n`);
    const options = ["-p", "./probe.yml", ...argumentsOf(name, room)];
    if (name.startsWith("buildstream")) options.push("--set", `root=${stage}`);

    const told = await room.sbx(["explain", ...options, "--json", "--", ...paths]);
    expect(told).toMatchObject({ code: 0, stderr: "" });
    const explained: readonly PathExplanation[] = JSON.parse(told.stdout);
    expect(misfits("explain", explained)).toEqual([]);
    const probe = ["/tmp/probe/node", "/tmp/probe/tries.js", "/tmp/probe/paths.json"];
    const ran = await room.sbx(["run", ...options, "--", ...probe]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const tried: Tried = JSON.parse(ran.stdout);
    const result = disagreements(explained, tried, identify);
    expect(result.found).toEqual([]);
    compared += result.compared;
  });

  it("of most paths something is known", () => {
    expect(compared).toBeGreaterThan(profiles().length * PATHS * 0.7);
  });
});

const identify = (path: string): string | undefined => {
  try {
    const { dev, ino } = lstatSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // Not there, or in a directory that the test may not search either.
    return undefined;
  }
};

/** A tree that can be a root: what is mounted into it has its places, and links as the system has them. */
function stagedRoot(room: Room): string {
  const stage = room.directory("../stage");
  for (const name of ["usr", "dev", "proc", "tmp", "etc"]) room.directory(`../stage/${name}`);
  room.write("../stage/etc/staged", "of the tree");
  for (const path of SYSTEM) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink()) symlinkSync(readlinkSync(path), stage + path);
    else if (stat?.isDirectory() && path !== "/usr") mkdirSync(stage + path);
  }
  return stage;
}

/** Directories of every system, whose content stays the same while the test runs. */
const DIRECTORIES = (
  "/ /etc /etc/ssl /etc/ssh /usr /usr/bin /usr/lib /usr/share /usr/local /usr/sbin /var /var/lib /var/cache /var/spool " +
  "/opt /srv /boot /sys /sys/kernel /sys/fs /sys/devices /dev /home /root /proc /proc/sys /proc/sys/kernel /proc/net"
).split(" ");

/** What paths lead to: closed, hidden, behind links. */
function furnish(room: Room): void {
  room.write("kept", "kept");
  room.write("hidden/secret", "secret");
  room.write("deep/er/.env", "secret");
  room.write("closed", "nobody's", 0o000);
  room.write("program", "#!/bin/sh\n", 0o755);
  room.directory("shut", 0o000);
  const links = { "to-host": "/etc/hostname", "to-absent": "/nowhere/at/all", "to-self": "to-self", up: "../.." };
  for (const [name, target] of Object.entries(links)) {
    symlinkSync(target, `${room.project}/${name}`);
  }
}

function somePaths(room: Room, seed: number, stage: string): string[] {
  const below = random(seed);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const own = [room.project, `${room.project}/deep`, `${room.project}/deep/er`, room.home, stage, `${stage}/etc`];
  const pools = [...DIRECTORIES, ...own, ...own].map((directory) => [directory, listed(directory)] as const);
  const fixed = [
    "/",
    "/tmp",
    "/tmp/probe",
    "/tmp/probe/node",
    "/dev/null",
    "/dev/shm",
    "/dev/net/tun",
    "/proc/version",
  ];
  const paths = new Set(fixed);
  while (paths.size < PATHS) {
    const [directory, names] = one(pools);
    const name = below(8) === 0 ? "absent" : one([...names, ""]);
    const more = below(10) === 0 ? one(["/absent", "/..", "/../absent", "/absent/..", "/bin/.."]) : "";
    const path = `${directory === "/" ? "" : directory}/${name}`;
    paths.add((name === "" && directory !== "/" ? directory : path) + (path === "/" ? "" : more));
  }
  return [...paths];
}

function listed(directory: string): readonly string[] {
  try {
    // Processes come and go.
    return readdirSync(directory).filter((name) => !/^\d+$/.test(name));
  } catch {
    return [];
  }
}
