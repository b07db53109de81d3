import { describe, expect, it } from "vitest";
import { isWithin } from "../../src/model/path.ts";
import { planProfile, type Request } from "../../src/pipeline.ts";
import { bwrap, targetNamed } from "../../src/render/index.ts";
import { formatProblems } from "../../src/report/index.ts";
import { type FakeMachine, fakeHost } from "../support/fake-host.ts";
import { CALLER, DEVIATIONS, PLACES, SEED, type Unit } from "./seed.ts";

const PARAMS = ["root", "libdir", "runner", "modules"] as const;
const character = { type: "character", mode: 0o666 } as const;

/** A machine that has everything that either call could show. */
const FILES: FakeMachine["files"] = {
  [`${PLACES.root}/boot/`]: "",
  [`${PLACES.root}/usr/`]: "",
  [`${PLACES.root}/ostree/`]: "",
  [`${PLACES.root}/etc/mke2fs.conf`]: "",
  [`${PLACES.root}/etc/containers/`]: "",
  [`${PLACES.root}/etc/ostree/`]: "",
  [`${PLACES.root}/etc/selinux/`]: "",
  [`${PLACES.libdir}/osbuild/`]: "",
  [PLACES.runner]: { text: "#!/usr/bin/python3\n", mode: 0o755 },
  [`${PLACES.modules}/__init__.py`]: "",
  [`${CALLER.rw[0]}/`]: "",
  [`${CALLER.ro[0]}/`]: "",
  "/sys/fs/selinux/": "",
  "/proc/cmdline": "",
  "/proc/acpi/": "",
  "/proc/sys/": "",
  "/var/tmp/": { type: "directory", mode: 0o1777 },
  ...Object.fromEntries(
    ["full", "null", "random", "urandom", "tty", "zero", "fuse"].map((name) => [`/dev/${name}`, character]),
  ),
};

const USERS = [
  { user: "root", uid: 0, home: "/root" },
  { user: "ordinary", uid: 1000, home: "/home/u" },
] as const;

type User = (typeof USERS)[number];

async function planFor({ uid, home }: User, files: FakeMachine["files"], more: Request = {}) {
  const host = fakeHost({ uid, gid: uid, home, cwd: "/srv", files: { ...FILES, ...files } });
  const set = PARAMS.map((name) => ({ name, value: PLACES[name], argument: 0 }));
  return planProfile({ profile: "osbuild-buildroot", set, ...more }, host);
}

async function callOf(user: User, files: FakeMachine["files"] = {}, more: Request = {}) {
  const { value, problems } = await planFor(user, files, more);
  const target = targetNamed("bwrap-0.8").value;
  if (value === undefined || target === undefined) throw new Error(formatProblems(problems));
  const rendered = bwrap.render(value.plan, target, CALLER.argv);
  if (rendered.value === undefined) throw new Error(formatProblems(rendered.problems));
  return { units: unitsOf(rendered.value.args), env: rendered.value.env, plan: value.plan };
}

/** An API server and the caller's binds, which the seed's call has too. */
const ASKED: Request = {
  profile: {
    directory: "/srv",
    version: 1,
    extends: ["osbuild-buildroot"],
    apis: { endpoint: { command: ["/bin/true"], at: "/run/osbuild/api/endpoint" } },
  },
  binds: [
    { source: CALLER.ro[0], destination: CALLER.ro[1], access: "ro", argument: 0 },
    { source: CALLER.rw[0], destination: CALLER.rw[1], access: "rw", argument: 0 },
  ],
};

const OPERANDS: Readonly<Record<string, number>> = {
  "--chdir": 1,
  "--tmpfs": 1,
  "--proc": 1,
  "--dir": 1,
  "--symlink": 2,
  "--bind": 2,
  "--dev-bind": 2,
  "--ro-bind": 2,
  "--ro-bind-data": 2,
  "--cap-drop": 1,
  "--cap-add": 1,
  "--perms": 1,
};

function unitsOf(args: readonly string[]): Unit[] {
  const units: string[][] = [];
  let carried: string[] = [];
  for (let index = 0; index < args.length; ) {
    const option = args[index] ?? "";
    const end = option === "--" ? args.length : index + 1 + (OPERANDS[option] ?? 0);
    const unit = [...carried, ...args.slice(index, end)];
    index = end;
    carried = option === "--perms" ? unit : [];
    if (option !== "--perms") units.push(unit);
  }
  return units;
}

const asText = (units: readonly Unit[]) => units.map((unit) => unit.join(" "));
/** Where an operation of the file system goes. */
const destination = (unit: Unit) => (MOUNTS.test(unit[0] ?? "") ? (unit.at(-1) ?? "") : "");
const MOUNTS = /^--(perms|tmpfs|proc|dir|symlink|(dev-|ro-)?bind(-try|-data)?)$/;

describe.each(USERS)("`osbuild-buildroot` as $user against the seed's call", (user) => {
  const deviations = DEVIATIONS.filter((each) => each.user === undefined || each.user === user.user);

  it("does the same operations, but for the listed deviations, each of which occurs", async () => {
    const { units } = await callOf(user, {}, ASKED);
    const gone = asText(deviations.flatMap(({ seed = [] }) => seed));
    const added = asText(deviations.flatMap(({ profile = [] }) => profile));
    expect(asText(SEED)).toEqual(expect.arrayContaining(gone));
    const expected = [...asText(SEED).filter((unit) => !gone.includes(unit)), ...added];
    expect(asText(units).sort()).toEqual(expected.sort());
    for (const { because } of deviations) expect(because).not.toBe("");
  });

  it("does them in the same order wherever one destination lies under another", async () => {
    const { units } = await callOf(user, {}, ASKED);
    const position = (call: readonly Unit[], at: string) => call.findIndex((unit) => destination(unit) === at);
    const shared = SEED.map(destination).filter((at) => at.startsWith("/") && position(units, at) >= 0);
    const pairs = shared.flatMap((outer) =>
      shared
        .filter((inner) => inner !== outer && outer !== "/" && isWithin(outer, inner))
        .map((inner) => [outer, inner]),
    );
    // /dev/shm, selinux, lib, its modules, the caller's two, api, its socket: all lie in something else.
    expect(pairs.length).toBeGreaterThanOrEqual(8);
    for (const [outer = "", inner = ""] of pairs) {
      expect([inner, position(SEED, inner) > position(SEED, outer)]).toEqual([inner, true]);
      expect([inner, position(units, inner) > position(units, outer)]).toEqual([inner, true]);
    }
  });

  it("has the runner last, after whatever a caller binds", async () => {
    const { units } = await callOf(user, {}, ASKED);
    const at = asText(units).findIndex((unit) => unit.includes(`--ro-bind ${PLACES.runner}`));
    const after = units.slice(at + 1).map(destination);
    for (const inner of after) expect(isWithin("/run/osbuild/runner", inner)).toBe(false);
  });

  it("starts the command in / with no input, no terminal, and rights as they are", async () => {
    const { plan } = await callOf(user);
    const { cwd, stdin, session, dieWithParent } = plan.process;
    expect([cwd.value, stdin.value, session.value, dieWithParent.value]).toEqual(["/", "none", "new", true]);
    expect(plan.capabilities.value).toEqual({ base: "inherited", add: [], drop: [] });
  });

  it("gives exactly these variables, and `dumb` where the host has no TERM", async () => {
    const { env } = await callOf(user);
    expect(env).toEqual({
      LC_CTYPE: "C.UTF-8",
      PATH: "/usr/sbin:/usr/bin",
      PYTHONPATH: "/run/osbuild/lib",
      PYTHONUNBUFFERED: "1",
      TERM: "dumb",
      container: "bwrap-osbuild",
    });
  });
});

describe("what `osbuild-buildroot` takes from the tree", () => {
  const [root] = USERS;
  const shown = async (files: FakeMachine["files"], more: Request = {}) => {
    const { units } = await callOf(root, files, more);
    return units.map(destination).filter((at) => all.includes(at));
  };
  const link = (target: string) => ({ target });
  const all = ["/boot", "/usr", "/etc/mke2fs.conf", "/ostree", "/etc/ostree", "/etc/containers", "/etc/selinux"].sort();

  it("is what is there", async () => {
    expect((await shown({})).sort()).toEqual(all);
  });

  it("is never behind a link, wherever that leads", async () => {
    const files = {
      [`${PLACES.root}/boot`]: link("/srv/sources"),
      [`${PLACES.root}/ostree`]: link("usr"),
      [`${PLACES.root}/etc/containers`]: link("nowhere"),
      [`${PLACES.root}/etc/mke2fs.conf`]: link("/etc/shadow"),
      [`${PLACES.root}/etc/selinux`]: link("selinux"),
      "/etc/shadow": "root:secret",
    };
    expect((await shown(files)).sort()).toEqual(["/usr", "/etc/ostree"].sort());
  });

  it("may lie behind a link that leads to the tree", async () => {
    const set = [...PARAMS.map((name) => ({ name, value: PLACES[name], argument: 0 }))];
    const more = { set: set.map((each) => (each.name === "root" ? { ...each, value: "/srv/latest" } : each)) };
    expect((await shown({ "/srv/latest": link("root") }, more)).sort()).toEqual(all);
  });

  it("has no /boot when that is switched off, or the tree is a running system", async () => {
    expect(await shown({}, { flags: [{ name: "no-boot", on: true }] })).not.toContain("/boot");
    expect(await shown({ [`${PLACES.root}/proc/self/`]: "" })).not.toContain("/boot");
    expect(await shown({ [`${PLACES.root}/proc/`]: "" })).toContain("/boot");
  });
});

describe("the Python modules of `osbuild-buildroot`", () => {
  const [root] = USERS;
  const bound = async (files: FakeMachine["files"]) => {
    const { units } = await callOf(root, files);
    return units.filter((unit) => isWithin("/run/osbuild/lib", destination(unit))).map((unit) => unit[1]);
  };

  it("are libdir's own where it has some", async () => {
    expect(await bound({ [`${PLACES.libdir}/osbuild/api.py`]: "" })).toEqual([PLACES.libdir]);
  });

  it("are the others where libdir's are an empty directory", async () => {
    expect(await bound({})).toEqual([PLACES.libdir, PLACES.modules]);
  });

  it("are an error that names the path where there is no place for them", async () => {
    const { [`${PLACES.libdir}/osbuild/`]: _, ...rest } = FILES;
    const host = fakeHost({
      uid: 0,
      home: "/root",
      cwd: "/srv",
      files: { ...rest, [`${PLACES.libdir}/runners/`]: "" },
    });
    const set = PARAMS.map((name) => ({ name, value: PLACES[name], argument: 0 }));
    const { value, problems } = await planProfile({ profile: "osbuild-buildroot", set }, host);
    expect(value).toBeUndefined();
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining(`${PLACES.libdir}/osbuild`)]);
  });
});

describe("the parameters of `osbuild-buildroot`", () => {
  const [root] = USERS;

  it("need no more than the tree where osbuild is installed", async () => {
    const runner = { text: "#!/usr/bin/python3\n", mode: 0o755 };
    const files = { [`${PLACES.libdir}/runners/org.osbuild.linux`]: runner };
    const { units } = await callOf(root, files, { set: [{ name: "root", value: PLACES.root, argument: 0 }] });
    expect(asText(units).at(-1)).toBe(`-- /run/osbuild/runner/org.osbuild.linux ${CALLER.argv.join(" ")}`);
  });

  it("are an error without the tree", async () => {
    const { value, problems } = await planFor(root, {}, { set: [] });
    expect(value).toBeUndefined();
    expect(problems.map(({ rule }) => rule)).toEqual(["param/required"]);
  });

  it("take a run directory, which changes nothing", async () => {
    const given = PARAMS.map((name) => ({ name, value: PLACES[name], argument: 0 }));
    const more = { set: [...given, { name: "rundir", value: "/srv/run", argument: 0 }] };
    expect((await callOf(root, {}, more)).units).toEqual((await callOf(root)).units);
  });

  it("say below which directory /var lies on the host", async () => {
    const given = PARAMS.map((name) => ({ name, value: PLACES[name], argument: 0 }));
    const more = { set: [...given, { name: "vardir", value: "/srv/big", argument: 0 }] };
    const below = async (request: Request) =>
      (await callOf(root, {}, request)).plan.prepare.flatMap((step) => (step.kind === "scratch" ? [step.below] : []));
    expect(await below(more)).toEqual(["/srv/big"]);
    expect(await below({})).toEqual(["/var/tmp"]);
  });
});
