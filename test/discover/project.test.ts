import { describe, expect, it } from "vitest";
import { projectFor } from "../../src/discover/index.ts";
import { type FakeMachine, fakeHost } from "../support/fake-host.ts";

const project = (from: string, files: NonNullable<FakeMachine["files"]>) =>
  projectFor(from, fakeHost({ cwd: from, files }));

describe("projectFor", () => {
  it("is the nearest repository's root", () => {
    const files = { "/home/u/p/.git/": {}, "/home/u/p/vendor/q/.git": "gitdir: ../../.git/modules/q\n" };
    expect(project("/home/u/p/src/x", files)).toBe("/home/u/p");
    expect(project("/home/u/p", files)).toBe("/home/u/p");
    expect(project("/home/u/p/vendor/q/src", files)).toBe("/home/u/p/vendor/q");
  });

  it("is the directory itself without a repository", () => {
    expect(project("/home/u/p/src", {})).toBe("/home/u/p/src");
    expect(project("/", {})).toBe("/");
    expect(project("/home/u", {})).toBe("/home/u");
  });

  it("is never / or the home directory or one above it", () => {
    for (const top of ["/.git/", "/home/.git/", "/home/u/.git/"]) {
      expect(project("/home/u/p/src", { [top]: {} })).toBe("/home/u/p/src");
    }
    const linked = { "/home": { target: "/var/home" }, "/var/home/u/.git/": {}, "/var/home/.git/": {} };
    expect(project("/var/home/u/p", linked)).toBe("/var/home/u/p");
  });

  it("is not beyond a directory that others can write", () => {
    const files = { "/srv/p/.git/": {}, "/srv/p/open/": { mode: "0777" }, "/srv/p/open/x/": { uid: 1000 } };
    expect(project("/srv/p/open/x", files)).toBe("/srv/p/open/x");
    expect(project("/srv/p/x", files)).toBe("/srv/p");
  });

  it("needs more than a link named .git", () => {
    expect(project("/home/u/p/src", { "/home/u/p/.git": { target: "/elsewhere" } })).toBe("/home/u/p/src");
  });
});
