import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HostMount } from "../../src/model/host.ts";
import { aliasedParts, aliases } from "../../src/tree/index.ts";
import { fakeHost } from "../support/fake-host.ts";

const hostWith = (...mounts: Partial<HostMount>[]) => fakeHost({ mounts });
const disk = (point: string, root = "/", device = "8:1"): Partial<HostMount> => ({ point, root, device });

describe("other names of a host path", () => {
  it("come from bind mounts of one file system", () => {
    const host = hostWith(disk("/srv"), disk("/mnt/all"), disk("/mnt/data", "/data"), disk("/mnt/other", "/", "8:2"));
    expect(aliases(host, "/srv/data/x")).toEqual(["/srv/data/x", "/mnt/all/data/x", "/mnt/data/x"]);
    expect(aliases(host, "/mnt/data/x")).toEqual(["/mnt/data/x", "/srv/data/x", "/mnt/all/data/x"]);
    expect(aliases(host, "/srv")).toEqual(["/srv", "/mnt/all"]);
    expect(aliases(host, "/etc/passwd")).toEqual(["/etc/passwd"]);
  });

  it("of the root's file system lie below its bind mounts", () => {
    const host = hostWith({ point: "/home", root: "/data/home" });
    expect(aliases(host, "/data/home/u")).toEqual(["/data/home/u", "/home/u"]);
    expect(aliases(host, "/home/u")).toEqual(["/home/u", "/data/home/u"]);
  });

  it("are none where another mount lies on top", () => {
    expect(aliases(hostWith(disk("/srv"), disk("/mnt"), disk("/mnt/a", "/", "8:2")), "/srv/a/x")).toEqual(["/srv/a/x"]);
    // The first of two stacked mounts can't be seen.
    expect(aliases(hostWith(disk("/srv"), disk("/mnt"), disk("/mnt", "/", "8:2")), "/srv/x")).toEqual(["/srv/x"]);
    expect(aliases(hostWith(disk("/srv", "/", "8:2"), disk("/srv"), disk("/mnt")), "/srv/x")).toEqual([
      "/srv/x",
      "/mnt/x",
    ]);
  });

  it("are not guessed from names that only begin alike", () => {
    const host = hostWith(disk("/srv", "/data"), disk("/mnt", "/database"));
    expect(aliases(host, "/srv/x")).toEqual(["/srv/x"]);
    expect(aliasedParts(host, "/srv")).toEqual([]);
  });
});

describe("other names of parts of a host directory", () => {
  it("are mounts of something below it", () => {
    const host = hostWith(disk("/srv"), disk("/mnt/key", "/secret/keys/id"), disk("/mnt/pub", "/public"));
    expect(aliasedParts(host, "/srv/secret")).toEqual(["/mnt/key"]);
    expect(aliasedParts(host, "/srv/secret/keys/id")).toEqual([]);
    expect(aliasedParts(host, "/srv")).toEqual(["/mnt/key", "/mnt/pub"]);
  });

  it("are other mounts of a file system that is mounted below it", () => {
    const host = hostWith(disk("/srv/secret/usb"), disk("/media/usb"), disk("/media/part", "/part"));
    expect(aliasedParts(host, "/srv/secret")).toEqual(["/media/usb", "/media/part"]);
    expect(aliasedParts(host, "/srv/secret/usb")).toEqual(["/media/part"]);
  });

  it("are none where something else lies on top", () => {
    const host = hostWith(disk("/srv"), disk("/mnt", "/secret/sub"), disk("/mnt", "/", "8:9"));
    expect(aliasedParts(host, "/srv/secret")).toEqual([]);
  });
});

describe("in any mount table", () => {
  const name = fc.constantFrom("a", "b", "c");
  const path = fc.array(name, { maxLength: 3 }).map((names) => `/${names.join("/")}`);
  const table = fc.array(fc.record({ point: path, root: path, device: fc.constantFrom("0:1", "8:1", "8:2") }), {
    maxLength: 8,
  });

  it("a name of a name is a name", () => {
    fc.assert(
      fc.property(table, path, (mounts, at) => {
        const host = hostWith(...mounts);
        const names = aliases(host, at);
        expect(names[0]).toBe(at);
        for (const other of names) expect([...aliases(host, other)].sort()).toEqual([...names].sort());
      }),
    );
  });

  it("every name of something below a directory lies below a name of it, or is or lies in a named part", () => {
    fc.assert(
      fc.property(table, path, fc.array(name, { minLength: 1, maxLength: 2 }), (mounts, at, further) => {
        const host = hostWith(...mounts);
        const inside = `${at === "/" ? "" : at}/${further.join("/")}`;
        const covered = [...aliases(host, at), ...aliasedParts(host, at)];
        for (const other of aliases(host, inside)) {
          expect([other, covered.some((top) => top === "/" || other === top || other.startsWith(`${top}/`))]).toEqual([
            other,
            true,
          ]);
        }
      }),
    );
  });
});
