import { expect, it } from "vitest";
import { realpath } from "../../src/model/realpath.ts";
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
