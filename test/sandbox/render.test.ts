import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { seenMounts } from "../support/mountinfo.ts";
import { type Done, install, type Room } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

/** Everything that a rendered command must get right in one profile. */
const PROFILE = `version: 1
extends: [base]
mounts:
  .: rw
  /work dir: {from: ./data, access: ro}
  /scratch: {scratch: true}
files:
  /etc/greeting: {content: "it's \\"quoted\\" $HOME \\\\ \`id\`\\n", mode: 0640}
  /etc/empty: {content: ""}
symlinks: {/link: "work dir"}
tmpfs: {/small: {size: 1M, mode: 0711}}
mask: ["**/.env", ./hidden]
protect: [kept]
env:
  pass: [PASSED, PASSED_TOKEN]
  set: {PLAIN: "a 'b' \\"c\\" $d", MULTI: "one\\ntwo", LD_BIND_NOW: "1", TMPDIR: /tmp, EMPTY: ""}
  prepend: {PATH: [/opt/my tools], PASSED: [/first]}
process: {hostname: rendered, uid: 7, gid: 8}
`;

const HOST = { PASSED: "p 'q' \"r\" $s", PASSED_TOKEN: "t0ken-canary" };

/** Says everything that the two ways could differ in. */
const PROBE = `
echo == env; env -0 | sort -z
echo; echo == mounts; cat /proc/self/mountinfo
echo == files; cat /etc/greeting /etc/empty /etc/passwd "/work dir/file" "/link/file" .env hidden/key kept
stat -c "%n %a %u %F" /etc/greeting /etc/empty .env hidden kept /small /tmp "/work dir" /scratch /run
echo == writes; for at in /scratch . /small "/work dir" /etc kept; do (echo x >"$at/w" || echo x >>"$at") && echo "$at yes"; done
echo == process; id -u; id -g; hostname; pwd; ulimit -n; cat
readlink /proc/self/ns/net /proc/self/ns/pid /proc/self/ns/ipc | sed 's/:.*//'; cat /proc/self/status | grep -E '^(Cap|NoNewPrivs|NSpid)'
exit 42`;

/** What differs between two runs of the same thing: process ids, inode numbers, the directory of the run. */
function comparable({ code, stdout, stderr }: Done, room: Room) {
  const [before = "", rest = ""] = stdout.split("== mounts\n");
  const [mounts = "", after = ""] = rest.split("== files\n");
  const seen = seenMounts(mounts).map(({ device: _, id: __, parent: ___, root, ...mount }) => ({
    ...mount,
    root: root
      .replace(/^.*\/scratch-scratch(?:\/scratch)?$|^\/run-[^/]*\/.*scratch.*$|^\/tmp\.[^/]+\/.*$/, "{run}")
      .replace(/bindfile\w+/, "bindfile"),
  }));
  const said = stderr.replace(/^\S*sh: \d+: |^\S*bash: (line \d+: )?/gm, "");
  return { code, before, seen, after: after.replaceAll(room.project, "PROJECT"), said };
}

const leftovers = () => readdirSync("/tmp").filter((name) => name.startsWith("tmp.")).length;

describe.each(runners())("`sbx render` with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  room.write(".sandbox.yml", PROFILE);
  room.write("data/file", "data\n");
  room.write(".env", "SECRET=canary\n");
  room.write("hidden/key", "canary\n");
  room.write("kept", "kept\n");

  it.each([
    ["dash", "/bin/sh"],
    ["bash", "/bin/bash"],
  ])("gives a command that does in %s what `sbx run` does", async (_, shell) => {
    const before = leftovers();
    const options = { env: HOST, stdin: "from outside\n" };
    const ran = await room.sbx(["run", "-p", "./.sandbox.yml", "--", "/bin/sh", "-c", PROBE], options);
    const rendered = await room.sbx(["render", "-p", "./.sandbox.yml", "--", "/bin/sh", "-c", PROBE], options);
    expect(rendered).toMatchObject({ code: 0, stderr: "" });
    expect(rendered.stdout).not.toContain(HOST.PASSED_TOKEN);
    const pasted = await room.run([shell, "-c", rendered.stdout], options);

    expect(ran.code).toBe(42);
    expect(ran.stdout).toContain("PASSED_TOKEN=t0ken-canary");
    expect(ran.stdout).toContain("PASSED=/first:p 'q' \"r\" $s");
    expect(ran.stdout).toContain("from outside");
    expect(ran.stdout).toMatch(/\/scratch yes\n\. yes\n\/small yes\n\/etc yes\n== process/);
    expect(ran.stdout).not.toContain("canary\n");
    expect(comparable(pasted, room)).toEqual(comparable(ran, room));
    expect(leftovers()).toBe(before);
  });

  it("passes on signals and exit codes of the command", async () => {
    for (const [script, code] of [
      ["kill -9 $$", 137],
      ["exit 3", 3],
      ["no-such-command", 127],
    ] as const) {
      const { stdout } = await room.sbx(["render", "-p", "./.sandbox.yml", "--", "sh", "-c", script], { env: HOST });
      const { code: pasted } = await room.run(["/bin/sh", "-c", stdout], { env: HOST });
      expect([script, pasted]).toEqual([script, code]);
    }
  });

  it("gives JSON that twenty lines can run", async () => {
    const options = { env: HOST, stdin: "from outside\n" };
    const ran = await room.sbx(["run", "-p", "./plain.yml", "--", "/bin/sh", "-c", PROBE], options);
    const rendered = await room.sbx(["render", "-p", "./plain.yml", "--json", "--", "/bin/sh", "-c", PROBE], options);
    expect(rendered.stderr).toBe("");
    const harness = room.write("harness.mjs", HARNESS);
    const done = await room.run([process.execPath, harness, rendered.stdout], options);
    expect(ran.stdout).toContain("PASSED_TOKEN=t0ken-canary");
    expect(ran.code).toBe(42);
    expect(comparable(done, room)).toEqual(comparable(ran, room));
  });
  // Without a scratch directory: a harness of twenty lines does no steps.
  room.write("plain.yml", PROFILE.replace(/^.*scratch.*\n/m, ""));

  it("gives NUL-separated words that xargs can run, or refuses", async () => {
    room.write(
      "bare.yml",
      "version: 1\nmounts: {/usr: ro, /bin: ro, /lib: ro?, /lib64: ro?, .: ro}\nsymlinks: {/a b: /usr}\n",
    );
    const args = ["-p", "./bare.yml", "--format", "nul", "--", "/bin/echo", "two words", "line\nbreak"];
    const rendered = await room.sbx(["render", ...args]);
    expect(rendered.stdout.endsWith("line\nbreak\0")).toBe(true);
    const done = await room.run(["/usr/bin/xargs", "-0", "/usr/bin/env", "-i"], { stdin: rendered.stdout });
    expect(done).toMatchObject({ code: 0, stdout: "two words line\nbreak\n" });

    const refused = await room.sbx(["render", "-p", "./.sandbox.yml", "--format", "nul", "--", "true"], { env: HOST });
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("error[render/needs-sbx]");
  });
});

/** What an integrator writes: environment, inputs, arguments, nothing else. */
const HARNESS = `import { spawn } from "node:child_process";
const call = JSON.parse(process.argv[2]);
const host = (part) => (typeof part === "string" ? part : (process.env[part.from] ?? ""));
const value = (part) => [...(part.prepend ?? []), host(part)].join(":");
const env = Object.fromEntries(Object.entries(call.env).map(([name, part]) => [name, value(part)]));
const stdio = ["inherit", "inherit", "inherit"];
for (const { fd } of call.inputs) stdio[fd] = "pipe";
for (let fd = 3; fd < stdio.length; fd += 1) stdio[fd] ??= "ignore";
const child = spawn(call.file, call.args, { cwd: call.cwd, env, stdio });
for (const { fd, content } of call.inputs) {
  child.stdio[fd].end((typeof content === "string" ? [content] : content).map(host).join(""));
}
child.on("exit", (code) => process.exit(code));
`;

describe("`sbx render` and secrets", () => {
  const room = installed.room();
  const profile = `version: 1
extends: [base]
env:
  pass: [PASSED_TOKEN]
  set: {API_KEY: literal-canary, LD_SECRET: loader-canary, MODE: fast}
`;
  room.write("secrets.yml", profile);
  const render = (...args: readonly string[]) =>
    room.sbx(["render", "-p", "./secrets.yml", ...args, "--", "env"], { env: { PASSED_TOKEN: "passed-canary" } });

  it.each([["shell"], ["json"], ["nul"]])("shows no value of theirs as %s", async (format) => {
    const { stdout, stderr } = await render("--format", format);
    expect(stdout + stderr).not.toContain("canary");
    if (format !== "nul") expect(stdout).toContain("fast");
  });

  it("asks the shell for what it does not show, and stops when the shell does not have it", async () => {
    const { stdout } = await render();
    expect(stdout).toContain('PASSED_TOKEN="$PASSED_TOKEN"');
    const env = { PASSED_TOKEN: "p", API_KEY: "from the shell", LD_SECRET: "x" };
    const given = await room.run(["/bin/sh", "-c", stdout], { env });
    expect(given.stdout).toContain("API_KEY=from the shell\n");
    const missing = await room.run(["/bin/sh", "-c", stdout], { env: { PASSED_TOKEN: "p" } });
    expect(missing.stdout).toBe("");
    expect(missing.stderr).toMatch(/API_KEY/);
    expect(missing.code).not.toBe(0);
  });

  it("shows no value at all with --redact", async () => {
    for (const format of ["shell", "json"]) {
      const { stdout } = await render("--redact", "--format", format);
      expect(stdout).toContain("MODE");
      expect(stdout).not.toMatch(/fast|\/usr\/local\/sbin/);
    }
  });
});

it("an empty variable leaves no empty part in a search path, which would be the working directory", async () => {
  const room = installed.room();
  room.write(
    "paths.yml",
    "version: 1\nextends: [base]\nenv: {pass: [MY_PATH, LD_LIBRARY_PATH], prepend: {MY_PATH: [/a], LD_LIBRARY_PATH: [/b]}}\n",
  );
  const args = ["-p", "./paths.yml", "--", "printenv", "MY_PATH", "LD_LIBRARY_PATH"];
  const empty = { env: { MY_PATH: "", LD_LIBRARY_PATH: "" } };
  const full = { env: { MY_PATH: "/x:/y", LD_LIBRARY_PATH: "/z" } };
  expect((await room.sbx(["run", ...args], empty)).stdout).toBe("/a\n/b\n");
  expect((await room.sbx(["run", ...args], full)).stdout).toBe("/a:/x:/y\n/b:/z\n");
  for (const [at, pasted, expected] of [
    [empty, empty, "/a\n/b\n"],
    [full, full, "/a:/x:/y\n/b:/z\n"],
    [full, { env: { MY_PATH: "", LD_LIBRARY_PATH: "/z" } }, "/a\n/b:/z\n"],
  ] as const) {
    const { stdout } = await room.sbx(["render", ...args], at);
    expect((await room.run(["/bin/sh", "-c", stdout], pasted)).stdout).toBe(expected);
  }
});

describe("`sbx render` refuses", () => {
  const room = installed.room();

  it.each([
    ["a mount point on the host", "mounts: {.: rw, ./new: {from: /usr, access: ro}}", "mount-point"],
    ["a directory to make", "mounts: {./made: {access: rw, missing: create}}", "make-directory"],
    ["scratch elsewhere", "mounts: {/s: {scratch: /var/tmp}}", "scratch"],
  ])("%s, which only sbx can do and undo", async (_, fields, step) => {
    room.write("steps.yml", `version: 1\nextends: [base]\n${fields}\n`);
    const done = await room.sbx(["render", "-p", "./steps.yml", "--", "true"]);
    expect(done).toMatchObject({ code: 2, stdout: "" });
    expect(done.stderr).toContain("error[render/needs-sbx]");
    expect(done.stderr).toContain(step);
    const ran = await room.sbx(["run", "-p", "./steps.yml", "--", "true"]);
    expect(ran.code).toBe(0);
  });

  it("cleans its directory up when it is ended by a signal", async () => {
    const { stdout } = await room.sbx(["render", "-p", "base", "--", "sh", "-c", "echo started; sleep 1000"]);
    const before = leftovers();
    const child = spawn("/bin/sh", ["-c", `exec /bin/sh -c "$1"`, "sh", stdout], {
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    const ended = new Promise((done) => child.on("exit", done));
    await new Promise((started) => child.stdout?.once("data", started));
    process.kill(-(child.pid ?? 0), "SIGTERM");
    await ended;
    child.stdout && (await text(child.stdout).catch(() => ""));
    expect(leftovers()).toBe(before);
  });
});
