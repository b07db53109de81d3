import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { bwraps, runners } from "../support/bwraps.ts";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

let server: Server;
let port = 0;
let connections = 0;
beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});
afterAll(() => server.close());

describe.each(runners())("`base`, with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  const inside = (script: string, ...options: readonly string[]) =>
    room.sbx(["run", "-p", "base", ...options, "--", "/bin/sh", "-c", script]);
  const outside = (script: string) => room.run(["/bin/sh", "-c", script]);

  it("starts the programs of the system, with users, a clock, and a place to write", async () => {
    const done = await inside(`set -e
      test "$(id -u)" = ${room.uid}; test "$(id -un)" = "$USER"; getent passwd root >/dev/null
      getent hosts localhost >/dev/null; date >/dev/null; python3 -c 'import ssl, sqlite3, uuid; uuid.uuid4()'
      for place in "$HOME" /tmp /var/tmp /run /dev/shm; do echo x >"$place/file"; grep -q x "$place/file"; done
      echo x >/dev/null; head -c 9 /dev/urandom | wc -c; ls -l /dev/fd/0 /dev/stdin >/dev/null
      test "$(hostname)" = sandbox; test -w "$HOME"; ls -A "$HOME" | wc -l; echo "$SHELL $PATH"`);
    expect(done).toEqual({ code: 0, signal: null, stdout: `9\n1\n/bin/sh ${PATH}\n`, stderr: "" });
  });

  it("has a loopback of its own, where a server and its client find each other", async () => {
    const done = await inside(`python3 -c '${SELF_TALK}'`);
    expect(done).toMatchObject({ code: 0, stdout: "hello\n" });
  });

  it("hides secrets wherever they may be: files, environments, arguments of other processes", async () => {
    const canary = `canary-${process.pid}-${user}`;
    room.write("../.ssh/id_ed25519", canary, 0o600);
    room.write("../.netrc", canary, 0o600);
    room.write("secret.txt", canary);
    const script = `env; cat /proc/*/environ /proc/*/cmdline; cat ${room.home}/.ssh/id_ed25519 ${room.home}/.netrc
      cat ${room.project}/secret.txt; ps -ef 2>/dev/null; true`;
    const env = { SECRET_TOKEN: canary, INNOCENT: canary };
    const options = ["run", "-p", "base", "--", "/bin/sh", "-c", `${script} 2>/dev/null`];
    const seen = await room.sbx(options, { env });
    const twin = await room.run(["/bin/sh", "-c", script], { env });
    expect(twin.stdout.split(canary).length).toBeGreaterThan(5);
    expect(seen.stdout).toContain(`HOME=${room.home}`);
    expect(seen.stdout).not.toContain(canary);
  });

  it("shows no value on a command line of the host", async () => {
    const canary = `canary-${process.pid}-${user}-argument`;
    room.write(
      "values.yml",
      `version: 1
extends: [base]
mounts: {.: rw}
env: {pass: [PASSED], set: {PLAIN: ${canary}, LD_THING: ${canary}, MALLOC_THING: ${canary}}}
files: {/etc/thing: {content: ${canary}}}
`,
    );
    // The command looks at itself; the test looks at everything while the command waits for a file.
    const script = `env >seen; cat /etc/thing >>seen; mv seen told; while test ! -e enough; do sleep 0.05; done`;
    const running = room.sbx(["run", "-p", "./values.yml", "--", "/bin/sh", "-c", script], { env: { PASSED: canary } });
    while (!existsSync(join(room.project, "told"))) await new Promise((soon) => setTimeout(soon, 20));
    const lines = readdirSync("/proc").map((name) => readIf(`/proc/${name}/cmdline`));
    room.write("enough", "");
    expect((await running).code).toBe(0);
    expect(readFileSync(join(room.project, "told"), "utf8").split(canary).length - 1).toBe(5);
    expect(lines.filter((line) => line.includes("told"))).not.toEqual([]);
    expect(lines.filter((line) => line.includes(canary))).toEqual([]);
  });

  it("reaches no network of the host, unless its flag set says so", async () => {
    const connect = `python3 -c 'import socket; socket.create_connection(("127.0.0.1", ${port}), 5); print("connected")'`;
    const before = connections;
    expect((await inside(connect)).stdout).toBe("");
    expect(connections).toBe(before);
    expect((await outside(connect)).stdout).toBe("connected\n");
    expect((await inside(connect, "--flag", "network")).stdout).toBe("connected\n");
    expect(connections).toBe(before + 2);
  });

  it("reaches no abstract socket of the host, unless it has the host's network", async () => {
    const name = `sbx-test-${process.pid}-${user}-${bwraps().indexOf(bwrap)}`;
    const server = spawn("python3", ["-c", LISTEN, name], { stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(() => void server.kill());
    await once(server.stdout, "data");
    const connect = `python3 -c '${CONNECT}' ${name}`;
    expect((await outside(connect)).stdout).toBe("reached\n");
    expect((await inside(connect)).stdout).toBe("");
    expect((await inside(connect, "--flag", "network")).stdout).toBe("reached\n");
  });

  it("sees no process of the host, and can't signal one", async () => {
    const done = await inside(`ls /proc | grep -c '^[0-9]*$'; kill -0 ${process.pid}`);
    expect(Number(done.stdout)).toBeLessThan(6);
    expect(done.stderr).toMatch(/No such process/i);
    expect(Number((await outside("ls /proc | grep -c '^[0-9]*$'")).stdout)).toBeGreaterThan(6);
  });

  it("has namespaces of its own", async () => {
    const names = ["user", "mnt", "pid", "ipc", "uts", "net", "cgroup"];
    const script = names.map((name) => `readlink /proc/self/ns/${name}`).join("; ");
    const own = (await inside(script)).stdout.trim().split("\n");
    const host = (await outside(script)).stdout.trim().split("\n");
    expect(own.length).toBe(names.length);
    expect(own.filter((link) => host.includes(link))).toEqual([]);
  });

  it("writes nothing to the host", async () => {
    const name = `sbx-test-${process.pid}-${user}`;
    const script = `for place in /usr /usr/bin /etc /var/lib / "$HOME" /tmp /var/tmp /run; do echo x 2>/dev/null >"$place/${name}" && echo "$place"; done`;
    const done = await inside(script);
    // What is writable inside is the sandbox's own memory.
    expect(done.stdout.trim().split("\n")).toEqual(expect.arrayContaining(["/tmp", "/run", room.home]));
    expect(done.stdout).not.toContain("/usr");
    for (const place of ["/usr", "/usr/bin", "/etc", "/", "/tmp", "/var/tmp", "/run", room.home]) {
      expect([place, existsSync(join(place, name))]).toEqual([place, false]);
    }
  });

  it("keeps nothing from one run to the next", async () => {
    expect((await inside('echo x >"$HOME/kept" && echo x >/tmp/kept && ls "$HOME" /tmp')).stdout).toContain("kept");
    expect((await inside('ls "$HOME" /tmp')).stdout).not.toContain("kept");
  });

  it("shows the host's /tmp to nobody", async () => {
    const file = join(tmpdir(), `sbx-test-canary-${process.pid}-${user}`);
    writeFileSync(file, "canary");
    expect((await outside(`cat ${file}`)).stdout).toBe("canary");
    expect((await inside(`cat ${file}`)).stdout).toBe("");
    rmSync(file);
  });

  it("gives no capability, no way to gain one, and no namespace to be root in", async () => {
    const done = await inside(
      "grep -E '^(Cap(Inh|Prm|Eff|Amb)|NoNewPrivs)' /proc/self/status; unshare -U true && echo nested",
    );
    expect(done.stdout).toBe(
      `${["CapInh", "CapPrm", "CapEff", "CapAmb"].map((name) => `${name}:\t${"0".repeat(16)}`).join("\n")}\nNoNewPrivs:\t1\n`,
    );
    room.write("nested.yml", "version: 1\nextends: [base]\nnamespaces: {nested: true}\n");
    const allowed = await room.sbx(["run", "-p", "./nested.yml", "--", "unshare", "-U", "echo", "nested"]);
    expect(allowed.stdout).toBe("nested\n");
  });

  it("changes no setting of the kernel, which root could with its user id alone", async () => {
    // To open them is enough: nothing is written.
    const files = ["core_pattern", "sysrq", "hostname"].map((name) => `/proc/sys/kernel/${name}`);
    const script = `for file in ${files.join(" ")} /proc/sys/vm/swappiness /proc/sysrq-trigger; do
      test -e $file && (: >>$file) 2>/dev/null && echo $file; done; true`;
    room.write("nested.yml", "version: 1\nextends: [base]\nnamespaces: {nested: true}\n");
    for (const profile of ["base", "host-ro", "untrusted", "./nested.yml"]) {
      const done = await room.sbx(["run", "-p", profile, "--", "/bin/sh", "-c", script]);
      expect([profile, done.code, done.stdout]).toEqual([profile, 0, ""]);
    }
    if (user === "root") expect((await outside(script)).stdout).toContain("core_pattern");
  });

  it("has the minimal devices, and no way to make others", async () => {
    const done = await inside(
      "cd /dev && ls; mknod /tmp/sda b 8 0 2>/dev/null && echo made; cat </dev/full | head -c 1 | wc -c; dd if=/dev/zero of=/dev/full bs=1 count=1",
    );
    const nodes = ["fd", "full", "null", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom", "zero"];
    expect(done.stdout).toBe(`${nodes.join("\n")}\n1\n`);
    expect(done.stderr).toMatch(/No space left/i);
  });

  it("hands on no descriptor but 0, 1 and 2", async () => {
    const secret = room.write("secret.txt", "canary");
    const [directory, file] = [openSync("/", "r"), openSync(secret, "r")];
    const script = "ls /proc/self/fd; cat <&9; ls /proc/self/fd/251/";
    const options = { descriptors: { 9: file, 251: directory } };
    const command = ["/bin/bash", "-c", script];
    const done = await room.sbx(["run", "-p", "base", "--", ...command], options);
    // `ls` itself opens 3.
    expect(done.stdout).toBe("0\n1\n2\n3\n");
    const twin = await room.run(command, options);
    expect(twin.stdout).toContain("canary");
    expect(twin.stdout).toContain("usr");
    closeSync(directory);
    closeSync(file);
  });

  it("lets a variable of the loader act on the command alone", async () => {
    // The loader says so once for each program that it starts with this.
    const missing = (text: string) => text.split("/no/such.so").length - 1;
    const set = await inside("exec true", "--env", "LD_PRELOAD=/no/such.so");
    expect([set.code, missing(set.stderr)]).toEqual([0, 2]);
    const calling = await room.sbx(["run", "-p", "base", "--", "env"], { env: { LD_LIBRARY_PATH: "/no/where" } });
    expect(calling.stdout).not.toContain("LD_");
  });

  it("starts in a session without the caller's terminal", async () => {
    const done = await inside("cut -d' ' -f5,6,7 /proc/self/stat");
    const [, session, terminal] = done.stdout.trim().split(" ");
    // Session 0 would be one that was begun outside of this process namespace.
    expect([session === "0", terminal]).toEqual([false, "0"]);
  });
});

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const LISTEN = `import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind("\\0" + sys.argv[1])
s.listen()
print("listening", flush=True)
while True: s.accept()[0].send(b"reached")`;

const CONNECT = `import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect("\\0" + sys.argv[1])
print(s.recv(9).decode())`;

const SELF_TALK = `import socket
s = socket.create_server(("127.0.0.1", 0))
c = socket.create_connection(s.getsockname())
s.accept()[0].send(b"hello")
print(c.recv(9).decode())`;

function readIf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
