import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { probeBwrap } from "../../src/host/probe.ts";
import { bwraps } from "../support/bwraps.ts";

let dir: string;
let cache: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sbx-probe-"));
  cache = join(dir, "cache/sbx");
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const HELP = "usage: bwrap [OPTIONS...]\n\n    --args FD   x\n    --ro-bind SRC DEST   y (not with --imagined)\n";

/** A program that answers as told, and writes down each call. */
function fake(body: string, name = "bwrap"): string {
  const file = join(dir, name);
  writeFileSync(file, `#!/bin/sh\necho "$1" >> ${dir}/calls\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}
const good = (version = "0.9.1", help = HELP) =>
  `case $1 in --version) echo "bubblewrap ${version}";; --help) cat <<'END'\n${help}END\n;; esac`;
const calls = () => (existsSync(join(dir, "calls")) ? readFileSync(join(dir, "calls"), "utf8").trim().split("\n") : []);
const entry = () => join(cache, readdirSync(cache)[0] ?? "none");

describe("a bwrap that works", () => {
  it("tells its version and the options that its help lists", () => {
    const file = fake(good());
    expect(probeBwrap(file, cache)).toEqual({
      value: { file, version: "0.9.1", options: ["--args", "--ro-bind"] },
      problems: [],
    });
  });

  it.each(bwraps())("%s can be asked", (file) => {
    const { value } = probeBwrap(file, cache);
    const help = execFileSync(file, ["--help"], { encoding: "utf8" });
    expect(value?.version).toMatch(/^0\.\d+\.\d+$/);
    expect(value?.options).toEqual(expect.arrayContaining(["--args", "--bind", "--json-status-fd", "--tmpfs"]));
    for (const option of value?.options ?? []) expect(help).toContain(`    ${option} `);
    expect(value?.options).toHaveLength(new Set(help.match(/^ +--[a-z0-9-]+/gm)).size);
  });

  it("gets nothing of the caller's environment, directory or input", () => {
    process.env.SBX_TEST_SECRET = "secret";
    const file = fake(`env > ${dir}/env; pwd > ${dir}/pwd; cat > ${dir}/stdin\n${good()}`);
    expect(probeBwrap(file, cache).problems).toEqual([]);
    delete process.env.SBX_TEST_SECRET;
    const names = readFileSync(join(dir, "env"), "utf8").match(/^\w+(?==)/gm) ?? [];
    expect(names.filter((name) => !["PWD", "SHLVL", "_", "OLDPWD"].includes(name)).sort()).toEqual(["LC_ALL", "PATH"]);
    expect(readFileSync(join(dir, "pwd"), "utf8")).toBe("/\n");
    expect(readFileSync(join(dir, "stdin"), "utf8")).toBe("");
  });
});

describe("a bwrap that does not work is a problem", () => {
  it.each<[what: string, body: string, why: string]>([
    ["says nothing", "", "--version did not answer as bubblewrap does"],
    ["fails", "exit 3", "--version ended with exit code 3"],
    ["fails after answering", `${good()}\nexit 1`, "--version ended with exit code 1"],
    ["crashes", "kill -SEGV $$", "--version was ended by SIGSEGV"],
    ["writes garbage", "head -c 1000 /dev/urandom", "--version did not answer as bubblewrap does"],
    ["writes without end", "exec yes", "--version does not stop writing"],
    ["is something else", "echo 'git version 2.39.5'", "--version did not answer as bubblewrap does"],
    ["has a version and no help", good("0.9.1", "nothing\n"), "--help did not answer as bubblewrap does"],
    ["has the help of something like it", good("0.9.1", "    --args FD\n"), "--help did not answer as bubblewrap does"],
    ["fails at its help", `[ $1 = --version ] || exit 2\n${good()}`, "--help ended with exit code 2"],
  ])("when it %s", (_, body, why) => {
    const file = fake(body);
    const { value, problems } = probeBwrap(file, cache);
    expect(value).toBeUndefined();
    expect(problems).toMatchObject([{ rule: "host/bwrap-broken", message: `${file} ${why}` }]);
    expect(problems[0]?.help).toContain("SBX_BWRAP=");
    expect(existsSync(cache) ? readdirSync(cache) : []).toEqual([]);
  });

  it.each(["0.1.7", "0.3.1", "0.7.0", "0.7.99", "0.2"])("when it is too old: %s", (version) => {
    const file = fake(good(version));
    const { value, problems } = probeBwrap(file, cache);
    expect(value).toBeUndefined();
    const message = `${file} is bubblewrap ${version}, and sbx needs 0.8.0 or later`;
    expect(problems).toMatchObject([{ rule: "host/bwrap-old", severity: "error", message }]);
    expect(problems[0]?.help).toContain("SBX_BWRAP=");
    // An update counts at once.
    expect(existsSync(cache) ? readdirSync(cache) : []).toEqual([]);
  });

  it.each(["0.8.0", "0.8", "0.10.0", "0.12.1", "1.0.0"])("but not when it is new enough: %s", (version) => {
    expect(probeBwrap(fake(good(version)), cache).value?.version).toBe(version);
  });

  it("when it hangs, even by way of a child that holds its output", () => {
    const { problems } = probeBwrap(fake("sleep 5 &\nsleep 5"), cache, 300);
    expect(problems).toMatchObject([{ message: expect.stringContaining("gave no answer in 0.3 s") }]);
  });

  it("when it is missing, not executable or no program", () => {
    const message = (file: string) => probeBwrap(file, cache).problems[0]?.message;
    expect(message(join(dir, "missing"))).toContain("can't be started (ENOENT)");
    writeFileSync(join(dir, "text"), "not a program");
    expect(message(join(dir, "text"))).toContain("can't be started (EACCES)");
    chmodSync(join(dir, "text"), 0o755);
    expect(message(join(dir, "text"))).toMatch(/can't be started|exit code/);
    expect(message(join(dir, "text/below"))).toContain("can't be started");
  });
});

describe("the cache", () => {
  it("saves asking again, in a directory that only the caller can use", () => {
    const file = fake(good());
    const first = probeBwrap(file, cache);
    expect(calls()).toEqual(["--version", "--help"]);
    expect(probeBwrap(file, cache)).toEqual(first);
    expect(calls()).toEqual(["--version", "--help"]);
    expect(statSync(cache).mode & 0o777).toBe(0o700);
    expect(statSync(entry()).mode & 0o777).toBe(0o600);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it("forgets a file that was replaced, rewritten in place, or is another one", () => {
    const file = fake(good("0.9.1"));
    probeBwrap(file, cache);
    const { atime, mtime } = statSync(file);

    // same size, same times, same inode
    writeFileSync(file, readFileSync(file, "utf8").replace("0.9.1", "0.9.2"));
    utimesSync(file, atime, mtime);
    expect(probeBwrap(file, cache).value?.version).toBe("0.9.2");

    renameSync(fake(good("0.9.3"), "other"), file);
    expect(probeBwrap(file, cache).value?.version).toBe("0.9.3");
    expect(readdirSync(cache)).toHaveLength(1);

    const second = fake(good("0.9.4"), "second");
    expect(probeBwrap(second, cache).value?.version).toBe("0.9.4");
    expect(probeBwrap(file, cache).value?.version).toBe("0.9.3");
  });

  it("is believed only as its own", () => {
    const file = fake(good());
    probeBwrap(file, cache);
    const text = readFileSync(entry(), "utf8").replace("0.9.1", "6.6.6");
    writeFileSync(entry(), text);
    // this is what a believed entry looks like
    expect(probeBwrap(file, cache).value?.version).toBe("6.6.6");

    const refused = () => expect(probeBwrap(file, cache).value?.version).toBe("0.9.1");
    const plant = () => writeFileSync(entry(), text, { mode: 0o600 });

    chmodSync(entry(), 0o622);
    refused();
    plant();
    const name = entry();
    renameSync(name, join(dir, "elsewhere"));
    symlinkSync(join(dir, "elsewhere"), name);
    refused();
    expect(readFileSync(join(dir, "elsewhere"), "utf8")).toBe(text);
    plant();
    chmodSync(cache, 0o777);
    refused();
    chmodSync(cache, 0o700);
    plant();
    renameSync(cache, `${cache}-moved`);
    symlinkSync(`${cache}-moved`, cache);
    refused();
  });

  // only root can give files away
  it.runIf(process.geteuid?.() === 0)("is ignored when it belongs to somebody else", () => {
    const file = fake(good());
    probeBwrap(file, cache);
    const planted = readFileSync(entry(), "utf8").replace("0.9.1", "6.6.6");
    writeFileSync(entry(), planted);
    chownSync(entry(), 12345, 12345);
    expect(probeBwrap(file, cache).value?.version).toBe("0.9.1");
    writeFileSync(entry(), planted);
    chownSync(entry(), 0, 0);
    chownSync(cache, 12345, 12345);
    expect(probeBwrap(file, cache).value?.version).toBe("0.9.1");
    expect(readFileSync(entry(), "utf8")).toBe(planted);
  });

  it.each(["", "{", "null", "[]", '{"stamp":1}', '{"stamp":"x","file":"y","version":"z","options":[1]}'])(
    "is made anew when it holds %j",
    (text) => {
      const file = fake(good());
      probeBwrap(file, cache);
      writeFileSync(entry(), text);
      expect(probeBwrap(file, cache).value?.version).toBe("0.9.1");
      expect(JSON.parse(readFileSync(entry(), "utf8"))).toMatchObject({ file, version: "0.9.1" });
    },
  );

  it.each<[what: string, change: Record<string, unknown>]>([
    ["an option that is no text", { options: ["--args", 1] }],
    ["options that are no list", { options: "--args" }],
    ["a version that is no text", { version: 6 }],
    ["another file", { file: "/usr/bin/other" }],
    ["another stamp", { stamp: "1 2 3 4 5" }],
  ])("is made anew when it holds %s", (_, change) => {
    const file = fake(good());
    const first = probeBwrap(file, cache);
    const text = readFileSync(entry(), "utf8");
    writeFileSync(entry(), JSON.stringify({ ...JSON.parse(text), version: "6.6.6", ...change }));
    expect(probeBwrap(file, cache)).toEqual(first);
    expect(readFileSync(entry(), "utf8")).toBe(text);
  });

  it("does without when there can be none", () => {
    const file = fake(good());
    writeFileSync(join(dir, "file"), "");
    for (const place of [join(dir, "file"), join(dir, "file/below"), "/proc/none"]) {
      expect(probeBwrap(file, place).value?.version).toBe("0.9.1");
    }
    expect(calls()).toHaveLength(6);
    mkdirSync(join(dir, "long".repeat(40)));
    const long = join(dir, "long".repeat(40), "bwrap");
    copyFileSync(file, long);
    expect(probeBwrap(long, cache).value?.version).toBe("0.9.1");
  });
});
