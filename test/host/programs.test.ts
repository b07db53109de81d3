import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeHost } from "../../src/host/node.ts";
import { findProgram, type Search } from "../../src/host/programs.ts";
import { formatProblems } from "../../src/report/index.ts";

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), "sbx-programs-")));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

function program(path: string, mode = 0o755): string {
  const file = join(dir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, mode);
  return file;
}
const find = (path: string, search: Partial<Search> = {}) =>
  findProgram("tool", { path, project: join(dir, "project"), writable: [], ...search });
/** The reasons for passing over the entries of PATH. */
const reasons = (path: string, search?: Partial<Search>) => {
  const { value, problems } = find(path, search);
  expect(value).toBeUndefined();
  expect(problems).toMatchObject([{ rule: "host/program-missing", severity: "error" }]);
  return problems[0]?.related.map(({ file, message }) => `${file}: ${message}`);
};

describe("findProgram", () => {
  it("takes the first entry of PATH that holds the program", () => {
    mkdirSync(join(dir, "none"));
    const first = program("a/tool");
    program("b/tool");
    const path = [join(dir, "missing"), join(dir, "none"), `${dir}//a/`, join(dir, "b")].join(":");
    expect(find(path)).toEqual({ value: first, problems: [] });
  });

  it("says of each entry why it was passed over", () => {
    program("project/bin/tool");
    program("grant/bin/tool");
    program("open/tool");
    chmodSync(join(dir, "open"), 0o777);
    program("plain/tool", 0o644);
    mkdirSync(join(dir, "directory/tool"), { recursive: true });
    mkdirSync(join(dir, "none"));
    program("unsafe-file/tool", 0o757);
    const path = ["project/bin", "grant/bin", "open", "plain", "directory", "none", "missing", "unsafe-file"];
    const entries = ["", ".", "relative/bin", ...path.map((entry) => join(dir, entry))].join(":");
    expect(reasons(entries, { writable: [join(dir, "grant")] })).toEqual([
      ": means the current directory",
      ".: is no absolute path",
      "relative/bin: is no absolute path",
      `${dir}/project/bin: lies in the project ${dir}/project`,
      `${dir}/grant/bin: lies in a directory that the sandbox can write, ${dir}/grant`,
      `${dir}/open: can be written by everybody`,
      `${dir}/plain: its tool is not executable`,
      `${dir}/directory: its tool is no regular file`,
      `${dir}/none: holds no tool`,
      `${dir}/missing: does not exist`,
      `${dir}/unsafe-file: ${dir}/unsafe-file/tool can be written by everybody`,
    ]);
  });

  it("names each entry once, and says so when there is none", () => {
    expect(reasons(`${dir}:${dir}`)).toEqual([`${dir}: holds no tool`]);
    expect(reasons("")).toEqual([]);
    expect(find("").problems[0]?.message).toBe("tool was not found: PATH is empty");
  });

  it("goes on behind an entry that it does not trust", () => {
    program("project/bin/tool");
    const good = program("bin/tool");
    expect(find(`${dir}/project/bin:${dir}/bin`).value).toBe(good);
  });

  it("returns the path without links, but keeps the program's name", () => {
    program("real/tool-1.2");
    mkdirSync(join(dir, "bin"));
    symlinkSync("../real/tool-1.2", join(dir, "bin/tool"));
    symlinkSync("bin", join(dir, "link"));
    expect(find(join(dir, "link")).value).toBe(join(dir, "bin/tool"));
    program("other/tool");
    rmSync(join(dir, "bin/tool"));
    symlinkSync("../other/tool", join(dir, "bin/tool"));
    expect(find(join(dir, "link")).value).toBe(join(dir, "other/tool"));
  });

  it.each([
    ["an entry that leads into the project", "/link-to-project: /project/bin lies in the project /project"],
    ["a program that leads into the project", "/bin: /project/bin/tool lies in the project /project"],
    ["an entry in the project that leads out of it", "/project/link: lies in the project /project"],
  ])("passes over %s by a link", (_, reason) => {
    program("project/bin/tool");
    program("safe/tool");
    mkdirSync(join(dir, "bin"));
    symlinkSync("project/bin", join(dir, "link-to-project"));
    symlinkSync("../project/bin/tool", join(dir, "bin/tool"));
    symlinkSync("../safe", join(dir, "project/link"));
    const [entry = ""] = reason.split(":");
    expect(reasons(dir + entry)?.map((each) => each.replaceAll(dir, ""))).toEqual([reason]);
  });

  it("compares with the project and the grants without links too", () => {
    program("real/bin/tool");
    symlinkSync("real", join(dir, "link"));
    for (const search of [{ project: join(dir, "link") }, { writable: [join(dir, "link")] }]) {
      expect(reasons(join(dir, "real/bin"), search)?.[0]).toContain("lies in");
    }
  });

  it("finds programs although the project is /", () => {
    const file = program("bin/tool");
    expect(find(join(dir, "bin"), { project: "/" }).value).toBe(file);
    expect(find(join(dir, "bin"), { project: "/", writable: ["/"] }).value).toBeUndefined();
  });

  it("trusts root and the caller only", () => {
    const file = program("bin/tool");
    expect(find(join(dir, "bin"), { host: nodeHost() }).value).toBe(file);
    const stranger = nodeHost({ uid: 12345, gid: 12345 });
    const [reason] = reasons(join(dir, "bin"), { host: { ...stranger, lstat: asOwnedBy(54321, dir) } }) ?? [];
    expect(reason).toBe(`${dir}/bin: ${dir}/bin/tool belongs to user 54321`);
  });

  it("finds the installed bwrap", () => {
    const { value } = findProgram("bwrap", { path: "/bin:/usr/bin", project: dir, writable: [] });
    expect(value).toBe("/usr/bin/bwrap");
  });
});

/** The real file system, but everything below `top` belongs to somebody. */
function asOwnedBy(uid: number, top: string): ReturnType<typeof nodeHost>["lstat"] {
  const { lstat } = nodeHost();
  return (path) => {
    const stat = lstat(path);
    return stat && path.startsWith(top) ? { ...stat, uid } : stat;
  };
}

describe("a program that was named", () => {
  it("may lie anywhere, and PATH is not searched", () => {
    const file = program("project/my-bwrap");
    symlinkSync("my-bwrap", join(dir, "project/link"));
    for (const named of [file, join(dir, "project/link")])
      expect(find("", { named })).toEqual({ value: file, problems: [] });
  });

  it.each<[what: string, named: string, why: string]>([
    ["relative", "bin/tool", "is no absolute path"],
    ["empty", "", "is no absolute path"],
    ["missing", "/missing/tool", "does not exist"],
    ["a directory", "/usr", "is no regular file"],
    ["a device", "/dev/null", "is no regular file"],
    ["not executable", "/etc/passwd", "is not executable"],
  ])("is refused when it is %s, and nothing else is taken", (_, named, why) => {
    const { value, problems } = findProgram("bwrap", { path: "/usr/bin", project: "/p", writable: [], named });
    expect(value).toBeUndefined();
    expect(problems).toMatchObject([{ rule: "host/program-unusable", message: `${named}, named as bwrap, ${why}` }]);
    expect(problems[0]?.help).toContain("unset SBX_BWRAP");
  });
});

describe("the problem", () => {
  it("names all entries of PATH, and how to install the program", () => {
    const host = {
      ...nodeHost({ uid: 1000 }),
      readText: (path: string) => (path === "/etc/os-release" ? "ID=debian\n" : undefined),
    };
    const found = findProgram("bwrap", { path: `bin:${dir}`, project: "/p", writable: [], host });
    expect(formatProblems(found.problems)).toBe(
      [
        "error[host/program-missing]: bwrap was not found in a directory of PATH that is safe to use",
        "  bin: is no absolute path",
        `  ${dir}: holds no bwrap`,
        "  help: install it: sudo apt install bubblewrap, or name one: SBX_BWRAP=/path/to/bwrap",
        "",
      ].join("\n"),
    );
  });

  it("does without a command where sbx knows none", () => {
    const host = { ...nodeHost(), readText: () => undefined };
    const [problem] = findProgram("tool", { path: "", project: "/p", writable: [], host }).problems;
    expect(problem?.help).toBe("install tool");
  });
});
