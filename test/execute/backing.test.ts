import { spawnSync } from "node:child_process";
import fs, {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeNode } from "../../src/execute/backing/index.ts";
import { handed, runSystemProgram } from "../../src/execute/backing/system-program.ts";
import { createJournal } from "../../src/execute/journal.ts";
import { journalLine, parseJournal } from "../../src/execute/journal-file.ts";
import { parseMountinfo } from "../../src/model/mountinfo.ts";
import type { MakeNodeStep, MountTmpfsStep } from "../../src/model/plan.gen.ts";
import { bwraps } from "../support/bwraps.ts";
import { type BackingHarness, type BackingPlace, createBackingHarness } from "./backing-harness.ts";

const held = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
const CAPABILITIES = { CAP_SYS_ADMIN: 21n, CAP_MKNOD: 27n };
const lacking = Object.entries(CAPABILITIES).filter(([, bit]) => ((BigInt(`0x${held}`) >> bit) & 1n) === 0n);
const canBack = process.getuid?.() === 0 && lacking.length === 0;
if (!canBack) {
  const why = lacking.map(([name]) => name).join(" and ") || "root";
  process.stderr.write(`SKIPPED in backing.test.ts: a /dev on the host takes ${why}\n`);
}

let harness: BackingHarness;
beforeAll(() => {
  harness = createBackingHarness();
});
afterAll(() => harness.remove());

const [bwrap = ""] = bwraps();
/** A user without an account will do: nothing looks it up. */
const ORDINARY = 4242;
const spot = { file: "/p/.sandbox.yml", line: 7, column: 3 };
const origin = { ...spot, route: ["devices"], chain: [] };
const TMPFS: MountTmpfsStep = { kind: "mount-tmpfs", path: "{run}/dev", origin };
const node = (name: string, source = `/dev/${name}`): MakeNodeStep => ({
  kind: "make-node",
  path: `{run}/dev/${name}`,
  source,
  origin,
});
/** osbuild's six, in its order. */
const SIX = ["full", "null", "random", "urandom", "tty", "zero"];
const NUMBERS = ["1:7", "1:3", "1:8", "1:9", "5:0", "1:5"];
const BACKED = [TMPFS, ...SIX.map((name) => node(name))];
const PLAIN = [TMPFS, node("null")];

const WITHOUT = (capability: string) => ["setpriv", "--bounding-set", `-${capability}`, "--inh-caps", `-${capability}`];

const stat = (format: string, ...paths: string[]) =>
  spawnSync("stat", ["-c", format, ...paths], { encoding: "utf8" })
    .stdout.trim()
    .split("\n");
/** `mode type major:minor` of each, as stat(1) says. */
const nodes = (...paths: string[]) => stat("%a %F %Hr:%Lr", ...paths);
const made = (dev: string, names: readonly string[] = SIX) => nodes(...names.map((name) => join(dev, name)));

/** Runs a script in a sandbox of root's that has this /dev; `as` another user. */
function inside(dev: string, script: string, options: { as?: number; args?: readonly string[] } = {}) {
  const { as, args = ["--dev-bind", dev, "/dev"] } = options;
  const user = as === undefined ? [] : ["setpriv", `--reuid=${as}`, `--regid=${as}`, "--clear-groups", "--"];
  const words = [
    "--unshare-pid",
    "--unshare-net",
    "--die-with-parent",
    "--ro-bind",
    "/",
    "/",
    ...args,
    "--proc",
    "/proc",
  ];
  return spawnSync(bwrap, [...words, "--", ...user, "sh", "-c", script], { encoding: "utf8" });
}

const nothing = (place: BackingPlace) => expect([place.mounts(), place.left()]).toEqual([[], []]);

/** The journal of the only run. */
function journalIn({ env }: BackingPlace): { readonly directory: string; readonly file: string } {
  const base = join(env.XDG_RUNTIME_DIR, "sbx");
  const directory = join(base, readdirSync(base)[0] ?? "");
  return { directory, file: join(directory, "journal") };
}

/** A node of the test's own. */
function nodeOf({ directory }: BackingPlace, name: string, numbers: readonly string[], mode: number): string {
  const path = join(directory, name);
  const done = spawnSync("mknod", [path, ...numbers], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
  chmodSync(path, mode);
  chownSync(path, 0, ORDINARY);
  return path;
}

describe.runIf(canBack)("a /dev that is backed by a tmpfs", () => {
  it.each([0o022, 0o077])("holds osbuild's six nodes, exactly, under umask %o", async (umask) => {
    const place = harness.place();
    const { dev, release } = await place.hold({ steps: BACKED, umask });
    expect(readdirSync(dev).sort()).toEqual([...SIX].sort());
    expect(made(dev)).toEqual(NUMBERS.map((numbers) => `666 character special file ${numbers}`));
    expect(stat("%a %u:%g", dev)).toEqual(["755 0:0"]);
    expect(place.mounts()).toEqual([`tmpfs ${dev}`]);
    const line =
      readFileSync("/proc/self/mountinfo", "utf8")
        .split("\n")
        .find((each) => each.includes(dev)) ?? "";
    expect(line.split(" ")[5]?.split(",")).toEqual(expect.arrayContaining(["rw", "nosuid"]));
    expect(line).not.toContain("nodev");
    expect(await release()).toMatchObject({ result: { cleanup: [] }, leaked: 0 });
    nothing(place);
  });

  it("can be used by whoever is sandboxed, as far as the host lets them use such nodes", async () => {
    const place = harness.place();
    const secret = nodeOf(place, "secret", ["c", "1", "3"], 0o666);
    const strict = nodeOf(place, "strict", ["b", "7", "99"], 0o640);
    const steps = [...BACKED, node("net/tun", secret), node("strict", strict)];
    const { dev, release } = await place.hold({ steps, umask: 0o077 });
    expect(made(dev, ["net/tun", "strict"])).toEqual(["666 character special file 1:3", "640 block special file 7:99"]);
    expect(stat("%a %u:%g", join(dev, "net"), join(dev, "strict"))).toEqual(["755 0:0", `640 0:${ORDINARY}`]);
    const write = "echo x >/dev/null && echo x >/dev/net/tun && head -c 3 /dev/zero | wc -c";
    expect(inside(dev, write, { as: ORDINARY })).toMatchObject({ status: 0, stdout: "3\n", stderr: "" });
    const denied = inside(dev, "echo x >/dev/strict", { as: ORDINARY });
    expect([denied.status, denied.stderr]).toEqual([2, expect.stringContaining("Permission denied")]);
    // The same nodes are of no use on a mount that has nodev.
    expect(inside(dev, "echo x >/dev/null", { args: ["--bind", dev, "/dev"] }).stderr).toContain("Permission denied");
    await release();
    nothing(place);
  });

  it("takes the nodes that root makes inside, and keeps them from run to run", async () => {
    const place = harness.place();
    const { dev, release } = await place.hold({ steps: PLAIN });
    expect(inside(dev, "mknod /dev/x b 7 99 && test -b /dev/x")).toMatchObject({ status: 0, stderr: "" });
    expect(nodes(join(dev, "x"))).toEqual(["644 block special file 7:99"]);
    expect(inside(dev, "mkdir /dev/shm && stat -c %Hr:%Lr /dev/x").stdout).toBe("7:99\n");
    const nested = inside(dev, "mknod /dev/y b 7 99", { args: ["--unshare-user", "--dev-bind", dev, "/dev"] });
    expect([nested.status, nested.stderr]).toEqual([1, expect.stringContaining("Operation not permitted")]);
    await release();
    nothing(place);
  });

  it.each([
    ["root without CAP_MKNOD", () => harness.place(), WITHOUT("mknod")],
    [
      "an ordinary user's user namespace",
      () => harness.place(ORDINARY),
      ["unshare", "--user", "--map-root-user", "--mount"],
    ],
  ] as const)("holds the host's own nodes for %s", async (_, placeOf, prefix) => {
    const place = placeOf();
    const source = nodeOf(place, "odd", ["c", "1", "3"], 0o606);
    const before = nodes(...SIX.map((name) => `/dev/${name}`));
    const { child, dev, release } = await place.hold({ steps: [...BACKED, node("odd", source)], umask: 0o077 }, prefix);
    // The user namespace has a table of mounts of its own.
    const own = prefix.some((word) => word === "--user") ? ["-U"] : [];
    const root = `/proc/${child.pid}/root`;
    expect(made(`${root}${dev}`)).toEqual(before);
    expect(made(`${root}${dev}`, ["odd"])).toEqual(["606 character special file 1:3"]);
    expect(readdirSync(`${root}${dev}`).sort()).toEqual(["odd", ...SIX].sort());
    const mounted = parseMountinfo(readFileSync(`/proc/${child.pid}/mountinfo`, "utf8"));
    const below = mounted.flatMap(({ point }) => (point.startsWith(`${dev}/`) ? [point.slice(dev.length + 1)] : []));
    expect(below.sort()).toEqual(["odd", ...SIX].sort());
    const used = spawnSync("nsenter", ["-t", `${child.pid}`, ...own, "-m", "--", "sh", "-c", `echo x >${dev}/null`]);
    expect([used.status, `${used.stderr}`]).toEqual([0, ""]);
    expect(await release()).toMatchObject({ result: { cleanup: [] }, leaked: 0 });
    expect(nodes(...SIX.map((name) => `/dev/${name}`), source)).toEqual([...before, "606 character special file 1:3"]);
    nothing(place);
  });

  it("leaves the table of mounts as it was, line by line", async () => {
    const place = harness.place();
    const script = 'cat /proc/self/mountinfo >"$0"; "$@"; code=$?; cat /proc/self/mountinfo >"$0.after"; exit $code';
    for (const [name, without] of [
      ["a", []],
      ["b", WITHOUT("mknod")],
    ] as const) {
      const file = join(place.directory, name);
      const prefix = ["unshare", "-m", "--propagation", "private", "sh", "-c", script, file, ...without];
      const ended = await place.run(
        { action: "make-and-undo", steps: [...BACKED, node("net/tun", "/dev/null")] },
        prefix,
      );
      expect(ended).toMatchObject({ result: { cleanup: [] }, leaked: 0 });
      // A mount of another test, copied when the namespace was made, ends with its directory.
      const table = (text: string) =>
        text.split("\n").filter((line) => line.includes(place.directory) || !line.includes(` ${tmpdir()}/`));
      expect(table(readFileSync(`${file}.after`, "utf8"))).toEqual(table(readFileSync(file, "utf8")));
    }
    nothing(place);
  });

  it("takes no mount(8) from PATH", async () => {
    const place = harness.place();
    const fake = join(place.directory, "bin");
    mkdirSync(fake);
    for (const name of ["mount", "umount", "mknod"]) {
      writeFileSync(join(fake, name), `#!/bin/sh\ntouch ${place.directory}/fooled\n`, { mode: 0o755 });
    }
    const ended = await place.run({ action: "make-and-undo", steps: PLAIN }, [
      "env",
      `PATH=${fake}:${process.env.PATH}`,
    ]);
    expect(ended.result).toEqual({ cleanup: [] });
    expect(existsSync(join(place.directory, "fooled"))).toBe(false);
    nothing(place);
  });

  it.each([
    ["root without CAP_SYS_ADMIN", () => harness.place(), WITHOUT("sys_admin")],
    ["an ordinary user", () => harness.place(ORDINARY), []],
  ] as const)("is a problem that says what is missing, for %s", async (_, placeOf, prefix) => {
    const place = placeOf();
    const { result } = await place.run({ action: "make-and-undo", steps: BACKED }, prefix);
    expect(result).toMatchObject({ problem: { rule: "backing/no-tmpfs", ...spot }, cleanup: [] });
    expect(result?.problem?.message).toContain("CAP_SYS_ADMIN");
    expect(result?.problem?.help).toContain("leave `backing: tmpfs` out");
    nothing(place);
  });

  describe("is undone", () => {
    it.each([
      ["a node that is gone", "/dev/no-such-node", "there is no /dev/no-such-node any more"],
      ["a node that is none", "/etc/passwd", "/etc/passwd is no device any more"],
      ["a node behind a link", "/proc/self/fd/0", "symbolic link"],
      ["a node that is there already", "/dev/null", "file exists"],
    ])("half-way, at %s", async (_, source, reason) => {
      const place = harness.place();
      const steps = [...PLAIN, node("zero"), node("null", source)];
      const { result, leaked } = await place.run({ action: "make-and-undo", steps });
      expect(result).toMatchObject({ problem: { rule: "backing/no-node", ...spot, data: { source } }, cleanup: [] });
      expect(result?.problem?.message).toContain(reason);
      expect(leaked).toBe(0);
      nothing(place);
    });

    it("although somebody has a node open", async () => {
      const place = harness.place();
      const { dev, release } = await place.hold({ steps: PLAIN });
      const held = openSync(join(dev, "null"), "w");
      try {
        expect(await release()).toMatchObject({ result: { cleanup: [] } });
        nothing(place);
        expect(writeSync(held, "x")).toBe(1);
      } finally {
        closeSync(held);
      }
    });

    it("with what is mounted below it", async () => {
      const place = harness.place();
      const { dev, release } = await place.hold({ steps: PLAIN });
      mkdirSync(join(dev, "shm"));
      mount("-t", "tmpfs", "none", join(dev, "shm"));
      writeFileSync(join(dev, "shm/x"), "");
      expect(place.mounts()).toHaveLength(2);
      expect(await release()).toMatchObject({ result: { cleanup: [] } });
      nothing(place);
    });

    it("when it is mounted twice", async () => {
      const place = harness.place();
      const { dev, release } = await place.hold({ steps: PLAIN });
      mount("--bind", dev, dev);
      expect(place.mounts()).toEqual([`tmpfs ${dev}`, `tmpfs ${dev}`]);
      expect(await release()).toMatchObject({ result: { cleanup: [] } });
      nothing(place);
    });

    it("but not what somebody else has mounted over it, not even below what was mounted twice", async () => {
      const place = harness.place();
      const { dev, release } = await place.hold({ steps: PLAIN });
      const twin = join(place.directory, "twin");
      mkdirSync(twin);
      mount("--bind", dev, twin);
      mount("-t", "tmpfs", "none", dev);
      writeFileSync(join(dev, "mine"), "");
      mount("--bind", twin, dev);
      expect(readdirSync(dev)).toEqual(["null"]);
      const { result } = await release();
      expect(result?.cleanup).toMatchObject([
        { rule: "execute/left-behind", ...spot, data: { path: dev, why: "something else stands there now" } },
        { rule: "execute/not-removed", data: { reason: "something is mounted there" } },
      ]);
      expect(readdirSync(dev)).toEqual(["mine"]);
    });
  });

  describe("that a killed run left", () => {
    it("is all there, and then gone, as foreseen", async () => {
      const place = harness.place();
      const { signal, places } = await place.run({ action: "make", steps: BACKED });
      const { directory } = journalIn(place);
      const dev = join(directory, "dev");
      expect([signal, places, place.mounts()]).toEqual(["SIGKILL", { "{run}/dev": dev }, [`tmpfs ${dev}`]]);
      const actions = [
        { kind: "unmount", path: dev },
        { kind: "remove-tree", path: directory },
      ];
      const { result, changes } = await place.run({ action: "dry-run" });
      expect([result, changes]).toEqual([[{ directory, state: "would-undo", actions, problems: [] }], 0]);
      expect(made(dev)).toHaveLength(SIX.length);
      expect(await place.replay()).toEqual([{ directory, state: "undone", actions, problems: [] }]);
      nothing(place);
    });

    it.each([
      ["nodes of its own", []],
      ["the host's nodes", WITHOUT("mknod")],
    ])("is gone wherever it was killed, and where the replay was: %s", async (_, prefix) => {
      const trial = harness.place();
      const steps = [TMPFS, node("net/tun", "/dev/null")];
      const { changes = 0 } = await trial.run({ action: "make-and-undo", steps }, prefix);
      expect(changes).toBeGreaterThan(10);
      for (let dieAt = 1; dieAt <= changes; dieAt++) {
        const place = harness.place();
        const { signal } = await place.run({ action: "make-and-undo", steps, dieAt }, prefix);
        const { problems = [] } = (await place.replay())[0] ?? {};
        const found = [signal, problems, place.mounts(), place.left()];
        expect({ dieAt, found }).toEqual({ dieAt, found: ["SIGKILL", [], [], []] });
      }
    });

    it("is gone wherever the replay was killed", async () => {
      const trial = harness.place();
      await trial.run({ action: "make", steps: PLAIN });
      const { changes = 0 } = await trial.run({ action: "replay" });
      expect(changes).toBeGreaterThan(4);
      for (let dieAt = 1; dieAt <= changes; dieAt++) {
        const place = harness.place();
        await place.run({ action: "make", steps: PLAIN });
        const { signal } = await place.run({ action: "replay", dieAt });
        const { problems = [] } = (await place.replay())[0] ?? {};
        const found = [signal, problems, place.mounts(), place.left()];
        expect({ dieAt, found }).toEqual({ dieAt, found: ["SIGKILL", [], [], []] });
      }
    });

    it("is told and tried again when it can't be unmounted", async () => {
      const place = harness.place();
      await place.run({ action: "make", steps: PLAIN });
      const path = join(journalIn(place).directory, "dev");
      const refused = await place.replay(WITHOUT("sys_admin"));
      expect(refused).toMatchObject([{ problems: [{ rule: "journal/not-unmounted", ...spot, data: { path } }] }]);
      expect(refused[0]?.problems[0]?.help).toContain(`umount --lazy ${path}`);
      expect(made(path, ["null"])).toEqual(["666 character special file 1:3"]);
      expect(await place.replay()).toMatchObject([{ state: "undone", problems: [] }]);
      nothing(place);
    });

    it("is gone with its namespace, or the machine's last start", async () => {
      const place = harness.place();
      const elsewhere = ["unshare", "-m", "--propagation", "private"];
      const { signal } = await place.run({ action: "make", steps: PLAIN }, elsewhere);
      const { directory } = journalIn(place);
      expect([signal, place.mounts(), readdirSync(directory).sort()]).toEqual(["SIGKILL", [], ["dev", "journal"]]);
      const actions = [{ kind: "remove-tree", path: directory }];
      expect((await place.run({ action: "dry-run" })).result).toMatchObject([{ actions, problems: [] }]);
      expect(await place.replay()).toEqual([{ directory, state: "undone", actions, problems: [] }]);
      nothing(place);

      await place.run({ action: "make", steps: PLAIN }, elsewhere);
      const { file } = journalIn(place);
      writeFileSync(file, readFileSync(file, "utf8").replace(/"boot":"[^"]*"/, '"boot":"another"'));
      expect(await place.replay()).toMatchObject([{ state: "undone", problems: [] }]);
      nothing(place);
    });

    it("is not another mount behind a link of that name", async () => {
      const place = harness.place();
      await place.run({ action: "make", steps: PLAIN });
      const dev = join(journalIn(place).directory, "dev");
      const victim = join(place.directory, "victim");
      mkdirSync(victim);
      mount("-t", "tmpfs", "none", victim);
      umount(dev);
      rmdirSync(dev);
      symlinkSync(victim, dev);
      expect(await place.replay()).toMatchObject([{ problems: [{ rule: "journal/link", data: { link: dev } }] }]);
      expect(place.mounts()).toEqual([`tmpfs ${victim}`]);
      umount(victim);
      nothing(place);
    });

    it("is not what stands where its run directory was", async () => {
      const place = harness.place();
      await place.run({ action: "make", steps: PLAIN });
      const { directory } = journalIn(place);
      const dev = join(directory, "dev");
      umount(dev);
      // Another file system, in which a mount has the same name.
      mount("-t", "tmpfs", "none", dev);
      const { problems } = (await place.replay())[0] ?? {};
      expect(problems).toMatchObject([
        { rule: "journal/not-the-same", data: { path: dev } },
        { rule: "journal/not-removed", data: { path: directory } },
      ]);
      expect(place.mounts()).toEqual([`tmpfs ${dev}`]);
      umount(dev);
      expect(await place.replay()).toMatchObject([{ state: "undone", problems: [] }]);
      nothing(place);
    });
  });

  it("is mounted where it was meant to be, whatever the name leads to by now", () => {
    const { directory, mounts } = harness.place();
    const [above, path] = [join(directory, "above"), join(directory, "above/path")];
    mkdirSync(path, { recursive: true });
    const point = openSync(path, "r");
    try {
      mount("-t", "tmpfs", "none", above);
      mkdirSync(path);
      expect(runSystemProgram("mount", ["-t", "tmpfs", "none", handed(0)], [point])).toBeUndefined();
    } finally {
      closeSync(point);
    }
    umount(above);
    expect(mounts()).toEqual([`tmpfs ${path}`]);
    umount(path);
  });

  it("is undone when a mount(8) that outlived its run comes late", async () => {
    const place = harness.place();
    const journal = createJournal(place.env);
    const path = join(String(journal.runDirectory()), "dev");
    journal.intend({ kind: "unmount", path, type: "directory", spot });
    mkdirSync(path);
    const { rmdirSync: original } = fs;
    let mounted = 0;
    fs.rmdirSync = (directory) => {
      if (mounted++ === 0) mount("-t", "tmpfs", "none", path);
      original(directory);
    };
    syncBuiltinESMExports();
    try {
      expect(await journal.undo()).toEqual([]);
    } finally {
      fs.rmdirSync = original;
      syncBuiltinESMExports();
    }
    expect(mounted).toBeGreaterThan(1);
    nothing(place);
  });

  it("is undone to the last mount when nobody came to say which one it was", async () => {
    const place = harness.place();
    const journal = createJournal(place.env);
    const path = join(String(journal.runDirectory()), "dev");
    journal.intend({ kind: "unmount", path, type: "directory", spot });
    mkdirSync(path);
    for (const _ of [1, 2]) {
      mount("-t", "tmpfs", "none", path);
      writeFileSync(join(path, "x"), "");
    }
    expect(place.mounts()).toHaveLength(2);
    expect(await journal.undo()).toEqual([]);
    nothing(place);
  });
});

describe("a step to unmount", () => {
  const run = "/run/sbx/run-AbCdEf";
  const owner = { pid: 7, start: "1", boot: "b", pidns: "1", timens: "" };
  const undo = { kind: "unmount", type: "directory", spot, parent: undefined, time: 1 } as const;
  it.each([
    ["believed", "in the run directory", { path: `${run}/dev` }],
    ["not believed", "further down", { path: `${run}/dev/shm` }],
    ["not believed", "elsewhere", { path: "/dev" }],
    ["not believed", "under a name that only runs give", { path: "/tmp/sbx-AbCdEf-1" }],
    ["not believed", "of the run directory itself", { path: run }],
    ["not believed", "of a file", { path: `${run}/dev`, type: "file" }],
  ] as const)("is %s %s", (verdict, _, change) => {
    const records = [
      { is: "owner", owner } as const,
      { is: "intent", number: 1, undo: { ...undo, ...change } } as const,
    ];
    const content = parseJournal(Buffer.from(records.map(journalLine).join("")), run);
    expect("broken" in content ? "not believed" : "believed").toBe(verdict);
  });

  it("comes before the nodes, or that is a bug", () => {
    expect(() => makeNode(node("null"), { places: new Map() })).toThrow("nothing is mounted for {run}/dev/null");
  });
});

function mount(...words: readonly string[]): void {
  const done = spawnSync("mount", words, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
}

function umount(path: string): void {
  const done = spawnSync("umount", ["-l", path], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
}
