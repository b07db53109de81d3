import { execFileSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeHost } from "../../src/host/node.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sbx-host-"));
});
afterEach(() => {
  execFileSync("chmod", ["-R", "u+rwx", dir]);
  rmSync(dir, { recursive: true });
});

describe("lstat", () => {
  it("tells type, permission bits, owner, links and size", () => {
    writeFileSync(join(dir, "file"), "héllo");
    chmodSync(join(dir, "file"), 0o4640);
    linkSync(join(dir, "file"), join(dir, "other-name"));
    const uid = process.geteuid?.();
    const gid = process.getegid?.();
    const { dev, ino } = lstatSync(join(dir, "other-name"));
    const expected = { type: "file", mode: 0o4640, uid, gid, nlink: 2, size: 6, identity: `${dev}:${ino}` };
    expect(nodeHost().lstat(join(dir, "file"))).toEqual(expected);
  });

  it("tells what kind of thing stands there, without following a link", async () => {
    mkdirSync(join(dir, "directory"));
    chmodSync(join(dir, "directory"), 0o1777);
    symlinkSync("directory", join(dir, "link"));
    symlinkSync("nowhere", join(dir, "dangling"));
    execFileSync("mkfifo", [join(dir, "fifo")]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(dir, "socket"), resolve));
    const host = nodeHost();
    const type = (name: string) => host.lstat(join(dir, name))?.type;
    expect(type("directory")).toBe("directory");
    expect(host.lstat(join(dir, "directory"))?.mode).toBe(0o1777);
    expect(type("link")).toBe("link");
    expect(type("dangling")).toBe("link");
    expect(type("fifo")).toBe("fifo");
    expect(type("socket")).toBe("socket");
    expect(host.lstat("/dev/null")?.type).toBe("character");
    server.close();
  });

  it("has nothing to tell of what does not exist", () => {
    writeFileSync(join(dir, "file"), "");
    symlinkSync("loop", join(dir, "loop"));
    const host = nodeHost();
    for (const path of ["missing", "file/below", "loop/below", "a\0b", "n".repeat(5000), "n".repeat(300)]) {
      expect(host.lstat(join(dir, path))).toBeUndefined();
    }
  });

  it("looks at a path once", () => {
    const host = nodeHost();
    expect(host.lstat(join(dir, "late"))).toBeUndefined();
    writeFileSync(join(dir, "late"), "");
    expect(host.lstat(join(dir, "late"))).toBeUndefined();
    expect(nodeHost().lstat(join(dir, "late"))?.type).toBe("file");
  });

  it("calls unreadable what it may not look at", () => {
    mkdirSync(join(dir, "closed"));
    writeFileSync(join(dir, "closed/file"), "");
    chmodSync(join(dir, "closed"), 0);
    chmodSync(dir, 0o755);
    // root may search every directory
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65534);
    const host = nodeHost();
    const found = ["closed", "closed/file", "closed/missing"].map((name) => host.lstat(join(dir, name))?.type);
    const names = host.readdir(join(dir, "closed"));
    if (root) process.seteuid?.(0);
    expect(found).toEqual(["directory", "unreadable", "unreadable"]);
    expect(names).toBeUndefined();
  });
});

describe("reading", () => {
  it("lists names in order, and follows links", () => {
    for (const name of ["b", "a", "C", ".d"]) writeFileSync(join(dir, name), "");
    symlinkSync(".", join(dir, "link"));
    expect(nodeHost().readdir(join(dir, "link"))).toEqual([".d", "C", "a", "b", "link"]);
    expect(nodeHost().readdir(join(dir, "missing"))).toBeUndefined();
    expect(nodeHost().readdir(join(dir, "a"))).toBeUndefined();
  });

  it("tells where a link leads, as written", () => {
    symlinkSync("../x/./y", join(dir, "link"));
    expect(nodeHost().readlink(join(dir, "link"))).toBe("../x/./y");
    expect(nodeHost().readlink(dir)).toBeUndefined();
  });

  it("reads small files only, and never waits for one", () => {
    writeFileSync(join(dir, "text"), "\ufeffgrüße\n");
    writeFileSync(join(dir, "full"), "x".repeat(1024 * 1024));
    writeFileSync(join(dir, "large"), "x".repeat(1024 * 1024 + 1));
    execFileSync("mkfifo", [join(dir, "fifo")]);
    const host = nodeHost();
    expect(host.readText(join(dir, "text"))).toBe("\ufeffgrüße\n");
    expect(host.readText(join(dir, "full"))).toHaveLength(1024 * 1024);
    for (const name of ["large", "fifo", "missing", "."]) expect(host.readText(join(dir, name))).toBeUndefined();
    expect(host.readText("/dev/zero")).toBeUndefined();
  });

  it("reads files of /proc, whose size is 0", () => {
    expect(nodeHost().readText("/proc/self/status")).toMatch(/^Name:/);
  });
});

describe("the process", () => {
  it("is known by its own ids, environment and directory", () => {
    const host = nodeHost();
    expect(host.uid).toBe(process.geteuid?.());
    expect(host.gid).toBe(process.getegid?.());
    expect(host.cwd).toBe(process.cwd());
    expect(host.env.PATH).toBe(process.env.PATH);
    expect(host.env.constructor).toBeUndefined();
    expect(host.user).not.toBe("");
  });

  it("keeps its environment as it was", () => {
    const host = nodeHost();
    process.env.SBX_TEST_LATER = "1";
    expect(host.env.SBX_TEST_LATER).toBeUndefined();
    delete process.env.SBX_TEST_LATER;
  });

  it("takes HOME for home when it is absolute, else the user database's", () => {
    expect(nodeHost({ env: { HOME: "/home/x//y/" } }).home).toBe("/home/x/y");
    const uid = process.geteuid?.();
    const row = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .find((fields) => fields[2] === String(uid));
    for (const HOME of ["", "relative", "~"]) expect(nodeHost({ env: { HOME } }).home).toBe(row?.[5]);
    expect(nodeHost({ env: {} }).home).toBe(row?.[5]);
  });

  // only root can become somebody without a row
  it.runIf(process.geteuid?.() === 0)("may be missing from the user database", () => {
    process.seteuid?.(54321);
    const host = nodeHost({ env: {} });
    process.seteuid?.(0);
    expect(host).toMatchObject({ uid: 54321, user: "54321", home: "/" });
  });

  it("can be told otherwise", () => {
    const told = { home: "/h", cwd: "/c", uid: 7, gid: 8, user: "u", env: { A: "b" } };
    expect(nodeHost(told)).toMatchObject(told);
  });
});

describe("mounts", () => {
  it("are the kernel's", () => {
    const host = nodeHost();
    const lines = readFileSync("/proc/self/mountinfo", "utf8").trimEnd().split("\n");
    expect(host.mounts()).toHaveLength(lines.length);
    expect(host.mounts().find((mount) => mount.point === "/proc")).toMatchObject({ type: "proc", root: "/" });
    expect(host.mounts()).toBe(host.mounts());
  });
});
