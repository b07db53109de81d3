import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readGitlinks } from "../../src/host/git-index.ts";

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "sbx-index-"));
});
afterEach(() => rmSync(top, { recursive: true }));

const git = (...args: string[]) => execFileSync("git", args, { cwd: top, stdio: "pipe", encoding: "utf8" });
const index = () => readGitlinks(join(top, ".git/index"));

/** Files around the links, with names that share beginnings, so that compressed names are met. */
function fill(hashDigits: number): string[] {
  const links = ["a", "deep/er/module", "deep/er/module-2", "z".repeat(300), "with space", "ünï"];
  for (const name of ["b", "deep/er/file", "deep/file", "y", "zz"]) {
    mkdirSync(join(top, name, ".."), { recursive: true });
    writeFileSync(join(top, name), name);
  }
  git("add", ".");
  for (const link of links) git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(hashDigits)},${link}`);
  return links.sort();
}

describe("readGitlinks", () => {
  it.each([2, 3, 4])("reads version %s", (version) => {
    git("init", "-q");
    git("config", "index.version", String(version));
    const links = fill(40);
    // An entry with extended flags makes version 3 of version 2.
    if (version === 3) {
      writeFileSync(join(top, "later"), "");
      git("add", "--intent-to-add", "later");
    } else git("update-index", "--index-version", String(version));
    expect([...(index() ?? [])].sort()).toEqual(links);
  });

  it("reads an index of SHA-256 names", () => {
    git("init", "-q", "--object-format=sha256");
    expect([...(index() ?? [])].sort()).toEqual([]);
    const links = fill(64);
    expect([...(index() ?? [])].sort()).toEqual(links);
  });

  it("reads the base of a split index", () => {
    git("init", "-q");
    const links = fill(40);
    git("update-index", "--split-index");
    git("update-index", "--add", "--cacheinfo", `160000,${"2".repeat(40)},later`);
    expect([...(index() ?? [])].sort()).toEqual([...links, "later"].sort());
  });

  it("finds none where there is no index", () => {
    expect(readGitlinks(join(top, "index"))).toEqual([]);
  });

  it.each([
    ["an empty file", ""],
    ["another file", "not an index at all, but long enough to be one"],
    ["a directory cut short", "DIRC\u0000\u0000\u0000\u0002\u0000\u0000\u0000\u0009"],
  ])("does not understand %s", (_, text) => {
    writeFileSync(join(top, "index"), text, "latin1");
    expect(readGitlinks(join(top, "index"))).toBeUndefined();
  });

  it("does not understand an index that something follows or that ends early", () => {
    git("init", "-q");
    fill(40);
    const file = join(top, ".git/index");
    const whole = execFileSync("cat", [file]);
    writeFileSync(file, Buffer.concat([whole, Buffer.from("more of it")]));
    expect(index()).toBeUndefined();
    writeFileSync(file, whole.subarray(0, whole.length / 2));
    expect(index()).toBeUndefined();
  });
});
