import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { sarifLog } from "../support/sarif.ts";
import { install } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";

const installed = install();
afterAll(installed.remove);

const FORMATS = ["pretty", "json", "github", "sarif", "junit"] as const;
const CLEAN = "version: 1\nextends: [base]\n";
const SHARED = "version: 1\nextends: [base]\nuse: [network]\n";

/** What a job that lints a directory gets, in every format, as an ordinary user. */
async function reports(room: ReturnType<typeof installed.room>, args: readonly string[], cwd = room.project) {
  const told = {} as Record<(typeof FORMATS)[number], string>;
  let code: number | null = null;
  for (const format of FORMATS) {
    const done = await room.sbx(["lint", "--offline", "--format", format, ...args], { cwd });
    expect(done.stderr).toBe("");
    told[format] = done.stdout;
    code = done.code;
  }
  const [run] = sarifLog(told.sarif).runs;
  return { ...told, problems: JSON.parse(told.json), run, invocation: run?.invocations?.[0], code };
}

describe("a profile that is refused", () => {
  const room = installed.room("ordinary");
  const refused = {
    "dangling.sandbox.yml": (path: string) => symlinkSync("nowhere", path),
    "large.sandbox.yml": (path: string) => writeFileSync(path, "x".repeat(1024 * 1024 + 1)),
    "link.sandbox.yml": (path: string) => symlinkSync("../secret", path),
    "secret.sandbox.yml": (path: string) => {
      writeFileSync(path, CLEAN);
      chmodSync(path, 0o000);
    },
  };
  room.write("secret", "hunter2hunter2\n");
  for (const [name, make] of Object.entries(refused)) make(join(room.directory("x"), name));

  it.each([
    ["that the walk has found", ["x"]],
    ["that is named", Object.keys(refused).map((name) => `x/${name}`)],
  ])("has its place in its own file, in every format: one %s", async (_, args) => {
    await room.run(["mkfifo", "x/pipe.sandbox.yml"]);
    const names = [...Object.keys(refused), ...(args[0] === "x" ? ["pipe.sandbox.yml"] : [])].sort();
    const all = await reports(room, args);
    const paths = names.map((name) => `x/${name}`);
    expect(all.code).toBe(2);
    for (const path of paths) {
      expect(all.pretty).toContain(`${path}:1:1: error[profile/refused-file]: the profile `);
      expect(all.github).toContain(`::error file=${path},line=1,col=1,title=profile/refused-file::the profile `);
      expect(all.junit).toContain(`classname="${path}" file="${path}" line="1"`);
    }
    expect(all.problems.map(({ file, line }: { file: string; line: number }) => [file, line])).toEqual(
      paths.map((path) => [join(room.project, path), 1]),
    );
    expect(all.run?.results?.map(({ locations }) => locations?.[0]?.physicalLocation?.artifactLocation?.uri)).toEqual(
      paths,
    );
    expect(all.invocation).toEqual({ executionSuccessful: false, exitCode: 2 });
    // What a link leads to is not shown with it.
    expect(FORMATS.map((format) => all[format]).join("")).not.toContain("hunter2");
  });

  it("is told as before by whoever asked for it otherwise", async () => {
    const done = await room.sbx(["plan", "-p", "x/link.sandbox.yml"]);
    expect(done.stderr).toMatch(/^command-line: error\[profile\/refused-file\]: \/.*\/x\/link\.sandbox\.yml is a link/);
    room.write("child/a.sandbox.yml", "version: 1\nextends: [../x/link.sandbox.yml]\n");
    const child = await room.sbx(["lint", "child"]);
    expect(child.stdout).toMatch(/^child\/a\.sandbox\.yml:2:11: error\[.*: \/.*\/x\/link\.sandbox\.yml is a link/);
  });
});

it("every result of SARIF has a place, and what has none is said beside them", async () => {
  const room = installed.room();
  room.write("two/.sandbox.yml", CLEAN);
  room.write("two/.sandbox.yaml", CLEAN);
  // Whether they are found as a run would, or by the walk.
  for (const args of [[], ["."]]) {
    const { run, pretty, code } = await reports(room, args, join(room.project, "two"));
    expect(code).toBe(2);
    expect(run?.results?.map(({ ruleId, locations }) => [ruleId, locations?.length])).toEqual([
      ["discover/two-profiles", 1],
    ]);
    expect(pretty).toContain(".sandbox.yaml:1:1: error[discover/two-profiles]");
  }
  const one = await reports(room, ["--exclude", ".sandbox.yaml", "."], join(room.project, "two"));
  expect(one.code).toBe(0);
  const none = await reports(room, ["none.yml"]);
  expect(none.run?.results).toEqual([]);
  expect(none.invocation).toMatchObject({
    executionSuccessful: false,
    toolExecutionNotifications: [{ level: "error", associatedRule: { id: "profile/missing-file", index: 0 } }],
  });
  room.write("fine.yml", CLEAN);
  expect((await reports(room, ["fine.yml"])).invocation).toEqual({ executionSuccessful: true, exitCode: 0 });
});

it("a directory that can't be listed is an error in every report", async () => {
  const room = installed.room("ordinary");
  room.write("x/.sandbox.yml", CLEAN);
  chmodSync(room.directory("x/closed"), 0o000);
  const all = await reports(room, ["x"]);
  const named = await reports(room, ["x/closed/y.sandbox.yml"]);
  expect([named.code, named.pretty.split("\n")[0]]).toEqual([
    2,
    "x/closed/y.sandbox.yml:1:1: error[profile/refused-file]: the profile can't be looked at",
  ]);
  chmodSync(join(room.project, "x/closed"), 0o755);
  expect(all.code).toBe(2);
  expect(misfits("problem", all.problems)).toEqual([]);
  expect(all.problems).toMatchObject([{ rule: "discover/unlisted", file: join(room.project, "x/closed"), line: 0 }]);
  expect(all.pretty).toContain("x/closed: error[discover/unlisted]: x/closed can't be listed: EACCES");
  expect(all.github).toMatch(/^::error title=discover\/unlisted::x\/closed can't/);
  expect(all.junit).toContain('<testsuite name="x/closed" tests="1" failures="0" errors="1"');
  expect(all.run?.results).toEqual([]);
  expect(all.invocation).toMatchObject({
    executionSuccessful: false,
    toolExecutionNotifications: [{ associatedRule: { id: "discover/unlisted" } }],
  });
  expect((await reports(room, ["x"])).code).toBe(0);
});

describe("GITHUB_WORKSPACE", () => {
  const room = installed.room();
  room.write("svc/a b.sandbox.yml", SHARED);
  const link = join(room.home, "link");
  symlinkSync(room.project, link);
  mkdirSync(join(room.home, "other"));
  const told = async (workspace: string | undefined, args: readonly string[], cwd = room.project) => {
    const run = (format: string) =>
      room.sbx(["lint", "--offline", "--format", format, ...args], { cwd, env: { GITHUB_WORKSPACE: workspace } });
    const [annotation, sarif, pretty] = [await run("github"), await run("sarif"), await run("pretty")];
    const [log] = sarifLog(sarif.stdout).runs;
    return [
      /file=(.*?),/.exec(annotation.stdout)?.[1],
      log?.results?.[0]?.locations?.[0]?.physicalLocation?.artifactLocation?.uri,
      log?.originalUriBaseIds?.SRCROOT?.uri,
      /^.*?(?=:)/.exec(pretty.stdout)?.[0],
    ];
  };
  const root = `file://${room.project}/`;

  it.each([
    ["a directory to work in", ["."], join(room.project, "svc")],
    ["-C", ["-C", "svc", "."], room.project],
  ])("is what names in annotations and SARIF are relative to, with %s", async (_, args, cwd) => {
    for (const workspace of [room.project, link])
      expect(await told(workspace, args, cwd)).toEqual([
        "svc/a b.sandbox.yml",
        "svc/a%20b.sandbox.yml",
        root,
        "a b.sandbox.yml",
      ]);
  });

  it("changes nothing without it, or where it is no directory above this one", async () => {
    for (const workspace of [undefined, "", "..", join(room.home, "other"), "/nope"])
      expect(await told(workspace, ["."], join(room.project, "svc"))).toEqual([
        "a b.sandbox.yml",
        "a%20b.sandbox.yml",
        `${root}svc/`,
        "a b.sandbox.yml",
      ]);
  });
});

describe("an exit with 1", () => {
  const room = installed.room();
  room.write("w.sandbox.yml", SHARED);
  room.write("e.sandbox.yml", "version: 1\nextends: [base]\nuse: [network]\nmounts: {~/.ssh: ro}\n");
  const last = async (...args: string[]) => (await room.sbx(["lint", ...args])).stdout.trimEnd().split("\n").at(-1);

  it("that warnings alone are enough for is told in the last line", async () => {
    const lint = (...args: string[]) => last("--offline", ...args);
    expect(await lint("w.sandbox.yml")).toBe("1 warning; `sbx rules ID` says why");
    expect(await lint("--max-warnings", "1", "w.sandbox.yml")).toBe("1 warning; `sbx rules ID` says why");
    expect(await lint("--max-warnings", "0", "w.sandbox.yml")).toBe(
      "1 warning; more warnings than --max-warnings 0; `sbx rules ID` says why",
    );
    expect(await lint("--strict", "w.sandbox.yml")).toBe(
      "1 warning; --strict counts warnings; `sbx rules ID` says why",
    );
    expect(await lint("--strict", "e.sandbox.yml")).toBe("1 error, 1 warning; `sbx rules ID` says why");
  });

  it("for a score says that it is above the threshold", async () => {
    expect(await last("--threshold", "1", "-p", "node")).toMatch(
      /^node: 1\.\d of 10\.0, ok: above the threshold of 1$/,
    );
    expect(await last("--threshold", "9", "-p", "node")).toMatch(/^node: 1\.\d of 10\.0, ok$/);
  });
});

describe("a fix", () => {
  const room = installed.room();
  const ignoring = (comment: string) =>
    `version: 1\nextends: [base]\nlint:\n  ignore:\n    - {rule: net/host, reason: x}${comment}\n    - {rule: home/ro, reason: y}\n`;
  const told = async (file: string, ...args: string[]) => {
    const fixes: { data: { fix?: { safe: boolean } }; help: string }[] = JSON.parse(
      (await room.sbx(["lint", "--json", ...args, file])).stdout,
    );
    const [pretty, statistics] = [
      await room.sbx(["lint", ...args, file]),
      await room.sbx(["lint", "--statistics", file]),
    ];
    return {
      fixes: fixes.map(({ data, help }) => [data.fix?.safe, help]),
      last: pretty.stdout.trimEnd().split("\n").at(-1),
      statistics: /\(--fix mends up to \d+\)/.exec(statistics.stdout)?.[0],
    };
  };

  it("that can be made is counted, and then made", async () => {
    room.write("a.sandbox.yml", 'version: 1\nextends: [base]\nmounts: {.: ro}\nmask: ["secrets/*"]\n');
    room.directory("secrets");
    expect(await told("a.sandbox.yml")).toEqual({
      fixes: [[true, "mask secrets itself"]],
      last: "1 warning; `sbx lint --fix` mends up to 1; `sbx rules ID` says why",
      statistics: "(--fix mends up to 1)",
    });
    expect((await told("a.sandbox.yml", "--fix")).fixes).toEqual([]);
  });

  it("that would take a comment away is not made, which says so, and the one beside it is", async () => {
    room.write("i.sandbox.yml", ignoring("   # unused"));
    const help = "take it out; `--fix` leaves that to you: a comment would be lost, or the layout has no place for it";
    expect((await told("i.sandbox.yml")).last).toBe(
      "2 warnings; `sbx lint --fix` mends up to 2; `sbx rules ID` says why",
    );
    expect((await room.sbx(["lint", "--diff", "i.sandbox.yml"])).stderr).toContain(help);
    expect((await told("i.sandbox.yml", "--fix")).fixes).toEqual([[false, help]]);
    room.write("j.sandbox.yml", ignoring(""));
    expect((await told("j.sandbox.yml", "--fix")).fixes).toEqual([]);
  });
});

it("`sbx lint --statistics` lets no message speak for another one", async () => {
  const room = installed.room();
  const counted = async (text: string) => {
    room.write("v.yml", `version: 1\n${text}`);
    return (await room.sbx(["lint", "--statistics", "v.yml"])).stdout;
  };
  expect(await counted("network: here\n")).toMatch(/^1 {2}error +profile\/value +network can't be "here"/);
  expect(await counted("network: here\nnamespaces: {pid: perhaps}\n")).toMatch(
    /^2 {2}error +profile\/value +A text isn't one of the words/,
  );
});

it("`sbx lint` tells a built-in's name from a file that is not there", async () => {
  const room = installed.room();
  const done = await room.sbx(["lint", "node"]);
  expect([done.code, done.stdout]).toEqual([2, ""]);
  expect(done.stderr).toContain("there is no file node; the built-in of that name is `sbx lint -p node`");
  room.write("node", CLEAN);
  expect((await room.sbx(["lint", "--offline", "node"])).code).toBe(0);
});

it("a cycle is told once, whatever of it is linted", async () => {
  const room = installed.room();
  room.write("m.sandbox.yml", "version: 1\nextends: [./n.sandbox.yml]\n");
  room.write("n.sandbox.yml", "version: 1\nextends: [./m.sandbox.yml]\n");
  const { problems, code } = await reports(room, ["."]);
  expect(code).toBe(2);
  expect(problems).toMatchObject([
    { rule: "extends/cycle", message: expect.stringMatching(/: m\.sandbox\.yml → n\.sandbox\.yml → m\.sandbox\.yml$/) },
  ]);
});

it("no path of this machine stands in what is to be written where the profile has a relative one", async () => {
  const room = installed.room();
  room.write(
    "x.sandbox.yml",
    `version: 1
extends: [base]
mounts: {.: rw}
tmpfs: {./build: {mode: 0777}}
mask: [sercets, "**/*.lock"]
`,
  );
  const found: { rule: string; message: string; help: string }[] = JSON.parse(
    (await room.sbx(["lint", "--json", "x.sandbox.yml"])).stdout,
  );
  const rules = ["order/tmpfs-over-bind", "tmpfs/size", "tmpfs/mode", "cred/mask-absent", "protect/lockfile"];
  expect(found.map(({ rule }) => rule)).toEqual(expect.arrayContaining(rules));
  for (const { message, help } of found) expect(message + help).not.toContain(room.project);
  const helpOf = (id: string) => found.find(({ rule }) => rule === id)?.help;
  expect(helpOf("order/tmpfs-over-bind")).toContain("`tmpfs: {build: {size: 1G}}`");
  // What it says can be written.
  room.write("x.sandbox.yml", "version: 1\nextends: [base]\nmounts: {.: rw}\ntmpfs: {build: {size: 1G}}\n");
  expect((await room.sbx(["lint", "--offline", "--select", "order,tmpfs", "x.sandbox.yml"])).stdout).toBe("");
});

it("what a profile accepts is open in SARIF where one that extends it does not", async () => {
  const room = installed.room();
  room.write(
    "b.sandbox.yml",
    "version: 1\nextends: [base]\nmounts: {~/.ssh: ro}\nlint: {ignore: [{rule: cred/ssh-gpg, reason: x}]}\n",
  );
  const suppressed = async (...args: string[]) =>
    (await reports(room, args)).run?.results?.map(({ suppressions = [] }) => suppressions.length);
  expect(await suppressed("b.sandbox.yml")).toEqual([1]);
  room.write("a.sandbox.yml", "version: 1\nextends: [./b.sandbox.yml]\n");
  expect(await suppressed(".")).toEqual([0]);
});
