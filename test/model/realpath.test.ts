import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { realpath, remembersPaths } from "../../src/model/realpath.ts";
import { fakeHost } from "../support/fake-host.ts";

const host = fakeHost({
  files: {
    "/home": { target: "var/home" },
    "/var/home/u/": {},
    "/a/up": { target: ".././/var/./home" },
    "/a/b/": {},
    "/a/back": { target: "b/../b" },
    "/a/loop": { target: "loop" },
    "/a/ping": { target: "pong" },
    "/a/pong": { target: "ping" },
  },
});

it.each([
  ["/", "/"],
  ["/var/home/u", "/var/home/u"],
  ["/home/u", "/var/home/u"],
  ["/home/u/missing/x", "/var/home/u/missing/x"],
  ["/a/up/u", "/var/home/u"],
  ["/a/back", "/a/b"],
  ["/missing/x", "/missing/x"],
])("%s is %s", (path, expected) => {
  expect(realpath(host, path).path).toBe(expected);
});

it("ends in a circle of links", () => {
  expect(realpath(host, "/a/loop")).toMatchObject({ loop: true });
  expect(realpath(host, "/a/ping/x")).toMatchObject({ loop: true });
});

describe("on a machine with more on it, whose answers are remembered", () => {
  const HOLDING = { directories: ["/a", "/a/b", "/c", "/h"], links: ["/a/l", "/a/b/l", "/c/l"] } as const;
  const TARGETS = ["b", "../c", "/a/b", "/a/b/new", "/missing", "l", "../a/l", "/closed/x", ".", "../.."];
  const NAMES = ["a", "b", "c", "l", "new", "closed", "x", "..", "."];
  const path = fc
    .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 5 })
    .map((names) => `/${names.join("/")}`);
  const links = fc.dictionary(fc.constantFrom(...HOLDING.links), fc.constantFrom(...TARGETS));
  const more = fc.uniqueArray(fc.constantFrom("/a/b/new", "/c/new", "/missing", "/missing/x", "/closed/x", "/new"));

  it("a path leads where it would be found to lead anew", () => {
    fc.assert(
      fc.property(links, more, fc.array(path, { minLength: 1, maxLength: 8 }), (targets, added, asked) => {
        const less = fakeHost({
          files: {
            ...Object.fromEntries(HOLDING.directories.map((each) => [`${each}/`, {}])),
            ...Object.fromEntries(Object.entries(targets).map(([each, target]) => [each, { target }])),
            "/closed": { type: "unreadable" },
          },
        });
        const stat = { type: "directory", mode: 0o755, uid: 0, gid: 0, nlink: 1, size: 0 } as const;
        const lstat = (each: string) => less.lstat(each) ?? (added.some((one) => one === each) ? stat : undefined);
        const remembering = { ...less, lstat };
        remembersPaths(less);
        remembersPaths(remembering, less);
        for (const each of [...asked, ...asked]) {
          const anew = { ...less, lstat: (one: string) => lstat(one) };
          expect(realpath(remembering, each)).toEqual(realpath(anew, each));
          expect(realpath(less, each)).toEqual(realpath({ ...less, lstat: (one: string) => less.lstat(one) }, each));
        }
      }),
    );
  });

  it("and is not looked at again", () => {
    let looks = 0;
    const counting = {
      ...host,
      lstat: (each: string) => {
        looks += 1;
        return host.lstat(each);
      },
    };
    remembersPaths(counting);
    const first = realpath(counting, "/home/u");
    const before = looks;
    expect(realpath(counting, "/home/u")).toBe(first);
    expect([before > 0, looks]).toEqual([true, before]);
  });
});
