import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { runners } from "../support/bwraps.ts";
import { install } from "../support/sbx.ts";

const installed = install();
const isRoot = process.getuid?.() === 0;
/** Directories that everybody may enter, below places of the host; what can't be made there is left out, and said. */
const places: string[] = [];
let server: ChildProcessWithoutNullStreams | undefined;

/** Below these `host-ro` shows nothing of the host. */
const EMPTIED = ["/tmp", "/var/tmp", "/run", "/dev/shm", "/var/spool"];
/** Below these it shows the host as it is. */
const SHOWN = ["/srv", "/var/lib", "/opt", "/etc"];

const shown = () => places.filter((place) => SHOWN.some((parent) => place.startsWith(`${parent}/`)));
const emptied = () => places.filter((place) => !shown().includes(place));

beforeAll(async () => {
  for (const parent of [...EMPTIED, ...SHOWN]) {
    try {
      if (parent === "/var/spool" && isRoot) mkdirSync(parent, { recursive: true });
      const place = mkdtempSync(join(parent, "sbx-test-"));
      chmodSync(place, 0o755);
      places.push(place);
      writeFileSync(join(place, "file"), "shown\n");
      execFileSync("mkfifo", ["-m", "666", join(place, "fifo")]);
    } catch {
      process.stderr.write(`SKIPPED in host-ro.test.ts: ${parent} can't be written by this user\n`);
    }
  }
  server = spawn("python3", ["-c", SERVE, ...places]);
  server.stderr.pipe(process.stderr);
  await once(server.stdout, "data");
});
afterAll(() => {
  server?.kill();
  for (const place of places) rmSync(place, { recursive: true, force: true });
  installed.remove();
});

describe.each(runners())("`host-ro`, with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  const inside = (script: string, ...options: readonly string[]) =>
    room.sbx(["run", "-p", "host-ro", ...options, "--", "/bin/sh", "-c", script]);
  const outside = (script: string) => room.run(["/bin/sh", "-c", script]);

  it("shows the host as it is, to root and to others", async () => {
    const script = "ls /; ls /usr /etc /var/lib; cat /etc/os-release; command -v git sh";
    const [own, host] = [await inside(script), await outside(script)];
    expect(own).toMatchObject({ code: 0, stdout: host.stdout });
    for (const place of shown()) expect((await inside(`cat ${place}/file`)).stdout).toBe("shown\n");
  });

  it("lets nobody write to it, nor change what can be written", async () => {
    const script = `for place in / /usr /usr/bin /etc /var/lib /opt /srv /boot ${shown().join(" ")}; do
      (echo x >"$place/w" || chmod 700 "$place" || touch "$place" || rmdir "$place/none" || rm "$place/file") 2>/dev/null && echo "$place"
    done; mount -o remount,rw / 2>/dev/null && echo remounted; true`;
    expect((await inside(script)).stdout).toBe("");
    for (const place of shown()) expect(readdirSync(place).sort()).toEqual(["fifo", "file", "socket"]);
  });

  it("has an empty home and empty places for what is temporary", async () => {
    room.write("../.bashrc", "canary");
    const files = emptied().map((place) => `${place}/file`);
    const script = `cat ${files.join(" ")}; ls -A "$HOME"; ls -A "$XDG_RUNTIME_DIR"`;
    expect((await inside(script, "--env", "XDG_RUNTIME_DIR")).stdout).toBe("");
    expect((await outside(script)).stdout).toMatch(/^(shown\n)+(.*\n)*\.bashrc/);
    expect((await inside('echo x >"$HOME/w" && echo x >/tmp/w && cat "$HOME/w"')).stdout).toBe("x\n");
    expect(existsSync(join(room.home, "w"))).toBe(false);
  });

  it("masks secrets, also those that an entry would bring back", async () => {
    room.write("../.ssh/id_ed25519", "canary", 0o600);
    room.write("../.aws/credentials", "canary");
    room.write("../.netrc", "canary");
    room.write("../.config/gh/hosts.yml", "canary");
    room.write("../notes", "notes\n");
    room.write("home.yml", 'version: 1\nextends: [host-ro]\nmounts: {"${HOME}": ro}\n');
    const script = `cd; cat notes; cat .ssh/id_ed25519 .aws/credentials .netrc .config/gh/hosts.yml /etc/shadow /etc/gshadow
      ls -A .ssh .aws .config/gh /etc/ssl/private /etc/ssh 2>/dev/null | grep -v :`;
    const done = await room.sbx(["run", "-p", "./home.yml", "--", "/bin/sh", "-c", script]);
    expect(done.stdout.trim()).toBe("notes");
    expect((await outside(script)).stdout).toContain("canary");
    if (user === "root") expect((await outside("cat /etc/shadow")).stdout).toContain("root:");
  });

  it("reaches no socket of the host, wherever it listens", async () => {
    const own = [room.home, join(room.home, "../runtime")];
    const listening = spawn("python3", ["-c", SERVE, ...own]);
    onTestFinished(() => void listening.kill());
    await once(listening.stdout, "data");
    const sockets = [...places, ...own].map((place) => `${place}/socket`);
    expect(sockets.length).toBeGreaterThan(4);
    const connect = ["python3", "-c", CONNECT, ...sockets];
    expect((await room.run(connect)).stdout.trim().split("\n")).toEqual(sockets);
    expect((await room.sbx(["run", "-p", "host-ro", "--", ...connect])).stdout).toBe("");
  });

  it("reaches no FIFO where programs put theirs", async () => {
    // One elsewhere can't be found without a search of the whole disk: the profile says so.
    const write = ["python3", "-c", WRITE, ...emptied().map((place) => `${place}/fifo`)];
    expect((await room.run(write)).stdout.trim().split("\n")).toEqual(emptied().map((place) => `${place}/fifo`));
    expect((await room.sbx(["run", "-p", "host-ro", "--", ...write])).stdout).toBe("");
  });

  it("is where base's denials hold, too", async () => {
    const script = "grep CapEff /proc/self/status; ls /proc | grep -c '^[0-9]*$'; unshare -U echo nested; env";
    const done = await room.sbx(["run", "-p", "host-ro", "--", "/bin/sh", "-c", script], {
      env: { SECRET_X: "canary" },
    });
    expect(done.stdout).toContain(`CapEff:\t${"0".repeat(16)}\n`);
    expect(done.stdout).not.toMatch(/nested|canary/);
    expect(Number(done.stdout.split("\n")[1])).toBeLessThan(6);
  });
});

/** Listens at `DIR/socket` for each argument, and reads from `DIR/fifo` where there is one. */
const SERVE = `import os, selectors, socket, sys
wait = selectors.DefaultSelector()
for place in sys.argv[1:]:
    s = socket.socket(socket.AF_UNIX)
    if os.path.exists(place + "/socket"): os.unlink(place + "/socket")
    s.bind(place + "/socket")
    os.chmod(place + "/socket", 0o777)
    s.listen()
    wait.register(s, selectors.EVENT_READ)
    if os.path.exists(place + "/fifo"): os.open(place + "/fifo", os.O_RDWR)
print("listening", flush=True)
while True:
    for key, _ in wait.select():
        key.fileobj.accept()[0].send(b"reached")`;

/** Says which of the sockets that are its arguments it could connect to. */
const CONNECT = `import socket, sys
for path in sys.argv[1:]:
    try:
        s = socket.socket(socket.AF_UNIX)
        s.connect(path)
        assert s.recv(9) == b"reached"
        print(path)
    except OSError: pass`;

/** Says which of the FIFOs that are its arguments it could write to. */
const WRITE = `import os, sys
for path in sys.argv[1:]:
    try:
        os.write(os.open(path, os.O_WRONLY | os.O_NONBLOCK), b"x")
        print(path)
    except OSError: pass`;
