import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nodeHost } from "../../src/host/node.ts";
import { fakeHost } from "../support/fake-host.ts";

const dir = realpathSync(mkdtempSync(join(tmpdir(), "sbx-fake-")));
afterAll(() => rmSync(dir, { recursive: true }));

const LINKS = {
  link: "real",
  "to-file": "real/file",
  absolute: `${dir}/real`,
  chain: "link/deep",
  up: "real/deep/../file",
  dangling: "nowhere",
  loop: "loop",
  ping: "pong",
  pong: "ping",
};
mkdirSync(join(dir, "real/deep"), { recursive: true });
writeFileSync(join(dir, "real/file"), "text é\n");
writeFileSync(join(dir, "real/deep/er"), "");
for (const [name, target] of Object.entries(LINKS)) symlinkSync(target, join(dir, name));

const real = nodeHost();
const fake = fakeHost({
  uid: real.uid,
  gid: real.gid,
  files: {
    [`${dir}/real/file`]: "text é\n",
    [`${dir}/real/deep/er`]: "",
    ...Object.fromEntries(Object.entries(LINKS).map(([name, target]) => [`${dir}/${name}`, { target }])),
  },
});

describe("the fake host answers as the kernel does", () => {
  it.each([
    "",
    "real",
    "real/file",
    "real/file/below",
    "real/missing",
    "link",
    "link/file",
    "link/deep/er",
    "to-file",
    "to-file/below",
    "absolute/file",
    "chain/er",
    "up",
    "dangling",
    "dangling/below",
    "loop",
    "loop/below",
    "ping/below",
  ])("about %j", (name) => {
    const path = name === "" ? dir : join(dir, name);
    expect(fake.lstat(path)?.type).toBe(real.lstat(path)?.type);
    expect(fake.readlink(path)).toBe(real.readlink(path));
    expect(fake.readdir(path)).toEqual(real.readdir(path));
    expect(fake.readText(path)).toBe(real.readText(path));
    if (real.lstat(path)?.type === "file") expect(fake.lstat(path)?.size).toBe(real.lstat(path)?.size);
  });
});

describe("the fake host's defaults", () => {
  it("give the home directory to the caller and the rest to root", () => {
    const host = fakeHost({ files: { "/home/u/x": "", "/etc/y": "", "/srv/z": { mode: "0600", uid: 5 } } });
    expect(host.lstat("/home/u")).toMatchObject({ type: "directory", mode: 0o755, uid: 1000, gid: 1000 });
    expect(host.lstat("/home")).toMatchObject({ uid: 0, gid: 0 });
    expect(host.lstat("/etc/y")).toMatchObject({ type: "file", mode: 0o644, uid: 0 });
    expect(host.lstat("/srv/z")).toMatchObject({ mode: 0o600, uid: 5 });
    expect(host).toMatchObject({ home: "/home/u", cwd: "/home/u", user: "u", uid: 1000, gid: 1000 });
    expect(host.mounts()).toMatchObject([{ point: "/" }]);
  });

  it("hide what lies below an unreadable directory", () => {
    const host = fakeHost({ files: { "/root/": { type: "unreadable" } } });
    expect(host.lstat("/root")?.type).toBe("unreadable");
    expect(host.lstat("/root/.ssh")?.type).toBe("unreadable");
    expect(host.readdir("/root")).toBeUndefined();
  });

  it("fill in what a mount leaves out", () => {
    const host = fakeHost({ mounts: [{ point: "/home", type: "nfs" }] });
    expect(host.mounts()[1]).toEqual({ device: "0:1", root: "/", point: "/home", readOnly: false, type: "nfs" });
  });
});
