import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();

interface Told {
  readonly file: string;
  readonly rule: string;
  readonly line: number;
}
async function lint(args: readonly string[], cwd = room.project) {
  const done = await room.sbx(["lint", "--offline", "--json", ...args], { cwd });
  const problems: readonly Told[] = done.stdout === "" ? [] : JSON.parse(done.stdout);
  const files = [...new Set(problems.map(({ file }) => file.replace(`${cwd}/`, "")))];
  return { ...done, problems, files };
}

const WARNED = "version: 1\nextends: [base]\nuse: [network]\n";

describe("`sbx lint DIRECTORY`", () => {
  const tree = room.directory("tree");
  beforeAll(() => {
    const profiles = [
      ".sandbox.yml",
      "a/.sandbox.yaml",
      "a/b/ci.sandbox.yml",
      ".github/agent.sandbox.yml",
      "z.sandbox.yml",
      "node_modules/package/.sandbox.yml",
      "a/node_modules/.sandbox.yml",
      ".git/x.sandbox.yml",
    ];
    for (const path of profiles) room.write(join(tree, path), WARNED);
    room.write(join(tree, "sandbox.yml"), WARNED);
    room.write(join(tree, "notes.yml"), "x: y\n");
    symlinkSync(".", join(tree, "a/loop"));
    mkdirSync(join(tree, "a/odd.sandbox.yml"));
  });

  it("finds every profile below it, but for packages' and git's own, and follows no link", async () => {
    const { files, code } = await lint(["."], tree);
    expect(files).toEqual([
      ".sandbox.yml",
      "z.sandbox.yml",
      ".github/agent.sandbox.yml",
      "a/.sandbox.yaml",
      "a/b/ci.sandbox.yml",
    ]);
    expect(code).toBe(0);
  });

  it("hands on a link that is called like a profile: that it is refused is told", async () => {
    const linked = room.directory("linked");
    room.write("linked/z.sandbox.yml", WARNED);
    symlinkSync("z.sandbox.yml", join(linked, "link.sandbox.yml"));
    const { problems, code } = await lint(["."], linked);
    expect([problems.map(({ rule }) => rule), code]).toEqual([["profile/refused-file", "net/host"], 2]);
  });

  it("takes no word for a revision: what has a colon in its name is a file", async () => {
    room.write("odd/x:y/one.sandbox.yml", WARNED);
    expect((await lint(["odd/x:y/one.sandbox.yml"])).files).toEqual(["odd/x:y/one.sandbox.yml"]);
    expect((await lint(["x:y/one.sandbox.yml"], room.directory("odd"))).files).toEqual(["x:y/one.sandbox.yml"]);
  });

  it("takes files and directories together, each profile once", async () => {
    expect((await lint(["a", "z.sandbox.yml", "a/b", "./z.sandbox.yml"], tree)).files).toEqual([
      "a/.sandbox.yaml",
      "a/b/ci.sandbox.yml",
      "z.sandbox.yml",
    ]);
    expect((await lint([join(tree, "a/b")])).files).toEqual(["tree/a/b/ci.sandbox.yml"]);
  });

  it("takes a file once, whatever it is called", async () => {
    const { stdout } = await room.sbx(
      [
        "lint",
        "--offline",
        "--format",
        "junit",
        "z.sandbox.yml",
        "./z.sandbox.yml",
        join(tree, "z.sandbox.yml"),
        "../tree/z.sandbox.yml",
      ],
      { cwd: tree },
    );
    expect(stdout.match(/<testsuite /g)).toHaveLength(1);
  });

  it("says which have nothing to say by saying nothing of them", async () => {
    room.write("two/clean.sandbox.yml", "version: 1\nextends: [base]\n");
    room.write("two/warned.sandbox.yml", WARNED);
    expect((await lint(["two"])).files).toEqual(["two/warned.sandbox.yml"]);
  });

  it("that has none is a mistake, and so is one that can't be looked into", async () => {
    room.directory("empty/below");
    const none = await lint(["empty"]);
    expect([none.code, none.stdout]).toEqual([2, ""]);
    expect(none.stderr).toMatch(/there is no profile in empty/);
    const ordinary = installed.room("ordinary");
    ordinary.write("x/.sandbox.yml", WARNED);
    chmodSync(ordinary.directory("x/closed"), 0o000);
    const closed = await ordinary.sbx(["lint", "--offline", "x"]);
    expect(closed.code).toBe(2);
    expect(closed.stdout).toContain("x/closed: error[discover/unlisted]: x/closed can't be listed: EACCES");
    // The others are looked at all the same.
    expect(closed.stdout).toContain("x/.sandbox.yml:3:7: warning[net/host]");
    const left = await ordinary.sbx(["lint", "--offline", "--exclude", "closed", "x"]);
    expect([left.code, left.stderr]).toEqual([0, ""]);
    chmodSync(ordinary.directory("x/closed"), 0o755);
  });

  it("is looked at without what is left out: by its path, or by its name wherever it lies", async () => {
    const without = async (...excluded: string[]) =>
      (await lint([".", ...excluded.flatMap((each) => ["--exclude", each])], tree)).files;
    expect(await without("b", ".github")).toEqual([".sandbox.yml", "z.sandbox.yml", "a/.sandbox.yaml"]);
    expect(await without("./a,.github/agent.sandbox.yml", "z.sandbox.yml")).toEqual([".sandbox.yml"]);
    // A path is one from here.
    expect(await without("b/ci.sandbox.yml")).toHaveLength(5);
    expect((await lint([".", "--exclude", "*.yml"], tree)).stderr).toMatch(/--exclude takes no patterns/);
    expect((await lint([".", "--exclude", "a,.github,z.sandbox.yml,.sandbox.yml"], tree)).stderr).toMatch(
      /there is no profile in \.: .* but for those that are left out/,
    );
    expect((await lint(["--exclude", "x"])).stderr).toMatch(/name one, as in `sbx lint \.`/);
  });

  it("finds the mistakes of one profile beside the findings of another", async () => {
    room.write("mixed/a.sandbox.yml", "version: 1\nextends: [base]\nunknown: x\n");
    room.write("mixed/b.sandbox.yml", WARNED);
    const { code, problems } = await lint(["mixed"]);
    expect([code, problems.map(({ rule }) => rule)]).toEqual([2, ["profile/unknown-key", "net/host"]]);
  });

  it("tells what a shared parent says once", async () => {
    room.write("shared/parent.sandbox.yml", "version: 1\nextends: [base]\nmounts: {~/.ssh: ro}\n");
    for (const name of ["a", "b", "c"])
      room.write(`shared/${name}.sandbox.yml`, "version: 1\nextends: [./parent.sandbox.yml]\n");
    const { problems } = await lint(["shared"]);
    expect(problems.map(({ rule }) => rule)).toEqual(["cred/ssh-gpg"]);
  });
});

describe("so many profiles that several threads share them", () => {
  const KINDS = [
    "version: 1\nextends: [base]\n",
    WARNED,
    "version: 1\nextends: [node]\nmounts:\n  ~/: ro\n",
    "version: 1\nextends: [base]\nunknown: x\n",
    "version: 1\nextends: [base]\nmounts: {~/.aws: ro}\nlint: {ignore: [{rule: cred/cloud, reason: test}]}\n",
    "version: 1\nextends: [../shared.yml]\n",
  ];
  const COUNT = 150;
  const directory = room.directory("many");
  beforeAll(() => {
    room.write("many/shared.yml", "version: 1\nextends: [base]\nmounts: {~/.ssh: ro}\n");
    for (let index = 0; index < COUNT; index++)
      room.write(`many/p/${String(index).padStart(3, "0")}.sandbox.yml`, KINDS[index % KINDS.length] ?? "");
  });

  it.each(["pretty", "json", "github", "sarif", "junit"])(
    "are told in %s as by one thread, in the same order",
    async (format) => {
      const run = (cpus: string) =>
        room.run(
          ["taskset", "-c", cpus, process.execPath, installed.file, "lint", "--offline", "--format", format, "."],
          { cwd: directory },
        );
      const [one, two] = [
        await run("0"),
        await room.sbx(["lint", "--offline", "--format", format, "."], { cwd: directory }),
      ];
      expect([one.code, two.code, one.stderr, two.stderr]).toEqual([2, 2, "", ""]);
      expect(two.stdout === one.stdout).toBe(true);
      expect(one.stdout.length).toBeGreaterThan(5000);
    },
  );

  const args = [installed.file, "lint", "--offline", "--json", "."];
  /** With threads that do this, and nothing else. */
  const withThreads = (doing: string) => {
    const preload = room.write(
      "failing.cjs",
      `const threads = require("node:worker_threads");
       threads.Worker = class extends require("node:events") {
         constructor(file, { workerData }) { super(); ${doing} }
         terminate() { return Promise.resolve(1); }
       };
       require("node:module").syncBuiltinESMExports();`,
    );
    return room.run([process.execPath, "--require", preload, ...args], { cwd: directory });
  };

  it.each([
    ["before it starts", `throw new Error("EAGAIN");`],
    [
      "with work in hand",
      `Atomics.add(workerData.taken, 0, 40); setImmediate(() => this.emit("error", new Error("out of memory")));`,
    ],
  ])("are told all the same when a thread fails %s", async (_, doing) => {
    const failing = await withThreads(doing);
    const { code, stdout, stderr } = await room.run([process.execPath, ...args], { cwd: directory });
    expect([failing.code, failing.stderr]).toEqual([code, stderr]);
    expect(failing.stdout === stdout).toBe(true);
  });

  it("are not called clean when a thread never comes to an end", async () => {
    const { code, stdout, stderr } = await withThreads("");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/sbx: defect: the command came to no end/);
  });

  it("are told as each would be by itself", async () => {
    const all = await lint(["."], directory);
    for (const index of [0, 1, 2, 3, 4]) {
      const file = `p/${String(index + 120).padStart(3, "0")}.sandbox.yml`;
      const alone = await lint([file], directory);
      expect(all.problems.filter((problem) => problem.file === join(directory, file))).toEqual(alone.problems);
    }
  });
});

it("a directory may hold files of any name", async () => {
  for (const name of ["hash#q.sandbox.yml", "a:b.sandbox.yml", " .sandbox.yml", "-p.sandbox.yml", "ü.sandbox.yml"])
    room.write(`names/${name}`, WARNED);
  const { code, files } = await lint(["names"]);
  expect([code, files.length]).toEqual([0, 5]);
});
