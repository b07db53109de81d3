import { describe, expect, it } from "vitest";
import type { Operation, Step } from "../../src/model/plan.gen.ts";
import { DEFAULT_ORIGIN } from "../../src/model/source.ts";
import { type Tree, tree } from "../../src/tree/index.ts";
import { type FakeMachine, fakeHost } from "../support/fake-host.ts";

const rest = { present: true, origin: DEFAULT_ORIGIN } as const;
const bind = (source: string, at: string, access: "ro" | "rw" | "dev" = "ro"): Operation => ({
  kind: "bind",
  at,
  source,
  access,
  missing: "fail",
  ...rest,
});
const tmpfs = (at: string): Operation => ({ kind: "tmpfs", at, mode: "0755", ...rest });
const link = (at: string, target: string): Operation => ({ kind: "symlink", at, target, ...rest });

const treeOf = (operations: readonly Operation[], files: FakeMachine["files"] = {}) =>
  tree(operations, fakeHost({ files }));
const facts = (shown: ReturnType<typeof tree>, path: string) => {
  const { type, access, content, host } = shown.walk(path);
  return [type, access, content, host];
};

describe("what stands where", () => {
  it("an empty sandbox is an empty, writable root", () => {
    const shown = treeOf([]);
    expect(facts(shown, "/")).toEqual(["directory", "rw", "tmpfs", undefined]);
    expect(facts(shown, "/a")).toEqual(["absent", "absent", "none", undefined]);
    expect(shown.look("/").decidedBy).toBe(-1);
  });

  it("a device works through `dev` only", () => {
    const shown = treeOf(
      [bind("/dev/null", "/n", "dev"), bind("/dev/null", "/r", "ro"), bind("/dev/null", "/w", "rw")],
      {
        "/dev/null": { type: "character" },
      },
    );
    expect(["/n", "/r", "/w"].map((at) => shown.look(at).access)).toEqual(["device", "ro", "rw"]);
    expect(shown.look("/n").type).toBe("device");
  });

  it("what can't be looked at on the host is unknown, and not absent", () => {
    const shown = treeOf([bind("/srv", "/srv")], { "/srv/closed": { type: "unreadable" } });
    expect(facts(shown, "/srv/closed")).toEqual(["unknown", "ro", "host", "/srv/closed"]);
    expect(shown.walk("/srv/closed/below").type).toBe("unknown");
  });

  it("of procfs it is only known that it is there, and that files laid over it are", () => {
    const shown = treeOf([
      { kind: "proc", at: "/proc", ...rest },
      { kind: "file", at: "/proc/cmdline", content: "x", mode: "0444", ...rest },
    ]);
    expect(facts(shown, "/proc")).toEqual(["directory", "ro", "proc", undefined]);
    expect(facts(shown, "/proc/1/root")).toEqual(["unknown", "ro", "proc", undefined]);
    expect(facts(shown, "/proc/cmdline")).toEqual(["file", "ro", "generated", undefined]);
  });

  it("bubblewrap's own /dev has the standard nodes, a pts and links", () => {
    const shown = treeOf([{ kind: "dev", at: "/dev", ...rest }]);
    expect(facts(shown, "/dev/null")).toEqual(["device", "device", "dev", undefined]);
    expect(facts(shown, "/dev/shm")).toEqual(["directory", "rw", "dev", undefined]);
    expect(shown.look("/dev/ptmx")).toMatchObject({ type: "link", target: "pts/ptmx" });
    expect(facts(shown, "/dev/ptmx")).toEqual(["unknown", "device", "dev", undefined]);
    expect(facts(shown, "/dev/sda")).toEqual(["absent", "absent", "none", undefined]);
  });

  it("a source that is made before the start is there", () => {
    const create = { ...bind("/srv/new", "/new", "rw"), missing: "create" } as Operation;
    const file = { ...bind("/srv/file", "/file", "rw"), missing: "create", type: "file" } as Operation;
    const shown = treeOf([create, file]);
    expect(facts(shown, "/new")).toEqual(["directory", "rw", "host", "/srv/new"]);
    expect(facts(shown, "/file")).toEqual(["file", "rw", "host", "/srv/file"]);
    expect(facts(shown, "/new/below")).toEqual(["absent", "absent", "none", undefined]);
    expect(shown.places("/srv/new").map(({ path }) => path)).toEqual(["/new"]);
  });

  it("a directory of the run's own is empty, and writable as it was bound", () => {
    const shown = treeOf([bind("{run}/scratch", "/s", "rw"), bind("{run}/scratch", "/r")]);
    expect(facts(shown, "/s")).toEqual(["directory", "rw", "tmpfs", undefined]);
    expect(facts(shown, "/r")).toEqual(["directory", "ro", "tmpfs", undefined]);
    expect(facts(shown, "/s/x")).toEqual(["absent", "absent", "none", undefined]);
  });

  it("a directory of the run's own holds the nodes that steps make there", () => {
    const source = "{run}/dev";
    const steps = ["null", "net/tun"].map(
      (name): Step => ({
        kind: "make-node",
        path: `${source}/${name}`,
        source: `/dev/${name}`,
        origin: DEFAULT_ORIGIN,
      }),
    );
    const shown = tree([bind(source, "/dev", "dev")], fakeHost(), steps);
    expect(facts(shown, "/dev/null")).toEqual(["device", "device", "dev", undefined]);
    expect(facts(shown, "/dev/net")).toEqual(["directory", "rw", "tmpfs", undefined]);
    expect(facts(shown, "/dev/net/tun")).toEqual(["device", "device", "dev", undefined]);
    expect(facts(shown, "/dev/zero")).toEqual(["absent", "absent", "none", undefined]);
    expect(tree([bind(source, "/dev", "dev")], fakeHost()).look("/dev/null").type).toBe("absent");
  });

  it("a server's socket is one", () => {
    const socket = { ...bind("{run}/api-x", "/run/api", "rw"), type: "socket" } as Operation;
    expect(facts(treeOf([socket]), "/run/api")).toEqual(["socket", "rw", "generated", undefined]);
  });

  it("what the host mounts read-only stays so, but for a layer over it", () => {
    const mounts = [{ point: "/srv/disc", readOnly: true }];
    const host = fakeHost({ files: { "/srv/disc/x": "", "/srv/y": "" }, mounts });
    const at = (operation: Operation, path: string) => tree([operation], host).look(path).access;
    expect(at(bind("/srv", "/w", "rw"), "/w/disc/x")).toBe("ro");
    expect(at(bind("/srv", "/w", "rw"), "/w/y")).toBe("rw");
    expect(at({ kind: "overlay", at: "/w", source: "/srv/disc", ...rest }, "/w/x")).toBe("rw");
  });

  it("of the host's own procfs processes are not known, everything else is", () => {
    const host = fakeHost({
      files: { "/proc/1/maps": "", "/proc/version": "" },
      mounts: [{ point: "/proc", type: "proc" }],
    });
    const shown = tree([bind("/", "/")], host);
    expect(shown.look("/proc/1/maps")).toMatchObject({ type: "unknown", content: "proc" });
    expect(shown.look("/proc/version")).toMatchObject({ type: "file", access: "ro", content: "proc" });
  });

  it("what is made in a writable host directory is made on the host, in a layer over one it is not", () => {
    const operations = (kind: Operation) => [kind, tmpfs("/w/made/deep")];
    const files = { "/srv/x": "" };
    const onHost = treeOf(operations(bind("/srv", "/w", "rw")), files);
    expect(facts(onHost, "/w/made")).toEqual(["directory", "rw", "host", "/srv/made"]);
    const layered = treeOf(operations({ kind: "overlay", at: "/w", source: "/srv", ...rest }), files);
    expect(facts(layered, "/w/made")).toEqual(["directory", "rw", "tmpfs", undefined]);
    expect(facts(layered, "/w/x")).toEqual(["file", "rw", "host", "/srv/x"]);
  });

  it("names what decided and what lost, the latest first", () => {
    const operations = [tmpfs("/a"), bind("/srv", "/a/b"), tmpfs("/a"), bind("/srv", "/a/b", "rw"), tmpfs("/c")];
    const shown = treeOf(operations, { "/srv/x": "" });
    const lost = (tree: Tree, path: string) => tree.shadowed(tree.look(path));
    expect(shown.look("/a/b/x")).toMatchObject({ mount: 3, decidedBy: 3 });
    expect(lost(shown, "/a/b/x")).toEqual([2, 1, 0]);
    expect(shown.look("/a")).toMatchObject({ decidedBy: 2 });
    expect(lost(shown, "/a")).toEqual([0]);
    // A directory that only leads there is in nobody's way.
    const made: Operation = { kind: "dir", at: "/d", mode: "0755", implied: true, ...rest };
    expect(lost(treeOf([made, bind("/srv", "/d/e")]), "/d/e")).toEqual([]);
  });
});

describe("links", () => {
  it("are followed in the sandbox, not on the host", () => {
    const shown = treeOf([bind("/srv", "/srv"), tmpfs("/etc"), bind("/srv/hosts", "/etc/hosts")], {
      "/srv/etc": { target: "/etc" },
      "/srv/hosts": "",
      "/etc/hosts": "the host's",
    });
    expect(shown.walk("/srv/etc/hosts")).toMatchObject({ path: "/etc/hosts", host: "/srv/hosts", loop: false });
    expect(shown.walk("/srv/etc/hosts").links.map(({ path }) => path)).toEqual(["/srv/etc"]);
    expect(shown.walk("/srv/etc").type).toBe("directory");
    expect(shown.walk("/srv/etc", { last: false })).toMatchObject({ type: "link", target: "/etc" });
  });

  it("that lead above the root stay at it", () => {
    const shown = treeOf([link("/a/up", "../../../b"), tmpfs("/b")]);
    expect(shown.walk("/a/up")).toMatchObject({ path: "/b", type: "directory" });
  });

  it("that lead round are a loop", () => {
    const shown = treeOf([link("/a", "b"), link("/b", "a")]);
    expect(shown.walk("/a/x").loop).toBe(true);
    expect(shown.walk("/a", { last: false }).loop).toBe(false);
  });

  it("that go through what is not there lead nowhere, as the kernel has it", () => {
    const shown = treeOf([link("/a", "gone/../b"), tmpfs("/b")]);
    expect(shown.walk("/a")).toMatchObject({ path: "/b", type: "absent", access: "absent", content: "none" });
  });

  it("and `..` out of what nobody knows leave it unknown where that leads", () => {
    const shown = treeOf([{ kind: "proc", at: "/proc", ...rest }]);
    expect(shown.walk("/proc/7/..")).toMatchObject({ path: "/proc", type: "unknown" });
    expect(shown.walk("/proc/.")).toMatchObject({ path: "/proc", type: "directory" });
  });

  it("can be forty on one way, and no more", () => {
    const chain = (length: number) => Array.from({ length }, (_, index) => link(`/l${index}`, `l${index + 1}`));
    expect(treeOf([...chain(40), tmpfs("/l40")]).walk("/l0")).toMatchObject({ type: "directory", loop: false });
    expect(treeOf([...chain(41), tmpfs("/l41")]).walk("/l0").loop).toBe(true);
  });
});

describe("a large plan", () => {
  it("is still looked up in", () => {
    const many = Array.from({ length: 3000 }, (_, index) => bind(`/srv/${index}`, `/deep/er/and/deeper/${index}`));
    const shown = treeOf(many, Object.fromEntries(many.map((_, index) => [`/srv/${index}/file`, ""])));
    for (let index = 0; index < 3000; index += 1) {
      expect(shown.walk(`/deep/er/and/deeper/${index}/file`).host).toBe(`/srv/${index}/file`);
    }
    expect(shown.places("/srv/2999/file").map(({ path }) => path)).toEqual(["/deep/er/and/deeper/2999/file"]);
  });
});
