import { readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { builtinNames, nodeHost, type Operation, type Plan, type Tree, tree } from "../../src/index.ts";
import { isWithin } from "../../src/model/path.ts";
import { argumentsOf } from "../support/builtin-arguments.ts";
import { runners } from "../support/bwraps.ts";
import { reachableMounts, type SeenMount, seenMounts } from "../support/mountinfo.ts";
import { install, type Room } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

/** Without programs of their own: tried on top of `base`. */
const FRAGMENTS: ReadonlySet<string> = new Set(["ca-certs", "fonts", "locale"]);

/** Beside the built-ins, what none of them asks for, so that every kind of mount is met. */
const CASES = [
  ...builtinNames().map(([name]) => ({ name, text: FRAGMENTS.has(name) ? `extends: [base, ${name}]` : "" })),
  { name: "a full /dev", text: "extends: [base]\ndevices: [full]" },
  {
    name: "grants of one directory in two places, with masks and protections in both",
    text: `extends: [base]
mounts: {.: rw, /opt/sub: {from: ./sub, access: rw}, /s: {scratch: true}}
protect: [sub/kept]
mask: [sub/hidden, secret]`,
  },
  { name: "a host root with grants", text: "extends: [host-ro]\nmounts: {.: rw, /tmp: ro}\ngit: ro" },
  {
    name: "a root directory of the author's own",
    text: "root: {from: ./root}\nmounts: {/usr: ro, /opt/new: {from: /usr/share, access: ro}}\nenv: {set: {PATH: /usr/bin}}",
  },
];

/** The type of the file system that a host path lies on, by the host's own mounts. */
const hostMounts = seenMounts(readFileSync("/proc/self/mountinfo", "utf8"));
const hostType = (path: string): string | undefined =>
  hostMounts
    .filter(({ point }) => isWithin(point, path))
    .reduce((best, mount) => (mount.point.length >= best.point.length ? mount : best)).type;

const MOUNTS: ReadonlySet<Operation["kind"]> = new Set([
  "bind",
  "overlay",
  "pin",
  "protect",
  "tmpfs",
  "proc",
  "dev",
  "file",
  "mask",
  "mqueue",
] as const);

/** What the tree says of a mount point, in the words of mountinfo. */
function expected(at: string, sandbox: Tree): { readonly type: string | undefined; readonly access: "ro" | "rw" } {
  const { content, access, host, type } = sandbox.look(at);
  const readOnly = access === "ro" || access === "masked";
  switch (content) {
    case "host":
      // A directory of the run is not on the host yet when the plan is made.
      return { type: host === undefined ? undefined : hostType(host), access: readOnly ? "ro" : "rw" };
    case "tmpfs":
    case "generated":
      return { type: "tmpfs", access: readOnly ? "ro" : "rw" };
    case "dev":
      return {
        type: at.endsWith("/pts") ? "devpts" : type === "device" ? hostType("/dev/null") : "tmpfs",
        access: "rw",
      };
    case "proc":
      // The tree says what can be written; the mount itself is read-only for root alone.
      return { type: "proc", access: sandbox.operations.some(({ kind }) => kind === "remount-ro") ? "ro" : "rw" };
    case "link":
    case "none":
      throw new Error(`the tree knows no mount at ${at}: ${content}`);
  }
}

const accessOf = ({ options }: SeenMount): "ro" | "rw" => (options.includes("ro") ? "ro" : "rw");

async function compare(room: Room, profile: string): Promise<void> {
  const own = argumentsOf(profile, room);
  const planned = await room.sbx(["plan", "-p", profile, ...own, "--json"]);
  expect(planned).toMatchObject({ code: 0, stderr: "" });
  const plan: Plan = JSON.parse(planned.stdout);
  const host = nodeHost({ home: room.home, cwd: room.project, uid: room.uid, gid: room.uid, env: {} });
  const sandbox = tree(plan, host);
  const ran = await room.sbx(["run", "-p", profile, ...own, "--", "cat", "/proc/self/mountinfo"]);
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  // Other test files mount and unmount below directories of their own meanwhile, which a host root shows.
  const [, , directory = ""] = room.project.split("/");
  const isOwn = ({ point }: SeenMount) => !point.startsWith("/tmp/sbx-") || point.startsWith(`/tmp/${directory}/`);
  const reached = reachableMounts(seenMounts(ran.stdout)).filter(isOwn);
  const seen = new Map(reached.map((mount) => [mount.point, mount]));
  const mounts = plan.operations.filter((operation) => operation.present && MOUNTS.has(operation.kind));
  const runPlaces = new Set(
    mounts.filter((op) => "source" in op && op.source.startsWith("{run}/")).map(({ at }) => at),
  );

  // Every mount is known to the tree, as it is; bwrap's own covers of /proc may only take away.
  const found = [...seen.values()].filter(({ point }) => !point.startsWith("/proc/"));
  const covers = [...seen.values()].filter(({ point }) => point.startsWith("/proc/"));
  expect(covers.map(accessOf)).toEqual(covers.map(() => "ro"));
  const told = found.map((mount) => ({ at: mount.point, type: mount.type, access: accessOf(mount) }));
  const wanted = found.map(({ point, type }) => {
    const known = expected(point, sandbox);
    return { at: point, ...known, ...(runPlaces.has(point) ? { type } : {}) };
  });
  expect(told).toEqual(wanted);

  // Every mount of the plan is there, and nothing lies over it.
  expect(mounts.map(({ at }) => at).filter((at) => !seen.has(at))).toEqual([]);

  // A bind shows its source and no neighbour of it.
  const inodes = [...seen.keys()].filter((at) => sandbox.look(at).content === "host" && !runPlaces.has(at));
  const shown = await room.sbx(["run", "-p", profile, ...own, "--", "stat", "-c", "%n %i", ...inodes]);
  const meant = inodes.map((at) => `${at} ${statSync(sandbox.look(at).host ?? "").ino}`);
  expect(shown.stdout.trimEnd().split("\n")).toEqual(meant);
}

describe.each(runners())("what `sbx plan` says is what the kernel says, with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  room.write("sub/hidden/key", "canary");
  room.write("sub/kept", "kept");
  room.write("secret", "canary");
  for (const name of ["usr", "dev", "proc", "opt"]) room.directory(`root/${name}`);
  for (const name of ["bin", "lib", "lib64"]) symlinkSync(`usr/${name}`, join(room.project, "root", name));

  it.each(CASES)("for $name", async ({ name, text }) => {
    room.write("profile.yml", `version: 1\n${text}\n`);
    await compare(room, text === "" ? name : "./profile.yml");
  });
});
