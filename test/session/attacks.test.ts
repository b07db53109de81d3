import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { embedder } from "../support/embedder.ts";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const { run } = embedder(installed);

const COMMON = `
const sh = (script) => ["sh", "-c", script];
const open = (more) => Sandbox.open({profile: {version: 1, directory: process.cwd(), extends: ["base"], ...more,
  process: {cwd: "/", stdin: "none", session: "new", killAfter: "300ms"}}});
const refusal = (work) => Promise.resolve().then(work).then((value) => ["fine", value?.exitCode, value?.output], (error) => [error.name, error.code, error.problems?.map(({rule}) => rule)]);
`;

describe.each(runners())(
  "a run can't reach beyond its session's later runs, with $bwrap, as $user",
  ({ bwrap, user }) => {
    const tell = async (text: string) => {
      const room = installed.room(user, bwrap);
      const done = await run(room, `${COMMON}${text}`);
      expect(done.stderr).toBe("");
      expect(done.code).toBe(0);
      return { told: done.told, room };
    };
    // bwrap 0.8 keeps the host at /oldroot while it mounts.
    const sentinel = "const sentinel = process.cwd() + '/sentinel'; mkdirSync(sentinel);";

    it.each([
      ["a directory", 'dirs: {"/kept/a/b": {}}'],
      ["a file", 'files: {"/kept/a/b": {content: "x"}}'],
      ["a link", 'symlinks: {"/kept/a/b": "/tmp"}'],
      ["a tmpfs", 'tmpfs: {"/kept/a/b": {}}'],
    ])("by a link on the way to %s in what lives from run to run", async (_, entry) => {
      const { told, room } = await tell(`${sentinel}
      const box = await open({mounts: {"/kept": {scratch: process.cwd()}}, ${entry}});
      tell(await refusal(() => box.run(["true"])));
      await box.run(sh("umount /kept/a/b 2>/dev/null; mv /kept/a /kept/moved; ln -s /oldroot" + sentinel + " /kept/a; test -L /kept/a"));
      tell(await refusal(() => box.run(["true"])));
      await box.run(sh("true")).catch(() => {});
      await box.close();`);
      expect(told[0]).toEqual(["fine", 0, ""]);
      expect(told[1]).toEqual(["SandboxError", "never-ran", expect.arrayContaining(["execute/kept-place"])]);
      expect(readdirSync(join(room.project, "sentinel"))).toEqual([]);
    });

    it("nor is an own link in its way: it is made anew", async () => {
      const { told } = await tell(`
      const box = await open({mounts: {"/kept": {scratch: process.cwd()}}, symlinks: {"/kept/link": "/tmp"}});
      for (let count = 0; count < 3; count++) tell((await box.run(["readlink", "/kept/link"])).output);
      await box.close();`);
      expect(told).toEqual(["/tmp\n", "/tmp\n", "/tmp\n"]);
    });

    it("by a link in a directory of the project", async () => {
      const { told, room } = await tell(`${sentinel}
      mkdirSync("q");
      const box = await open({mounts: {".": "rw"}, dirs: {[process.cwd() + "/q/b"]: {}}});
      tell(await refusal(() => box.run(sh("rm -rf " + process.cwd() + "/q; ln -s /oldroot" + sentinel + " " + process.cwd() + "/q"))));
      tell((await refusal(() => box.run(["true"]))).slice(0, 2));
      tell((await box.close().catch((error) => error)).problems?.map(({rule}) => rule));`);
      expect(told).toEqual([
        ["fine", expect.any(Number), expect.any(String)],
        ["SandboxError", "refused"],
        // The place that sbx had made for the mount is behind the link now.
        ["execute/link"],
      ]);
      expect(readdirSync(join(room.project, "sentinel"))).toEqual([]);
    });

    it("by moving what is masked, or by making it later", async () => {
      const { told } = await tell(`
      mkdirSync("sub"); writeFileSync("sub/.env", "SECRET");
      const box = await open({mounts: {".": "rw"}, mask: ["**/.env"]});
      const here = process.cwd();
      tell((await box.run(sh("cat " + here + "/sub/.env"))).output);
      await box.run(sh("mv " + here + "/sub " + here + "/other"));
      tell((await box.run(sh("cat " + here + "/other/.env " + here + "/sub/.env"))).output.includes("SECRET"));
      writeFileSync("late.env", "SECRET"); mkdirSync("late"); writeFileSync("late/.env", "SECRET");
      tell((await box.run(sh("cat " + here + "/late/.env; cat " + here + "/late.env"))).output);
      await box.close();`);
      expect(told).toEqual(["", false, "SECRET"]);
    });

    it("while another runs, where bwrap follows links", async () => {
      const { told } = await tell(`
      const box = await open({mounts: {"/kept": {scratch: process.cwd()}}, dirs: {"/kept/a/b": {}}});
      const both = await Promise.all([refusal(() => box.run(["sleep", "0.3"])), refusal(() => box.run(["true"]))]);
      tell(both.map((each) => each.slice(0, 2)).sort());
      await box.close();
      const free = await open({mounts: {"/kept": {scratch: process.cwd()}}});
      tell((await Promise.all([free.run(["sleep", "0.1"]), free.run(["true"])])).map(({exitCode}) => exitCode));
      await free.close();`);
      const refused = ["SandboxError", "refused"];
      const isOld = /\b0\.(\d|10|11)\./.test((await installed.room(user).run([bwrap, "--version"])).stdout);
      expect(told[0]).toEqual(
        isOld
          ? [refused, ["fine", 0]]
          : [
              ["fine", 0],
              ["fine", 0],
            ],
      );
      expect(told[1]).toEqual([0, 0]);
    });
  },
);

describe.each(runners().slice(0, 2))("what a session is given, with $bwrap, as $user", ({ bwrap, user }) => {
  const tell = async (text: string, project = "") => {
    const room = installed.room(user, bwrap);
    if (project) room.write(".sandbox.yml", project);
    const done = await run(room, `${COMMON}${text}`);
    expect(done.stderr).toBe("");
    expect(done.code).toBe(0);
    return done.told;
  };

  it("is refused before anything is started when it is of the wrong type; no descriptor is lost", async () => {
    const told = await tell(`
      const box = await open({});
      await box.run(["true"]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const before = readdirSync("/proc/self/fd").length;
      for (const [argv, options] of [[undefined], [[]], ["true"], [["a\\0b"]], [["true"], {stdin: 5}], [["true"], {stdin: null}], [["true"], {env: {A: undefined}}],
        [["true"], {env: {A: {from: "HOME"}}}], [["true"], {env: {"A=B": "c"}}], [["true"], {keepOutput: NaN}], [["true"], {timeout: NaN}], [["true"], {timeout: "1x"}],
        [["true"], {mounts: {"/": {from: process.cwd()}}}]])
        tell((await refusal(() => box.run(argv, options))).slice(0, 2));
      await new Promise((resolve) => setTimeout(resolve, 100));
      tell(readdirSync("/proc/self/fd").length - before);
      await box.close();`);
    expect(told).toEqual([...Array.from({ length: 13 }, () => ["SandboxError", "refused"]), 0]);
  });

  it("never keeps it from ending: an onOutput that takes for ever", async () => {
    const told = await tell(`
      const box = await open({});
      const never = () => new Promise(() => {});
      const soon = () => { const stop = new AbortController(); setTimeout(() => stop.abort(), 2000); return stop.signal; };
      tell((await box.run(sh("echo a; sleep 1000"), {onOutput: never, timeout: 300})).ended);
      tell((await box.run(sh("echo a"), {onOutput: never, abort: soon()})).output);
      const last = box.run(sh("echo b"), {onOutput: never});
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await box.close();
      tell((await last).output);`);
    expect(told).toEqual(["timeout", "a\n", "b\n"]);
  });

  it("is the very plan of compile(): no copy, and nothing that was changed", async () => {
    const told = await tell(`
      const {plan} = await compile({profile: "base"});
      tell(await refusal(() => Sandbox.open({plan: {...plan}})));
      tell(await refusal(() => Sandbox.open({plan: JSON.parse(JSON.stringify(plan))})));
      tell(Object.isFrozen(plan.operations[0]));
      const copy = JSON.parse(JSON.stringify(plan));
      tell((await runPlan(copy, ["true"], nodeHost())).exitCode);
      copy.network.value = "off";
      tell((await runPlan(copy, ["true"], nodeHost())).problems.map(({rule}) => rule));`);
    expect(told.map((each) => (Array.isArray(each) ? each.slice(0, 2) : each))).toEqual([
      ["SandboxError", "refused"],
      ["SandboxError", "refused"],
      true,
      0,
      ["preflight/bad-plan"],
    ]);
  });

  it("is held to the ceiling when it was found in the directory, as a session and as a single run", async () => {
    mkdirSync(join(installed.directory, "outside"), { recursive: true });
    const told = await tell(
      `const {plan} = await compile({});
      tell(await refusal(() => Sandbox.open({plan})));
      tell(await refusal(() => Sandbox.open({})));
      tell((await runPlan(plan, ["true"], nodeHost())).problems.map(({rule}) => rule));
      const named = await compile({profile: "./.sandbox.yml"});
      tell((await runPlan(named.plan, ["true"], nodeHost())).exitCode);`,
      `version: 1\nextends: [base]\nmounts: {${installed.directory}/outside: rw}\nprocess: {cwd: /}\n`,
    );
    expect(told).toEqual([
      ["SandboxError", "refused", ["trust/writable-grant"]],
      ["SandboxError", "refused", ["trust/writable-grant"]],
      ["trust/writable-grant"],
      0,
    ]);
  });

  it("starts no program of a discovered profile's apis, whoever runs the plan", async () => {
    const told = await tell(
      `const {plan} = await compile({});
      tell((await runPlan(plan, ["true"], nodeHost())).problems.map(({rule}) => rule));
      const copy = JSON.parse(JSON.stringify(plan));
      for (const step of copy.prepare) step.origin.file = "builtin:base";
      tell((await runPlan(copy, ["true"], nodeHost())).problems.map(({rule}) => rule));
      tell(readdirSync(".").includes("ran"));`,
      `version: 1\nextends: [base]\napis: {evil: {command: [/bin/sh, -c, "echo >ran"], at: /run/evil}}\n`,
    );
    expect(told).toEqual([["trust/api-command"], ["trust/api-command"], false]);
  });
});
