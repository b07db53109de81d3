import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { embedder } from "../support/embedder.ts";
import { inTerminal } from "../support/pty.ts";
import { install, type RunOptions } from "../support/sbx.ts";
import { makeBuildTree, staticBusybox } from "./osbuild-tree.ts";

const busybox = staticBusybox();
if (busybox === undefined) console.warn("SKIPPED: `osbuild-buildroot` for real: this machine has no busybox-static");

const installed = install();
afterAll(installed.remove);
const embedded = embedder(installed);

describe.skipIf(busybox === undefined).each(runners())(
  "`osbuild-buildroot`, with $bwrap, as $user",
  ({ bwrap, user }) => {
    const room = installed.room(user, bwrap);
    const vardir = room.directory("var");
    const tree = makeBuildTree(room.directory("build"), busybox ?? "");
    const params = (own: Readonly<Record<string, string>> = {}) =>
      Object.entries({ root: tree.root, libdir: tree.libdir, vardir, ...own }).flatMap(([name, value]) => [
        "--set",
        `${name}=${value}`,
      ]);
    const PROFILE = ["run", "-p", "osbuild-buildroot"];
    const call = (argv: readonly string[], options: readonly string[] = params()) =>
      room.call([...PROFILE, ...options, "--", ...argv]);
    const run = (argv: readonly string[], options: readonly string[] = params(), how?: RunOptions) =>
      room.sbx([...PROFILE, ...options, "--", ...argv], how);
    const sh = (script: string, options?: readonly string[], how?: RunOptions) =>
      run(["sh", "-c", script], options, how);
    /** With another umask than the test's own. */
    const under = (umask: string, argv: readonly string[]) =>
      room.run(["/bin/sh", "-c", `umask ${umask} && exec "$@"`, "sh", ...call(argv).argv]);
    const asRoot = user === "root";

    it("starts with no more than the tree and osbuild's own, for both users", async () => {
      expect(await run(["true"])).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
      expect((await run(["false"])).code).toBe(1);
    });

    it("shows boot and usr of the tree, read-only, and nothing else of it", async () => {
      const done = await sh("ls -A / | sort; cat /boot/vmlinuz; ls -A /etc; touch /usr/x /boot/x");
      expect(done.stdout).toBe(
        `${"bin boot dev etc lib lib64 proc run sbin sys tmp usr var".split(" ").join("\n")}\nkernel\n`,
      );
      expect(done.stderr.match(/Read-only file system/g)?.length).toBe(2);
    });

    it("passes over what is a link in the tree", async () => {
      const other = makeBuildTree(room.directory("linked"), busybox ?? "");
      rmSync(join(other.root, "boot"), { recursive: true });
      symlinkSync(tree.root, join(other.root, "boot"));
      symlinkSync("/etc", join(other.root, "etc/containers"));
      const look = "ls -A / /etc | grep -cE 'boot|containers'";
      expect((await sh(look, params({ root: other.root }))).stdout).toBe("0\n");
      rmSync(join(other.root, "boot"));
      mkdirSync(join(other.root, "boot"));
      rmSync(join(other.root, "etc/containers"));
      mkdirSync(join(other.root, "etc/containers"));
      expect((await sh(look, params({ root: other.root }))).stdout).toBe("2\n");
    });

    it("has links at the top, wherever they lead", async () => {
      const done = await sh("for link in lib lib64 bin sbin; do readlink /$link; done; ls -d /usr/lib64");
      expect(done.stdout).toBe("usr/lib\nusr/lib64\nusr/bin\nusr/sbin\n");
      expect(done.stderr).toMatch(/No such file/);
    });

    it("has a root and an /etc to write to, which are gone afterwards", async () => {
      const look = "ls /foo /etc/y /run/z /tmp/z /dev/shm/z";
      const done = await sh(`touch /foo /etc/y /run/z /tmp/z /dev/shm/z && ${look}`);
      expect([done.code, done.stdout]).toEqual([0, "/dev/shm/z\n/etc/y\n/foo\n/run/z\n/tmp/z\n"]);
      expect((await sh(look)).stdout).toBe("");
    });

    it("has /var on disk, below the directory that was named, and leaves nothing there", async () => {
      const watch = room.write("watched", "");
      const running = room.start([
        ...PROFILE,
        ...params(),
        "--bind",
        `${watch}:/run/osbuild/watched`,
        "--",
        "sh",
        "-c",
        "echo x >/var/marker; echo ready; while test ! -s /run/osbuild/watched; do sleep 0.05; done",
      ]);
      await running.said("ready");
      const [name = ""] = readdirSync(vardir);
      expect(readFileSync(join(vardir, name, "scratch/marker"), "utf8")).toBe("x\n");
      room.write("watched", "go on");
      expect((await running.done).code).toBe(0);
      expect(readdirSync(vardir)).toEqual([]);
      expect((await sh("ls /var/marker")).stdout).toBe("");
    });

    it.each(["022", "077"])("has a /var/tmp for everybody, under umask %s", async (umask) => {
      const done = await under(umask, ["sh", "-c", "stat -c '%a %F' /var/tmp; touch /var/tmp/x && echo written"]);
      expect(done.stdout).toBe("1777 directory\nwritten\n");
    });

    it.each(["022", "077"])("has devices for everybody, and no others, under umask %s", async (umask) => {
      const done = await under(umask, [
        "sh",
        "-c",
        "cd /dev; stat -c '%n %a %t:%T' full null random urandom tty zero; ls -A | grep -v fuse | sort; echo x >null",
      ]);
      const nodes = [
        "full 666 1:7",
        "null 666 1:3",
        "random 666 1:8",
        "urandom 666 1:9",
        "tty 666 5:0",
        "zero 666 1:5",
      ];
      const names = ["full", "null", "random", "shm", "tty", "urandom", "zero"];
      expect(done).toMatchObject({ code: 0, stdout: `${[...nodes, ...names].join("\n")}\n`, stderr: "" });
    });

    it("lets root make device nodes, and no other", async () => {
      const done = await sh("mknod /dev/loop99 b 7 99 && stat -c '%F %t:%T' /dev/loop99");
      expect(done.stdout).toBe(asRoot ? "block special file 7:63\n" : "");
      expect((await sh("mknod /dev/pipe p && stat -c %F /dev/pipe")).stdout).toBe("fifo\n");
    });

    it("has its system files after whatever a caller binds over their directory", async () => {
      const bound = room.directory("bound");
      room.write("bound/mine", "mine\n");
      const binds = ["--bind", `${bound}:/run/osbuild`];
      const done = await sh("cat /run/osbuild/mine; ls /run/osbuild /run/osbuild/lib", [...params(), ...binds]);
      expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^mine\n.*api\nlib\nmine\nrunner\n/s) });
      expect(done.stdout).toContain("osbuild\nrunners\n");
      expect(readdirSync(bound)).toEqual(["mine"]);
    });

    it("lets nobody write below /sys, root neither", async () => {
      const done = await sh(
        "awk '$5 ~ \"^/sys\" {print substr($6, 1, 3)}' /proc/self/mountinfo | sort -u; touch /tmp/x",
      );
      expect(done).toMatchObject({ code: 0, stdout: "ro,\n", stderr: "" });
      if (asRoot) expect((await sh(": >>/sys/kernel/profiling")).stderr).toMatch(/Read-only file system/);
      // Where the host has it, it is a mount of its own; elsewhere nothing is missed.
      const selinux = await sh("test ! -e /sys/fs/selinux || grep -c ' /sys/fs/selinux ' /proc/self/mountinfo");
      expect(selinux).toMatchObject({ code: 0, stderr: "" });
    });

    it("shares the host name and the control groups, and nothing that a result could depend on", async () => {
      const names = ["net", "ipc", "pid", "uts", "cgroup"];
      const script = names.map((name) => `readlink /proc/self/ns/${name}`).join("; ");
      const inside = (await sh(script)).stdout.trim().split("\n");
      const outside = (await room.run(["/bin/sh", "-c", script])).stdout.trim().split("\n");
      const shared = names.filter((_, index) => inside[index] === outside[index]);
      expect([inside.length, shared]).toEqual([5, ["uts", "cgroup"]]);
      const done = await sh("hostname; awk -F: 'NR > 2 {print $1}' /proc/net/dev; ls /proc | grep -c '^[0-9]*$'");
      const [name, interfaces, processes] = done.stdout.trim().split("\n");
      expect([name, interfaces?.trim()]).toEqual([hostname(), "lo"]);
      expect(Number(processes)).toBeLessThan(8);
    });

    it("has a /dev/tty and no terminal behind it", async () => {
      const say = ["sh", "-c", "echo typed >/dev/tty"];
      const { argv, env } = call(say);
      const terminal = await inTerminal(argv, { user, cwd: room.project, env });
      expect(await terminal.ended).toBe(1);
      expect(terminal.screen().toString()).toMatch(/can't create \/dev\/tty: No such device or address/);
      await terminal.close();
      const twin = await inTerminal(say, { user, cwd: room.project, env });
      await twin.shows("typed");
      expect(await twin.ended).toBe(0);
      await twin.close();
    });

    it("puts the runner before the command, wherever it lies and whatever it is called", async () => {
      const loud = tree.write("elsewhere/my own: runner", '#!/usr/bin/sh\nprintf "<%s>" "$0" "$@"\n', 0o755);
      const done = await run(["stage", "--with", "two words"], params({ runner: loud }));
      expect(done.stdout).toBe("</run/osbuild/runner/my own: runner><stage><--with><two words>");
      expect((await run(["ls", "/run/osbuild/runner"])).stdout).toBe("org.osbuild.linux\n");
    });

    it("says what is wrong with a runner that can't be started", async () => {
      const plain = tree.write("elsewhere/plain", "#!/usr/bin/sh\n", 0o644);
      expect(await run(["true"], params({ runner: plain }))).toMatchObject({ code: 126, stdout: "" });
      const script = tree.write("elsewhere/script", "#!/usr/bin/python3\n", 0o755);
      const absent = await run(["true"], params({ runner: script }));
      expect([absent.code, absent.stderr]).toEqual([126, expect.stringContaining("/usr/bin/python3")]);
      const formless = tree.write("elsewhere/formless", "echo hello\n", 0o755);
      // execvp(3) gives it to /bin/sh, where there is one.
      expect((await run(["true"], params({ runner: formless }))).stdout).toBe("hello\n");
      const other = makeBuildTree(room.directory("shell-less"), busybox ?? "");
      rmSync(join(other.root, "usr/bin/sh"));
      const broken = await run(["true"], params({ root: other.root, runner: formless }));
      expect([broken.code, broken.stderr]).toEqual([125, expect.stringContaining("bwrap: execvp")]);
      const nothing = await run(["true"], params({ runner: "/no/such/runner" }));
      expect([nothing.code, nothing.stderr]).toEqual([125, expect.stringContaining("/no/such/runner")]);
    });

    it("reads nothing from standard input", async () => {
      expect(await run(["cat"], params(), { stdin: "typed" })).toMatchObject({ code: 0, stdout: "" });
      const twin = await room.sbx(["run", "-p", "base", "--", "cat"], { stdin: "typed" });
      expect(twin.stdout).toBe("typed");
    });

    it("imports of the tree's /etc what programs need to be told", async () => {
      const other = makeBuildTree(room.directory("told"), busybox ?? "");
      other.write("root/etc/mke2fs.conf", "[defaults]\n");
      other.write("root/etc/containers/policy.json", "{}\n");
      other.write("root/etc/selinux/config", "SELINUX=enforcing\n");
      other.write("root/ostree/repo", "repo\n");
      const look = "cat /etc/mke2fs.conf /etc/containers/policy.json /etc/selinux/config /ostree/repo /etc/os-release";
      const done = await sh(look, params({ root: other.root }));
      expect(done.stdout).toBe("[defaults]\n{}\nSELINUX=enforcing\nrepo\n");
      expect(done.stderr).toMatch(/os-release/);
      expect((await sh(look)).stdout).toBe("");
    });

    it("leaves /boot out when it is told to", async () => {
      expect((await sh("ls /boot")).stdout).toBe("vmlinuz\n");
      expect((await sh("ls -d /boot", [...params(), "--flag", "no-boot"])).stdout).toBe("");
    });

    it("tells programs another kernel command line than the host's", async () => {
      const host = readFileSync("/proc/cmdline", "utf8");
      const done = await sh("cat /proc/cmdline");
      expect(done.stdout).toBe("root=/dev/osbuild\n");
      expect(done.stdout).not.toBe(host);
    });

    it("has these variables and no others", async () => {
      const env = { CANARY: "canary", SECRET_TOKEN: "canary", TERM: "vt100", LANG: "de_DE.UTF-8" };
      const done = await run(["env"], params(), { env });
      const own = done.stdout
        .trim()
        .split("\n")
        .filter((line) => !/^(PWD|SHLVL|_)=/.test(line));
      expect(own.sort()).toEqual([
        "LC_CTYPE=C.UTF-8",
        "PATH=/usr/sbin:/usr/bin",
        "PYTHONPATH=/run/osbuild/lib",
        "PYTHONUNBUFFERED=1",
        "TERM=vt100",
        "container=bwrap-osbuild",
      ]);
      const more = await run(["env"], [...params(), "--env", "SOURCE_DATE_EPOCH=1", "--env", "CANARY"], { env });
      expect(more.stdout.match(/^(SOURCE_DATE_EPOCH=1|CANARY=canary)$/gm)?.length).toBe(2);
    });

    it("has the capabilities that it is told to have", async () => {
      const effective = (text: string) => BigInt(`0x${/^CapEff:\s*(\w+)$/m.exec(text)?.[1] ?? ""}`);
      const look = ["grep", "CapEff", "/proc/self/status"];
      const held = effective((await room.run(["cat", "/proc/self/status"])).stdout);
      const inside = async (...options: readonly string[]) =>
        effective((await run(look, [...params(), ...options])).stdout);
      expect(await inside()).toBe(held);
      expect(held === 0n).toBe(!asRoot);
      expect(await inside("--flag", "no-caps")).toBe(0n);
      expect(await inside("--flag", "stage-caps")).toBe(held & STAGE);
      room.write("admin.yml", "version: 1\nextends: [osbuild-buildroot]\ncapabilities: [CAP_SYS_ADMIN]\n");
      const done = await room.sbx(["run", "-p", "./admin.yml", ...params(), "--", ...look]);
      expect(effective(done.stdout)).toBe(0x200000n);
    });

    it("gives a shell that is not the runner's", async () => {
      const loud = tree.write("elsewhere/loud", '#!/usr/bin/sh\necho runner\nexec "$@"\n', 0o755);
      const options = params({ runner: loud });
      expect((await run(["/bin/sh", "-c", "echo shell"], options)).stdout).toBe("runner\nshell\n");
      expect((await run(["/bin/sh", "-c", "echo shell"], [...options, "--flag", "no-runner"])).stdout).toBe("shell\n");
    });

    it("keeps /var and /dev from run to run of a session, and nothing else", async () => {
      const options = { profile: "osbuild-buildroot", params: { root: tree.root, libdir: tree.libdir, vardir } };
      const touch = "touch /foo /etc/foo /run/foo /tmp/foo /dev/shm/foo /var/foo /dev/foo";
      const { told, stderr } = await embedded.run(
        room,
        `const box = await Sandbox.open(${JSON.stringify(options)});
        const codes = [];
        for (const name of ["true", "true", "false"]) codes.push((await box.run([name])).exitCode);
        tell(codes);
        tell((await box.run(["sh", "-c", ${JSON.stringify(touch)}])).output);
        tell((await box.run(["sh", "-c", "ls -d /foo /*/foo /dev/shm/foo 2>/dev/null"])).output);
        await box.close();`,
      );
      // What root makes in /dev lies in a tmpfs of the host's; everybody else has a new one for each run.
      expect([...told, stderr]).toEqual([[0, 0, 1], "", asRoot ? "/dev/foo\n/var/foo\n" : "/var/foo\n", ""]);
      expect(readdirSync(vardir)).toEqual([]);
    });

    it("makes no directory for /var that is not there, for it may be misspelt", async () => {
      const absent = join(vardir, "absent");
      const done = await run(["true"], params({ vardir: absent }));
      expect([done.code, done.stderr]).toEqual([125, expect.stringContaining(absent)]);
      expect(readdirSync(vardir)).toEqual([]);
    });

    it("leaves no mount and no directory on the host", async () => {
      // Other tests mount, too: what counts is what this room has.
      const mounts = () => readFileSync("/proc/self/mountinfo", "utf8").split("\n").filter(isOurs);
      const isOurs = (line: string) => line.includes(dirname(room.home));
      const runtime = () => readdirSync(join(dirname(room.home), "runtime"), { recursive: true });
      expect((await sh("touch /var/x /dev/x; exit 7")).code).toBe(7);
      expect(mounts()).toEqual([]);
      expect(runtime().filter((path) => String(path).includes("run-"))).toEqual([]);
      expect(readdirSync(vardir)).toEqual([]);
    });
  },
);

/** What osbuild's DEFAULT_CAPABILITIES name, as capabilities(7) numbers them. */
const STAGE = [29, 0, 1, 2, 3, 4, 14, 9, 32, 27, 10, 31, 6, 8, 7, 21, 18, 23, 24]
  .map((bit) => 1n << BigInt(bit))
  .reduce((all, bit) => all | bit);
