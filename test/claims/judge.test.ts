import { describe, expect, it } from "vitest";
import { PATH_CLAIMS } from "../../src/claims/claim.ts";
import { contradicts, holds } from "../../src/claims/judge.ts";
import { permits, type Who } from "../../src/model/rights.ts";
import { type Seen, seenNothing } from "../../src/model/seen.ts";

const seen = (facts: Partial<Seen>): Seen => ({
  path: "/x",
  type: "file",
  access: "ro",
  readable: true,
  writable: false,
  ...facts,
});
const UNKNOWN = seen({ type: "unknown", access: undefined, readable: undefined, writable: undefined });
const UNREADABLE = seen({ type: "unknown", access: undefined, readable: false, writable: false });

/** What is found → the claims that are true of it, and those that nobody can tell. */
const TABLE: readonly (readonly [string, Seen, readonly string[], readonly string[]])[] = [
  ["nothing", seenNothing("/x"), ["hidden", "absent"], []],
  ["a masked file", seen({ access: "masked", readable: false }), ["hidden", "masked"], []],
  ["an empty read-only mount", seen({ blank: true }), ["hidden", "masked"], ["readable", "readonly"]],
  ["a read-only file", seen({}), ["readable", "readonly"], []],
  ["a writable file", seen({ access: "rw", writable: true }), ["readable", "writable"], []],
  ["a writable file that nobody may read", seen({ access: "rw", readable: false, writable: true }), ["writable"], []],
  ["a file that only its permissions protect", seen({ access: "rw" }), ["readable"], []],
  ["a read-only file that nobody may read", seen({ readable: false }), [], []],
  ["a device", seen({ type: "device", access: "device", writable: true }), ["readable", "writable", "device"], []],
  ["a device that can't be opened", seen({ type: "device", access: "rw", readable: false }), [], []],
  ["a file of unknown groups", seen({ readable: undefined }), [], ["readable", "readonly"]],
  ["something in procfs", UNKNOWN, [], [...PATH_CLAIMS]],
  ["something out of reach", UNREADABLE, [], ["hidden", "absent", "masked"]],
];

describe("a claim about a path", () => {
  it.each(TABLE)("%s", (_, found, yes, perhaps) => {
    const told = (answer: boolean | undefined) => PATH_CLAIMS.filter((kind) => holds(kind, found) === answer);
    expect(told(true)).toEqual(PATH_CLAIMS.filter((kind) => yes.includes(kind)));
    expect(told(undefined)).toEqual(PATH_CLAIMS.filter((kind) => perhaps.includes(kind)));
  });
});

describe("simulation and sandbox contradict each other", () => {
  it.each<[string, Seen, Seen]>([
    ["about what is there", seenNothing("/x"), seen({})],
    ["about its type", seen({}), seen({ type: "directory" })],
    ["about its access", seen({}), seen({ access: "rw" })],
    ["about a mask", seen({ access: "masked", readable: false }), seen({})],
    ["about a writable mask", seen({ access: "masked", readable: false }), seen({ access: "rw" })],
  ])("%s", (_, one, other) => {
    expect(contradicts(one, other)).toBe(true);
  });

  it.each<[string, Seen, Seen]>([
    ["not when they agree", seen({}), seen({})],
    ["not about a mask that looks like one", seen({ access: "masked", readable: false }), seen({ blank: true })],
    ["not about an empty file", seen({}), seen({ blank: true })],
    ["not about permissions", seen({}), seen({ readable: false })],
    ["not about what the simulation does not know", UNKNOWN, seen({})],
    ["not about what can't be looked at", seen({}), UNREADABLE],
    ["not about procfs", seen({ access: undefined }), seen({ access: "rw" })],
  ])("%s", (_, one, other) => {
    expect(contradicts(one, other)).toBe(false);
  });
});

describe("permission bits", () => {
  const me: Who = { uid: 1000, gid: 1000, groups: [27], override: "none" };
  const file = (mode: number, uid: number, gid: number) => ({ type: "file", mode, uid, gid }) as const;

  it("of the owner, the group, everybody else: the first that fits decides", () => {
    expect(permits(file(0o400, 1000, 5), me, "read")).toBe(true);
    expect(permits(file(0o077, 1000, 1000), me, "read")).toBe(false);
    expect(permits(file(0o040, 0, 1000), me, "read")).toBe(true);
    expect(permits(file(0o040, 0, 27), me, "read")).toBe(true);
    expect(permits(file(0o704, 0, 27), me, "read")).toBe(false);
    expect(permits(file(0o004, 0, 0), me, "read")).toBe(true);
    expect(permits(file(0o774, 0, 0), me, "write")).toBe(false);
  });

  it("are no answer where groups are not known and would matter", () => {
    const whoever: Who = { ...me, groups: undefined };
    expect(permits(file(0o040, 0, 27), whoever, "read")).toBeUndefined();
    expect(permits(file(0o044, 0, 27), whoever, "read")).toBe(true);
    expect(permits(file(0o600, 0, 27), whoever, "read")).toBe(false);
  });

  it("bind root without capabilities as they bind anybody, and give way to CAP_DAC_OVERRIDE as far as it goes", () => {
    const root: Who = { uid: 0, gid: 0, groups: [], override: "none" };
    expect(permits(file(0o600, 1000, 1000), root, "read")).toBe(false);
    expect(permits(file(0o600, 1000, 1000), { ...root, override: "own" }, "read")).toBe(false);
    expect(permits(file(0o000, 0, 0), { ...root, override: "own" }, "read")).toBe(true);
    expect(permits(file(0o600, 1000, 1000), { ...root, override: "all" }, "write")).toBe(true);
  });
});
