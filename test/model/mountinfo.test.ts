import { describe, expect, it } from "vitest";
import { parseMountinfo } from "../../src/model/mountinfo.ts";

describe("parseMountinfo", () => {
  it("reads a line with and without optional fields", () => {
    const text = [
      "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue",
      "22 27 0:21 / /proc rw,relatime - proc proc rw",
      "",
    ].join("\n");
    expect(parseMountinfo(text)).toEqual([
      { device: "98:0", root: "/mnt1", point: "/mnt2", readOnly: false, type: "ext3" },
      { device: "0:21", root: "/", point: "/proc", readOnly: false, type: "proc" },
    ]);
  });

  it("undoes the kernel's octal escapes, and only those", () => {
    const [mount] = parseMountinfo(
      "1 2 0:1 /a\\040b /tab\\011nl\\012back\\134slash\\134040\\04 rw shared:7 - fuse.x\\040y src rw",
    );
    expect(mount).toMatchObject({
      root: "/a b",
      point: "/tab\tnl\nback\\slash\\040\\04",
      type: "fuse.x y",
    });
  });

  it.each([
    ["the mount is", "ro,nosuid", "rw", true],
    ["the file system is", "rw", "ro,size=4k", true],
    ["neither is", "rw,errors=remount-ro", "rw,root=ro1", false],
  ])("calls it read-only when %s", (_, options, superOptions, readOnly) => {
    const [mount] = parseMountinfo(`1 2 0:1 / /x ${options} - tmpfs tmpfs ${superOptions}`);
    expect(mount?.readOnly).toBe(readOnly);
  });

  it("keeps the order, which is the order of mounting, and leaves out what it can't read", () => {
    const text = "garbage\n1 2 0:1 / /a rw - t s rw\n1 2 0:1 /\n1 2 0:1 / /b rw - t s rw\n1 2 0:1 / /c rw\n";
    expect(parseMountinfo(text).map((mount) => mount.point)).toEqual(["/a", "/b"]);
  });
});
