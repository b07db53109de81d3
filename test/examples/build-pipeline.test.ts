import { spawnSync } from "node:child_process";
import { chownSync, cpSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inTerminal } from "../support/pty.ts";
import { type Done, install, ROOT, type Room, SYSTEM_PATH } from "../support/sbx.ts";

const PACKAGES = ["busybox-static", "netcat-openbsd"];
const missing = PACKAGES.filter((name) => !isInstalled(name));
const reason = `${missing.join(" and ")} not installed, and tests download nothing`;
if (missing.length > 0) process.stderr.write(`SKIPPED: examples/build-pipeline (${reason})\n`);

function isInstalled(name: string): boolean {
  const asked = spawnSync("dpkg-query", ["--show", "--showformat", "${db:Status-Status}", name], { encoding: "utf8" });
  return asked.stdout === "installed";
}

/** What the example needs of npm: sbx itself as it is published, and tsx. */
const MODULES = ["yaml", "picomatch", "@lydell", "tsx", "esbuild", "@esbuild"];
const README = readFileSync(join(ROOT, "examples/build-pipeline/README.md"), "utf8");

const installed = install();
afterAll(installed.remove);

/** A user's copy of the example, with a root for it to build in. */
class Copy {
  readonly room: Room;
  /** Where images come to be. */
  readonly out: string;
  readonly env = { PATH: `${dirname(process.execPath)}:${SYSTEM_PATH}`, TERM: "xterm" };

  constructor(user: Room["user"]) {
    this.room = installed.room(user);
    const { project } = this.room;
    this.out = this.room.directory("../out");
    cpSync(join(ROOT, "examples/build-pipeline"), project, { recursive: true });
    this.room.write("package.json", '{"type": "module"}\n');
    const modules = join(project, "node_modules");
    for (const name of MODULES) cpSync(join(ROOT, "node_modules", name), join(modules, name), { recursive: true });
    for (const part of ["package.json", "dist/lib"]) {
      cpSync(join(ROOT, part), join(modules, "sbx-profiles", part), { recursive: true });
    }
    for (const path of ["", "lib/stages"]) chownSync(join(project, path), this.room.uid, this.room.uid);
  }

  /** Does what a line of the README says, its /tmp being this copy's own. */
  shell(line: string): Promise<Done> {
    return this.room.run(["/bin/sh", "-c", `exec 2>&1; ${line.replaceAll("/tmp/", `${this.out}/`)}`], {
      env: this.env,
    });
  }

  /** Writes a pipeline of these stages; a script is a stage of this test's own. */
  pipeline(stages: readonly { readonly name: string; readonly options?: object; readonly script?: string }[]): string {
    for (const { name, script } of stages) if (script !== undefined) this.room.write(`lib/stages/${name}`, script);
    const listed = stages.map(({ name, options }) => ({ name, options }));
    this.room.write("own.json", JSON.stringify({ title: "Own", stages: listed }));
    return "own.json";
  }

  build(pipeline: string, image = "own.cpio.gz"): Promise<Done> {
    return this.shell(`node --import tsx build.ts ${pipeline} /tmp/build-root /tmp/${image}`);
  }

  /** What a build may have left: where images come to be, the directories of runs, mounts, processes. */
  traces(): readonly unknown[] {
    const runtime = join(dirname(this.room.home), "runtime");
    const below = readdirSync(runtime, { recursive: true, encoding: "utf8" }).filter((name) => name !== "sbx");
    const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
    const processes = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(this.out));
    return [readdirSync(this.out), below, mounts.filter((line) => line.includes(dirname(this.room.home))), processes];
  }
}

const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
};

interface Entry {
  readonly mode: number;
  readonly uid: number;
  readonly mtime: number;
  readonly text: string;
}

/** The entries of an image: cpio's format `newc`, as the kernel reads it (Documentation/driver-api/early-userspace). */
function entriesOf(image: string): Map<string, Entry> {
  const bytes = gunzipSync(readFileSync(image));
  const entries = new Map<string, Entry>();
  const aligned = (at: number) => Math.ceil(at / 4) * 4;
  for (let at = 0; ; ) {
    expect(bytes.toString("latin1", at, at + 6)).toBe("070701");
    const field = (number: number) =>
      Number.parseInt(bytes.toString("latin1", at + 6 + 8 * number, at + 14 + 8 * number), 16);
    const [mode, uid, mtime, size, nameSize] = [field(1), field(2), field(5), field(6), field(11)];
    const name = bytes.toString("utf8", at + 110, at + 110 + nameSize - 1);
    if (name === "TRAILER!!!") return entries;
    const start = aligned(at + 110 + nameSize);
    entries.set(name, { mode, uid, mtime, text: bytes.toString("utf8", start, start + size) });
    at = aligned(start + size);
  }
}

/** Times, counts and hashes are other ones elsewhere. */
const masked = (text: string): string => text.replace(/"sha256":"[^"]*"/, '"sha256":"…"').replace(/\d+/g, "N");

interface Shown {
  readonly command: string;
  readonly code: number;
  readonly output: string;
}

function commandsOf(readme: string): Shown[] {
  const blocks = [...readme.matchAll(/^```sh\n([^`]*)^```$(?:\n\n^```text\n([^`]*)^```$)?/gm)];
  return blocks.flatMap(([, block = "", output = ""]) => {
    const lines = block.trim().split("\n");
    return lines.map((command, index) => ({
      command,
      code: Number(/# ends with (\d+)$/.exec(command)?.[1] ?? 0),
      output: index === lines.length - 1 ? output : "",
    }));
  });
}

const users = process.getuid?.() === 0 ? (["root", "ordinary"] as const) : (["ordinary"] as const);

describe.skipIf(missing.length > 0).each(users)(`examples/build-pipeline, for %s`, (user) => {
  let copy: Copy;
  beforeAll(() => {
    copy = new Copy(user);
  });

  it("does what its README shows", async () => {
    const shown = commandsOf(README);
    expect(shown.length).toBe(4);
    for (const { command, code, output } of shown) {
      const done = await copy.shell(command);
      expect([command, done.code, masked(done.stdout)]).toEqual([command, code, masked(output)]);
    }
    expect(copy.traces()).toEqual([["build-root", "rescue.cpio.gz"], [], [], []]);
  });

  it("builds an image of what the stages made", async () => {
    const entries = entriesOf(join(copy.out, "rescue.cpio.gz"));
    const busybox = readFileSync(join(copy.out, "build-root/bin/busybox"), "utf8");
    expect(entries.get("bin/busybox")).toMatchObject({ mode: 0o100755, text: busybox });
    expect(entries.get("bin/sh")).toMatchObject({ mode: 0o120777, text: "busybox" });
    expect(entries.get("init")).toMatchObject({ mode: 0o100755, text: expect.stringMatching(/^#!\/bin\/sh\n/) });
    expect(entries.get("etc/motd")?.text).toBe("This machine needs help.\n");
    expect(entries.get("home/bob")?.mode).toBe(0o040755);
    // Whoever builds it, and when.
    expect([...entries.values()].filter(({ uid, mtime }) => uid !== 0 || mtime !== 0)).toEqual([]);
    // Neither the build's /var nor anything else of the sandbox.
    expect([...entries.keys()].filter((name) => /^(var|run|usr)/.test(name))).toEqual([]);
  });

  it("builds the same image again", async () => {
    await copy.build("image.json", "again.cpio.gz");
    const [one, other] = ["rescue", "again"].map((name) => readFileSync(join(copy.out, `${name}.cpio.gz`)));
    expect(one?.equals(other!)).toBe(true);
  });

  it("stops at the stage that fails, and leaves nothing", async () => {
    const before = copy.traces();
    const after = { name: "after", script: "echo too late; metadata '{}'" };
    const done = await copy.build(copy.pipeline([{ name: "fails", script: "touch a; echo so far; exit 3" }, after]));
    expect([done.code, masked(done.stdout)]).toEqual([
      1,
      "Own\n✗ fails (N.N s)\n  | so far\nno image: stage fails ended with exit code N\n",
    ]);
    expect(copy.traces()).toEqual(before);
  });

  it("packs only what the checksums are of, which are in /var from one stage to the next", async () => {
    const change = { name: "change", script: "echo other >etc/motd" };
    const stages = [{ name: "base" }, { name: "init", options: { greeting: "x" } }];
    const changed = await copy.build(copy.pipeline([...stages, { name: "checksums" }, change, { name: "image" }]));
    expect([changed.code, changed.stdout]).toEqual([1, expect.stringMatching(/ {2}\| \+\w{64} {2}\.\/etc\/motd\n/)]);
    const more = { name: "more", script: "touch etc/more" };
    const added = await copy.build(copy.pipeline([...stages, { name: "checksums" }, more, { name: "image" }]));
    expect([added.code, added.stdout]).toEqual([1, expect.stringContaining("  ./etc/more\n")]);
    const unchecked = await copy.build(copy.pipeline([...stages, { name: "image" }]));
    expect([unchecked.code, unchecked.stdout]).toEqual([1, expect.stringContaining("/var/checksums")]);
    const checked = await copy.build(copy.pipeline([...stages, change, { name: "checksums" }, { name: "image" }]));
    expect(checked.code).toBe(0);
    expect(entriesOf(join(copy.out, "own.cpio.gz")).get("etc/motd")?.text).toBe("other\n");
  });

  it("collects what stages tell, and answers what it can't take", async () => {
    const leave = "echo image >/run/osbuild/output/image";
    const told = { name: "told", script: `metadata '{"a": 1, "b": 1}'; metadata '{"b": 2}'; ${leave}` };
    const done = await copy.build(copy.pipeline([told]));
    expect([done.code, done.stdout]).toEqual([0, expect.stringMatching(/\n\{"told":\{"a":1,"b":2\}\}\n$/)]);
    for (const message of ["[1]", "{", "null"]) {
      const refused = await copy.build(copy.pipeline([{ name: "told", script: `metadata '${message}'; ${leave}` }]));
      expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('  | metadata: {"error":')]);
    }
  });

  it("shows a stage at work on a terminal, and ^C ends it without a trace", async () => {
    const before = copy.traces();
    const script = "touch /var/x a; printf 'at \\033[31mwork'; sleep 1000";
    const pipeline = copy.pipeline([{ name: "endless", script }, { name: "image" }]);
    const argv = [
      "node",
      "--import",
      "tsx",
      "build.ts",
      pipeline,
      join(copy.out, "build-root"),
      join(copy.out, "never"),
    ];
    const env = { ...copy.env, HOME: copy.room.home, XDG_RUNTIME_DIR: join(dirname(copy.room.home), "runtime") };
    const terminal = await inTerminal(argv, { user, cwd: copy.room.project, env });
    try {
      await terminal.shows("… endless  at \\x1b[31mwork");
      terminal.type("\u0003");
      expect(await terminal.ended).toBe(130);
      expect(terminal.screen().toString()).toMatch(
        /✗ endless \(\d+\.\d s\)\r\n.*no image: stage endless did not end by itself/s,
      );
    } finally {
      await terminal.close();
    }
    expect(copy.traces()).toEqual(before);
  });

  it("makes no root where something is, and leaves none half made", async () => {
    const before = readdirSync(copy.out);
    expect((await copy.shell("./make-root /tmp/build-root")).code).toBe(2);
    copy.room.write("bin/dpkg-query", "#!/bin/sh\nexit 1\n", 0o755);
    copy.room.write("bin/apt-get", "#!/bin/sh\nexit 100\n", 0o755);
    const failed = await copy.shell("PATH=$PWD/bin:$PATH ./make-root /tmp/other");
    expect([failed.code, failed.stdout]).toEqual([1, expect.stringContaining("try: apt-get update")]);
    expect(readdirSync(copy.out)).toEqual(before);
  });
});
