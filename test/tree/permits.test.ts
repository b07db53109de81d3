import { describe, expect, it } from "vitest";
import type { Operation } from "../../src/model/plan.gen.ts";
import { DEFAULT_ORIGIN } from "../../src/model/source.ts";
import { permitter, tree, type Who } from "../../src/tree/index.ts";
import { fakeHost } from "../support/fake-host.ts";

const all: Operation = {
  kind: "bind",
  at: "/",
  source: "/",
  access: "rw",
  missing: "fail",
  present: true,
  origin: DEFAULT_ORIGIN,
};
const files = {
  "/srv/own": { mode: 0o600, uid: 1000, gid: 1000 },
  "/srv/group": { mode: 0o640, uid: 0, gid: 1000 },
  "/srv/other": { mode: 0o640, uid: 0, gid: 7 },
  "/srv/root": { mode: 0o600, uid: 0, gid: 0 },
  "/srv/never": { mode: 0o000, uid: 1000, gid: 1000 },
  "/srv/shut": { type: "directory", mode: 0o700, uid: 0, gid: 0 },
  "/srv/shut/open": { mode: 0o666, uid: 0, gid: 0 },
  "/srv/link": { target: "/srv/shut/open" },
} as const;
const shown = tree([all], fakeHost({ files, uid: 1000, gid: 1000 }));
const may = (path: string, overrides: Who["overrides"] = "none") => {
  const { find, read, write } = permitter(shown.look, { uid: 1000, gid: 1000, overrides })(shown.walk(path));
  return [find, read, write];
};

describe("mode bits", () => {
  it.each([
    ["/srv/own", [true, true, true]],
    ["/srv/group", [true, true, false]],
    ["/srv/other", [true, undefined, false]],
    ["/srv/root", [true, false, false]],
    ["/srv/never", [true, false, false]],
    ["/srv/shut", [true, false, false]],
    ["/srv/shut/open", [false, false, false]],
    ["/srv/link", [false, false, false]],
    ["/srv/shut/..", [false, false, false]],
  ])("say of %s: %j", (path, expected) => {
    expect(may(path)).toEqual(expected);
  });

  it("do not bind who has the capability, in a user namespace for its own files", () => {
    expect(may("/srv/root", "all")).toEqual([true, true, true]);
    expect(may("/srv/root", "own")).toEqual([true, false, false]);
    expect(may("/srv/never", "own")).toEqual([true, true, true]);
  });
});
