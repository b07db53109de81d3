import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { reachableMounts, seenMounts } from "../support/mountinfo.ts";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

describe.each(runners())("`untrusted`, with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  room.write("source.txt", "source\n");
  const run = (profile: string, script: string, options: Parameters<typeof room.sbx>[1] = {}) =>
    room.sbx(["run", "-p", profile, "--", "/bin/sh", "-c", script], options);

  it("lets code read the project and use bounded scratch space", async () => {
    const done = await run("untrusted", 'cat source.txt && echo x >"$HOME/f" && echo x >/tmp/f && cat "$HOME/f"; pwd');
    expect(done).toEqual({ code: 0, signal: null, stdout: `source\nx\n${room.project}\n`, stderr: "" });
  });

  it("lets it write nothing in the project, which `make` allows", async () => {
    const script = "echo x >written; echo y >>source.txt; rm source.txt; mv source.txt moved; mkdir made";
    const done = await run("untrusted", script);
    expect(done.stderr.match(/Read-only file system/g)?.length).toBe(5);
    expect(readFileSync(join(room.project, "source.txt"), "utf8")).toBe("source\n");
    expect((await run("make", "echo x >allowed")).code).toBe(0);
    expect(existsSync(join(room.project, "allowed"))).toBe(true);
  });

  it("bounds what it may write, wherever that is", async () => {
    const sizes = {
      "/": 16,
      "/etc": 16,
      "/tmp": 256,
      "/var/tmp": 16,
      "/run": 16,
      "/dev": 1,
      "/dev/shm": 64,
      $HOME: 64,
    };
    const fill = (place: string, size: number) =>
      `dd if=/dev/zero of="${place}/fill" bs=1M count=${size} 2>&1 | grep -c 'No space left'; rm "${place}/fill"`;
    const over = Object.entries(sizes).map(([place, size]) => fill(place, size + 1));
    expect((await run("untrusted", over.join("\n"))).stdout).toBe("1\n".repeat(over.length));
    const under = Object.entries(sizes).map(([place, size]) => fill(place, size - 1));
    expect((await run("untrusted", under.join("\n"))).stdout).toBe("0\n".repeat(under.length));
  });

  it("has no other place to write to", async () => {
    const { stdout } = await run("untrusted", "cat /proc/self/mountinfo");
    const writable = reachableMounts(seenMounts(stdout)).filter(({ options }) => options.includes("rw"));
    const nodes = ["full", "null", "random", "tty", "urandom", "zero"].map((name) => `/dev/${name}`);
    const bounded = ["/", "/dev", "/dev/shm", "/run", "/tmp", "/var/tmp", room.home];
    expect(writable.map(({ point }) => point).sort()).toEqual(
      [...bounded, ...nodes, ...(user === "root" ? [] : ["/proc"])].sort(),
    );
  });

  it("has the devices that `base` has", async () => {
    const script = "ls -l /dev | awk '{ print $1, $5, $6, $9, $10, $11 }' | grep -v '^d' | sort; ls /dev/fd/";
    const [own, base] = [await run("untrusted", script), await run("base", script)];
    expect(own.stdout).toContain("null");
    expect(own.stdout).toBe(base.stdout);
  });

  it("gives it no input, which `base` hands on", async () => {
    expect((await run("untrusted", "cat", { stdin: "typed\n" })).stdout).toBe("");
    expect((await run("base", "cat", { stdin: "typed\n" })).stdout).toBe("typed\n");
  });

  it("tells it nothing of the environment but the terminal's kind and the language", async () => {
    const host = { TZ: "Europe/Berlin", LC_ALL: "C.UTF-8", TERM: "xterm", COLORTERM: "x", API_TOKEN: "t", CI: "1" };
    const done = await run("untrusted", "env | cut -d= -f1 | sort | tr '\\n' ' '; date +%Z", { env: host });
    expect(done.stdout).toBe("HOME LANG LC_ALL LOGNAME PATH PWD SHELL TERM TZ USER UTC\n");
  });

  it("has no flag set that would loosen it", async () => {
    const done = await room.sbx(["run", "-p", "untrusted", "--flag", "network", "--", "true"]);
    expect(done.code).toBe(125);
    expect(done.stderr).toContain("error[flag/unknown]");
    expect((await room.sbx(["run", "-p", "base", "--flag", "network", "--", "true"])).code).toBe(0);
  });

  it("hides the repository, which `make` shows read-only", async () => {
    room.write(".git/HEAD", "ref: refs/heads/main\n");
    room.write(".git/config", "[core]\n\tbare = false\n");
    room.write(".git/hooks/pre-commit.sample", "");
    room.directory(".git/objects");
    room.directory(".git/refs");
    expect((await run("untrusted", "ls -A .git")).stdout).toBe("");
    const shown = await run("make", "ls .git; echo x >.git/hooks/pre-commit; mv .git moved");
    expect(shown.stdout).toContain("hooks");
    expect(shown.stderr).toMatch(/Read-only file system(.|\n)*busy/);
    expect(existsSync(join(room.project, ".git/hooks/pre-commit"))).toBe(false);
  });
});
