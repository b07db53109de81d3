import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { sarifLog } from "../support/sarif.ts";
import { install, quoted, ROOT, type Room } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

const EXAMPLE = join(ROOT, "examples/ci-lint");
const yamlOf = (file: string) => parse(readFileSync(join(ROOT, file), "utf8"));
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** A repository like the example's, with a profile of its own added to it. */
function repository(added: Readonly<Record<string, string>> = {}): Room {
  const room = installed.room();
  for (const entry of readdirSync(EXAMPLE, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) room.write(path.slice(EXAMPLE.length + 1), readFileSync(path, "utf8"));
  }
  for (const [path, text] of Object.entries(added)) room.write(path, text);
  return room;
}

const RISKY = { "risky/.sandbox.yml": "version: 1\nextends: [base]\nmounts:\n  ~/.ssh: ro\n" };
const WARNED = { "warned/.sandbox.yml": "version: 1\nextends: [base]\nuse: [network]\n" };

describe("action.yml", () => {
  const { inputs, runs } = yamlOf("action.yml");
  const [build, lint] = runs.steps;

  /** What GitHub's runner does with a composite action's step: inputs by their defaults, and the script given to bash. */
  async function step(room: Room, given: Readonly<Record<string, string>> = {}) {
    const value = (text: string): string =>
      text.replaceAll(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, name: string) => {
        if (inputs[name] === undefined) throw new Error(`no input ${name}`);
        return given[name] ?? inputs[name].default;
      });
    const env = Object.fromEntries(Object.entries<string>(lint.env).map(([name, text]) => [name, value(text)]));
    const script = room.write("../step.sh", lint.run);
    const summary = room.write("../summary.md", "");
    const done = await room.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", script], {
      env: {
        ...env,
        PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
        GITHUB_ACTION_PATH: dirname(dirname(installed.file)),
        GITHUB_STEP_SUMMARY: summary,
      },
    });
    return { ...done, summary: readFileSync(summary, "utf8") };
  }

  it("builds sbx from what the workflow names", () => {
    expect(runs.using).toBe("composite");
    const [program = "", goal] = /"\$GITHUB_ACTION_PATH\/(\S+)" (\w+)$/.exec(build.run)?.slice(1) ?? [];
    expect([existsSync(join(ROOT, program)), goal]).toEqual([true, "build"]);
    // An expression in a script is code of whoever filled it in.
    for (const each of runs.steps) expect(each.run).not.toContain("${{");
    for (const input of Object.values<{ default: unknown }>(inputs)) expect(typeof input.default).toBe("string");
  });

  it("finds nothing in the example, and ends well", async () => {
    expect(await step(repository())).toMatchObject({ code: 0, stdout: "", stderr: "", summary: "" });
  });

  it("annotates what it finds, fails, and sums it up", async () => {
    const done = await step(repository(RISKY));
    expect([done.code, done.stderr]).toEqual([1, ""]);
    expect(done.stdout).toMatch(/^::error file=risky\/\.sandbox\.yml,line=4,.*title=cred\/ssh-gpg::/);
    expect(done.summary).toMatch(/^```text\n1 +error +cred\/ssh-gpg .*\n```\n$/);
  });

  it("does as its inputs say", async () => {
    const both = { ...RISKY, ...WARNED };
    const codes = async (given: Readonly<Record<string, string>>) => (await step(repository(both), given)).code;
    expect(await codes({ paths: "warned\n" })).toBe(1);
    expect(await codes({ paths: "warned", strict: "false" })).toBe(0);
    expect(await codes({ paths: " ci.sandbox.yml \n\n warned ", strict: "false" })).toBe(0);
    expect(await codes({ strict: "false", ignore: "cred" })).toBe(0);
    expect(await codes({ strict: "false", ignore: "cred", "max-warnings": "0" })).toBe(1);
    expect(await codes({ select: "cred/cloud" })).toBe(0);
    expect(await codes({ paths: "none" })).toBe(2);
    // No files that were changed are not the profile that is found here.
    const empty = await step(repository(both), { paths: " \n" });
    expect([empty.code, empty.stdout]).toEqual([2, expect.stringContaining("the input paths names nothing")]);
    // `strict` is on by default, and a number of warnings stands in its place.
    expect(await codes({ paths: "warned", "max-warnings": "1" })).toBe(0);
    // What is not understood makes nothing laxer.
    for (const input of ["strict", "offline"]) {
      const done = await step(repository(), { [input]: "True" });
      expect([done.code, done.stdout]).toEqual([2, expect.stringContaining(`the input ${input} has to be`)]);
    }
    // Words of a workflow are no code.
    expect((await step(repository(), { paths: "$(touch pwned); --fix" })).code).toBe(2);
  });

  it("writes SARIF beside the annotations", async () => {
    const room = repository(RISKY);
    expect((await step(room, { sarif: "sbx.sarif" })).code).toBe(1);
    const log = sarifLog(readFileSync(join(room.project, "sbx.sarif"), "utf8"));
    expect(log.runs[0]?.results?.map(({ ruleId }) => ruleId)).toEqual(["cred/ssh-gpg"]);
    expect(statSync(join(room.project, "sbx.sarif")).mode & 0o777).toBe(0o644);
    expect((await step(room, { sarif: "-odd.sarif" })).code).toBe(1);
    expect(existsSync(join(room.project, "-odd.sarif"))).toBe(true);
    // Nothing that is no SARIF, and no success without it.
    expect((await step(room, { sarif: "half.sarif", select: "crd" })).code).toBe(2);
    expect(existsSync(join(room.project, "half.sarif"))).toBe(false);
    expect((await step(repository(), { sarif: "no/such.sarif" })).code).not.toBe(0);
  });

  it("is used by the example with inputs that it has", () => {
    const { jobs } = yamlOf("examples/ci-lint/.github/workflows/sandbox.yml");
    const use = jobs.lint.steps.find(({ uses }: { uses: string }) => uses.includes("/sbx@"));
    expect(use.uses).toBe(`OWNER/sbx@v${version}`);
    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(use.with)));
    const upload = jobs.lint.steps.at(-1);
    expect(upload.with.sarif_file).toBe(use.with.sarif);
  });
});

/** `sbx` on a PATH, as an installed package brings it. */
function withSbx(room: Room): Readonly<Record<string, string>> {
  room.write("../bin/sbx", `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(installed.file)} "$@"\n`, 0o755);
  return { PATH: `${dirname(room.project)}/bin:/usr/bin:/bin` };
}

describe(".pre-commit-hooks.yaml", () => {
  const hooks: { id: string; entry: string; files: string; language: string }[] = yamlOf(".pre-commit-hooks.yaml");

  /** As pre-commit calls a hook: the entry with the files of a commit that its pattern fits. */
  async function commit(room: Room, id: string, files: readonly string[]) {
    const hook = hooks.find((each) => each.id === id);
    const fitting = files.filter((file) => new RegExp(hook?.files ?? "^$").test(file));
    const argv = [...(hook?.entry.split(" ") ?? []), ...fitting];
    return { fitting, ...(await room.run(["/usr/bin/env", ...argv], { env: withSbx(room) })) };
  }

  it("has the hooks that the example names, as the package's own command", () => {
    const { repos } = yamlOf("examples/ci-lint/.pre-commit-config.yaml");
    expect(repos[0].rev).toBe(`v${version}`);
    for (const { id } of repos[0].hooks) expect(hooks.map((hook) => hook.id)).toContain(id);
    for (const hook of hooks)
      expect(hook).toMatchObject({ language: "node", entry: expect.stringMatching(/^sbx lint /) });
    // pre-commit takes what `npm pack` prints for a file's name: the build before it has to be silent.
    expect(readFileSync(join(ROOT, ".npmrc"), "utf8")).toContain("foreground-scripts=false");
  });

  it("lets a good commit pass, and stops a bad one", async () => {
    const room = repository(RISKY);
    const good = await commit(room, "sbx-lint", [".sandbox.yml", "ci.sandbox.yml", "README.md", "mistakes/broken.yml"]);
    expect(good).toMatchObject({ fitting: [".sandbox.yml", "ci.sandbox.yml"], code: 0, stdout: "", stderr: "" });
    const bad = await commit(room, "sbx-lint", ["risky/.sandbox.yml", ".sandbox.yml"]);
    expect([bad.code, bad.stdout]).toEqual([1, expect.stringContaining("error[cred/ssh-gpg]")]);
  });

  it("mends what is safe to mend", async () => {
    const text = "version: 1\nextends: [base]\nmounts:\n  .: ro # all\nmask: [ 'secrets/*' ] # mine\n";
    const room = repository({ "x.sandbox.yml": text });
    expect((await commit(room, "sbx-lint-fix", ["x.sandbox.yml"])).code).toBe(0);
    expect(readFileSync(join(room.project, "x.sandbox.yml"), "utf8")).toBe(text.replace("'secrets/*'", "secrets"));
  });
});

describe(".gitlab-ci.yml", () => {
  const job = yamlOf("examples/ci-lint/.gitlab-ci.yml")["sandbox-lint"];

  it("installs this version", () => {
    // An address that nobody can have (RFC 2606), not a name in the registry that anybody could.
    expect(job.before_script).toEqual([`npm install --global https://OWNER.example/sbx-profiles-${version}.tgz`]);
  });

  it.each([
    ["a clean repository", {}, 0],
    ["one with a finding", RISKY, 1],
  ])("leaves a report of %s", async (_, added, code) => {
    const room = repository(added);
    const done = await room.run(["bash", "-eo", "pipefail", "-c", job.script.join("\n")], { env: withSbx(room) });
    expect([done.code, done.stderr]).toEqual([code, ""]);
    const report = readFileSync(join(room.project, job.artifacts.reports.junit), "utf8");
    expect(report).toContain('<testsuite name=".sandbox.yml" tests="1" failures="0"');
    expect(report.includes('<failure type="cred/ssh-gpg"')).toBe(code === 1);
  });
});
