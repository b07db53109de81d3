import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type StagedRoot, sh, stage } from "../staged/room.ts";
import { type Runner, runners } from "../support/bwraps.ts";
import { inTerminal } from "../support/pty.ts";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

const TOOLS = ["id", "hostname", "setsid", "dd"];
const SHM = "grep -q ' /dev/shm .* tmpfs ' /proc/self/mountinfo";

/** A tree with a shell and a few tools in it. */
function staged(runner: Runner, entries: Parameters<StagedRoot["put"]>[0] = {}): StagedRoot {
  const root = stage(installed, runner);
  const links = TOOLS.filter((name) => !existsSync(join(root.path, "bin", name)));
  root.put({ ...Object.fromEntries(links.map((name) => [`bin/${name}`, { to: "busybox" }])), ...entries });
  return root;
}

/** The words for `sbx VERB` with one of the profiles over that tree. */
const words = (verb: string, profile: string, more: readonly string[], command: readonly string[]): string[] => [
  ...[verb, "-p", profile, "--set", "root=root", ...more],
  ...(command.length > 0 ? ["--", ...command] : []),
];

const run = (root: StagedRoot, profile: string, script: string, more: readonly string[] = []) =>
  root.room.sbx(words("run", profile, more, sh(script)));

describe.each(runners())("the BuildStream profiles over a staged tree, with $bwrap, as $user", (runner) => {
  it("build: the tree stays as it is, marks can be written, and so can /tmp", async () => {
    const root = staged(runner, { "buildstream/build/Makefile": { text: "all:\n" }, "other/place": "directory" });
    root.room.write(
      "build.yml",
      "version: 1\nextends: [buildstream-build]\nmarked: {/buildstream/build: {}, /other/place: {}, /new: {}}\n",
    );
    const script = `touch /x 2>/dev/null || echo no; touch /bin/x 2>/dev/null || echo no
      touch /tmp/x /buildstream/build/out /other/place/out && echo yes; pwd; ls -d /new`;
    const more = ["--set", "cwd=/buildstream/build"];
    const done = await run(root, "./build.yml", script, more);
    expect(done).toMatchObject({ code: 0, stdout: "no\nno\nyes\n/buildstream/build\n/new\n", stderr: "" });
    const made = ["x", "bin/x", "tmp", "dev", "proc", "new", "buildstream/build/out", "other/place/out"];
    expect(made.filter((path) => existsSync(join(root.path, path)))).toEqual([
      "buildstream/build/out",
      "other/place/out",
    ]);
  });

  it("build: five devices that work, an empty network, a host name of its own", async () => {
    const root = staged(runner);
    const script = `ls /dev | sort | xargs echo; dd if=/dev/zero of=/dev/null bs=1 count=1 2>/dev/null && echo ok
      hostname; ls /sys/class/net 2>/dev/null; cat /proc/net/dev | grep -c :; ${SHM} || echo no shm`;
    const { stdout } = await root.room.sbx(words("run", "buildstream-build", [], ["sh", "-c", applets(script)]));
    expect(stdout).toBe("full null random urandom zero\nok\nbuildstream\n1\nno shm\n");
    const shm = await run(root, "buildstream-build", `${SHM} && echo shm`, ["--flag", "dev-shm"]);
    expect(shm.stdout).toBe("shm\n");
  });

  it("build: with the network come the host's name and the host's interfaces", async () => {
    const root = staged(runner);
    const done = await run(root, "buildstream-build", "hostname; cat /proc/net/dev", ["--flag", "network"]);
    const here = readFileSync("/proc/sys/kernel/hostname", "utf8");
    const interfaces = (text: string) => [...text.matchAll(/^ *([^ :]+):/gm)].map((match) => match[1]).sort();
    expect(done.stdout.startsWith(here)).toBe(true);
    expect(interfaces(done.stdout)).toEqual(interfaces(readFileSync("/proc/net/dev", "utf8")));
  });

  it("build: the ids that were asked for, and files are the caller's outside", async () => {
    const root = staged(runner);
    root.room.write("build.yml", "version: 1\nextends: [buildstream-build]\nmarked: {/out: {}}\n");
    const ids = ["--set", "uid=800", "--set", "gid=900"];
    const script = "id -u; id -g; touch /out/made; stat -c '%u %g' /out/made";
    const done = await run(root, "./build.yml", script, ids);
    expect(done.stdout).toBe("800\n900\n800 900\n");
    const { uid, gid } = lstatSync(join(root.path, "out/made"));
    const caller = lstatSync(root.room.project);
    expect([uid, gid]).toEqual([caller.uid, caller.gid]);
    expect((await run(root, "./build.yml", "id -u; id -g")).stdout).toBe("0\n0\n");
    const inherited = await run(root, "./build.yml", "id -u", [...ids, "--flag", "inherit-uid"]);
    expect(inherited.stdout).toBe(`${root.room.uid}\n`);
  });

  it("integration: the whole tree can be written, and keeps what was written", async () => {
    const root = staged(runner, { "etc/ld.so.cache": { text: "old\n" } });
    const done = await run(root, "buildstream-integration", "pwd; echo new > /etc/ld.so.cache; touch /made");
    expect(done).toMatchObject({ code: 0, stdout: "/\n" });
    expect(readFileSync(join(root.path, "etc/ld.so.cache"), "utf8")).toBe("new\n");
    expect(existsSync(join(root.path, "made"))).toBe(true);
    expect(existsSync(join(root.path, "dev"))).toBe(false);
  });

  it("shell: the caller's id and network, devices for a terminal, and the command's exit code", async () => {
    const root = staged(runner);
    const script =
      "id -u; test -c /dev/ptmx && test -d /dev/shm && echo devices; test -e /dev/console && echo console; touch /x 2>/dev/null || echo ro; exit 7";
    const done = await root.room.sbx(words("shell", "buildstream-shell", [], sh(script)));
    expect(done).toMatchObject({ code: 7, stdout: `${root.room.uid}\ndevices\nro\n` });
  });

  it("shell: reads what is piped into it, as the shell of the tree", async () => {
    const root = staged(runner);
    const typed = "id -u\nhostname\nexit 3\n";
    const done = await root.room.sbx(words("shell", "buildstream-shell-isolated", [], []), { stdin: typed });
    expect(done).toMatchObject({ code: 3, stdout: "0\nbuildstream\n" });
  });

  it("shell: has a prompt, a terminal and job control", async () => {
    const root = staged(runner);
    const { argv, env } = root.room.call(words("shell", "buildstream-shell-isolated", [], []));
    const terminal = await inTerminal(argv, { user: runner.user, cwd: root.room.project, env });
    try {
      await terminal.shows("buildstream$ ");
      // Said by the job itself, so that it is in the foreground when the key comes.
      terminal.type("sh -c 'test -t 0 && echo is\"\"-a-terminal; exec sleep 1000'\r");
      await terminal.shows("is-a-terminal");
      terminal.type("\x03");
      await terminal.shows("buildstream$ ");
      terminal.type("echo still''-here; exit 5\r");
      await terminal.shows("still-here");
      expect(await terminal.ended).toBe(5);
      expect(terminal.settings()).toBe(terminal.settingsBefore);
    } finally {
      await terminal.close();
    }
  });

  it("shell: a host name of its own only without the network", async () => {
    const root = staged(runner);
    const name = async (more: readonly string[]) =>
      (await root.room.sbx(words("shell", "buildstream-shell", more, ["hostname"]))).stdout;
    expect(await name([])).toBe(readFileSync("/proc/sys/kernel/hostname", "utf8"));
    expect(await name(["--no-flag", "network"])).toBe("buildstream\n");
  });
});

/** Tools of busybox that have no name of their own in the tree. */
const applets = (script: string): string => script.replace(/\b(sort|xargs)\b/g, "busybox $1");

const HOST_FILES = `version: 1
params: {conf: {type: path, env: CONF_DIR, default: ./host/conf}}
default: shell
profiles:
  shell:
    extends: buildstream-shell
    mounts:
      "\${PROJECT}/host/same": ro
      /etc/resolv.conf: {from: ./host/resolv.conf}
      /srv/conf/: {from: "\${conf}", access: rw}
      /dev/given: {from: /dev/zero, access: dev, type: device}
      /optional: {from: ./host/none, missing: skip}
    env: {pass: [FROM_HOST], set: {PLACE: "at \${conf}"}}
    proc: {cmdline: "root=/dev/sandbox"}
  isolated: {extends: buildstream-shell-isolated}
`;

describe.each(runners())("files of the host in a BuildStream shell, with $bwrap, as $user", (runner) => {
  function withFiles(): StagedRoot {
    const root = staged(runner);
    root.room.write("shell.yml", HOST_FILES);
    for (const [name, text] of [
      ["same", "same\n"],
      ["resolv.conf", "nameserver\n"],
      ["conf/a", "a\n"],
    ] as const) {
      root.room.write(`host/${name}`, text);
    }
    return root;
  }
  const look = (project: string) => `cat ${project}/host/same /etc/resolv.conf /srv/conf/a; echo b > /srv/conf/b
    dd if=/dev/given of=/dev/null bs=1 count=1 2>/dev/null && echo device
    test -e /optional || echo none; echo $FROM_HOST $PLACE; cat /proc/cmdline`;

  it("are there: by a path or a mapping, files, directories and devices, with variables", async () => {
    const root = withFiles();
    const { project } = root.room;
    const argv = words("shell", "./shell.yml", [], sh(look(project)));
    const done = await root.room.sbx(argv, { env: { FROM_HOST: "given" } });
    expect(done.stderr).toBe("");
    expect(done.stdout).toBe(`same\nnameserver\na\ndevice\nnone\ngiven at ${project}/host/conf\nroot=/dev/sandbox`);
    expect(readFileSync(join(project, "host/conf/b"), "utf8")).toBe("b\n");
    // The places that bwrap mounted upon are gone.
    for (const path of ["etc", "srv", "dev", project]) expect(existsSync(join(root.path, path))).toBe(false);
  });

  it("come from where a variable of the caller says", async () => {
    const root = withFiles();
    const other = root.room.directory("other");
    root.room.write("other/a", "other\n");
    const argv = words("shell", "./shell.yml", [], ["cat", "/srv/conf/a"]);
    expect((await root.room.sbx(argv, { env: { CONF_DIR: other } })).stdout).toBe("other\n");
  });

  it("are not there in the isolated one", async () => {
    const root = withFiles();
    const script = `for path in ${root.room.project} /etc/resolv.conf /srv/conf /dev/given; do test -e $path && echo $path; done
      echo "[$FROM_HOST$PLACE]"; grep -c sandbox /proc/cmdline`;
    const done = await root.room.sbx(words("shell", "./shell.yml#isolated", [], sh(script)), {
      env: { FROM_HOST: "given" },
    });
    expect(done.stdout).toBe("[]\n0\n");
  });

  it("stop the shell when one is missing, warn where the profile says so, and are silent when optional", async () => {
    const root = withFiles();
    const shell = async (mount: string) => {
      root.room.write("missing.yml", `version: 1\nextends: [buildstream-shell]\nmounts:\n  /etc/conf: ${mount}\n`);
      return root.room.sbx(words("shell", "./missing.yml", [], sh("echo ran")));
    };
    const fails = await shell("{from: ./host/none}");
    expect(fails).toMatchObject({ code: 125, stdout: "" });
    expect(fails.stderr).toMatch(/^missing\.yml:4:\d+: error\[mount\/missing-source\].*host\/none/);
    const warns = await shell("{from: ./host/none, missing: warn}");
    expect(warns).toMatchObject({ code: 0, stdout: "ran\n" });
    expect(warns.stderr).toMatch(/^missing\.yml:4:\d+: warning\[.*host\/none/);
    expect(await shell("{from: ./host/none, missing: skip}")).toMatchObject({ code: 0, stdout: "ran\n", stderr: "" });
  });

  it("can be named on the command line, where each must be there", async () => {
    const root = withFiles();
    const more = ["--bind", "host/conf:/in/conf", "--ro-bind", "host/same"];
    const script = `cat /in/conf/a ${root.room.project}/host/same; echo c > /in/conf/c; (echo x > ${root.room.project}/host/same) 2>/dev/null || echo ro`;
    const done = await root.room.sbx(words("shell", "buildstream-shell", more, sh(script)));
    expect(done).toMatchObject({ code: 0, stdout: "a\nsame\nro\n" });
    expect(readFileSync(join(root.room.project, "host/conf/c"), "utf8")).toBe("c\n");
    const missing = await root.room.sbx(words("shell", "buildstream-shell", ["--bind", "host/none"], ["true"]));
    expect(missing.code).toBe(125);
    expect(missing.stderr).toContain("host/none");
  });
});
