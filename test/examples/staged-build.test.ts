import { chownSync, cpSync, existsSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Runner, runners } from "../support/bwraps.ts";
import { type Done, install, ROOT, type Room, SYSTEM_PATH } from "../support/sbx.ts";

const BUSYBOX = "/bin/busybox";
const reason = "there is no busybox-static, which the example makes its tree of";
if (!existsSync(BUSYBOX)) process.stderr.write(`SKIPPED: examples/staged-build (${reason})\n`);

/** What the example needs of npm: sbx itself as it is published, and tsx. */
const MODULES = ["yaml", "picomatch", "@lydell", "tsx", "esbuild", "@esbuild"];
const README = readFileSync(join(ROOT, "examples/staged-build/README.md"), "utf8");
/** The commands of the README and what it says of them, in order. */
const BLOCKS = [...README.matchAll(/```(sh|text)\n([\s\S]*?)```/g)].map(([, kind, text = ""]) => ({ kind, text }));

const installed = install();
afterAll(installed.remove);

interface Copy {
  readonly room: Room;
  readonly out: string;
  /** Does what the README says, its /tmp being this copy's own. */
  shell(text: string): Promise<Done>;
}

function copy({ user, bwrap }: Runner): Copy {
  const room = installed.room(user, bwrap);
  const out = room.directory("../out");
  cpSync(join(ROOT, "examples/staged-build"), room.project, { recursive: true });
  room.write("package.json", '{"type": "module"}\n');
  const modules = join(room.project, "node_modules");
  for (const name of MODULES) cpSync(join(ROOT, "node_modules", name), join(modules, name), { recursive: true });
  for (const part of ["package.json", "dist/lib"]) {
    cpSync(join(ROOT, part), join(modules, "sbx-profiles", part), { recursive: true });
  }
  chownSync(room.project, room.uid, room.uid);
  const env = { PATH: `${dirname(process.execPath)}:${SYSTEM_PATH}` };
  const shell = (text: string) => room.run(["/bin/sh", "-c", text.replaceAll("/tmp/", `${out}/`)], { env });
  return { room, out, shell };
}

/** Everything below a directory, with what it is. */
const listed = (top: string): readonly (readonly [string, string])[] =>
  readdirSync(top, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      if (entry.isSymbolicLink()) return [path.slice(top.length), readlinkSync(path)] as const;
      const { mode, mtimeMs, nlink } = statSync(path);
      const what = entry.isFile() ? `${mtimeMs} ${nlink} ${readFileSync(path, "base64")}` : "directory";
      return [path.slice(top.length), `${(mode & 0o7777).toString(8)} ${what}`] as const;
    })
    .sort(([one], [other]) => (one < other ? -1 : 1));

describe.skipIf(!existsSync(BUSYBOX)).each(runners())("examples/staged-build, with $bwrap, as $user", (runner) => {
  const [build, built, program, says, careless, damaged] = BLOCKS.map(({ text }) => text);

  it("does what its README shows, and leaves the store as it was", async () => {
    const { shell, out } = copy(runner);
    const first = await shell(build ?? "");
    expect(first.stderr).toBe("");
    expect(first).toMatchObject({ code: 0, stdout: built });
    expect((await shell(program ?? "")).stdout).toBe(says);
    expect(readdirSync(join(out, "staged")).sort()).toEqual(["out", "store"]);
    const before = listed(join(out, "staged/store"));
    // Once more, from a store that has everything: not a time, a mode or a link count changes.
    expect(await shell(build ?? "")).toMatchObject({ code: 0, stdout: built });
    expect(listed(join(out, "staged/store"))).toEqual(before);
    expect(listed(join(out, "staged/out")).map(([path]) => path)).toEqual(["/usr", "/usr/bin", "/usr/bin/hello"]);
  });

  it("would damage the store without `artifact`, as its README shows", async () => {
    const { shell } = copy(runner);
    expect(await shell(careless ?? "")).toMatchObject({ code: 1, stdout: damaged });
  });

  it("leaves nothing of a build that fails, and tells why", async () => {
    const { shell, out, room } = copy(runner);
    room.write("hello/install.sh", 'touch /buildstream/install/half; echo "no such tool"; exit 3\n');
    const done = await shell(build ?? "");
    expect(done.code).toBe(1);
    expect(done.stderr).toContain("not built: sh ./install.sh /buildstream/install: exit code 3\nno such tool");
    expect(readdirSync(join(out, "staged"))).toEqual(["store"]);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("leaves nothing of a build that is stopped by %s", async (signal, code) => {
    const { room, out } = copy(runner);
    room.write("hello/install.sh", "touch started; while :; do sleep 1000; done\n");
    const env = { PATH: `${dirname(process.execPath)}:${SYSTEM_PATH}` };
    const build = room.launch([process.execPath, "--import", "tsx", "build.ts", join(out, "staged")], { env });
    const started = join(out, "staged/work/root/buildstream/build/started");
    while (!existsSync(started) && build.child.exitCode === null) await new Promise((later) => setTimeout(later, 20));
    build.child.kill(signal);
    const done = await build.done;
    expect(done.stderr).toContain("aborted");
    expect(done.code).toBe(code);
    expect(readdirSync(join(out, "staged"))).toEqual(["store"]);
  });
});
