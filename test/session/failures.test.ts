import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { embedder } from "../support/embedder.ts";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const { run } = embedder(installed);

// Every place of the machine that a session could leave changed.
const COMMON = `
const runtime = process.env.XDG_RUNTIME_DIR;
const trace = async () => {
  await new Promise((resolve) => setTimeout(resolve, 30));
  return JSON.stringify([readdirSync(runtime, {recursive: true}).filter((name) => name !== "sbx").sort(),
    readFileSync("/proc/self/mountinfo", "utf8").split("\\n").filter((line) => line.includes(runtime)), readdirSync("/proc/self/fd").length]);
};
const order = [];
const api = (endpoint, {failing = false, stuck = false} = {}) => ({
  endpoint,
  start() { order.push("start " + endpoint); if (failing) throw new Error(endpoint + " does not start"); },
  stop() { order.push("stop " + endpoint); if (stuck) throw new Error(endpoint + " does not stop"); },
});
const profile = {version: 1, directory: process.cwd(), extends: ["base"], process: {cwd: "/", stdin: "none", session: "new"}, dirs: {"/run/api": {}},
  mounts: {"/one": {scratch: runtime}, "/two": {scratch: true}},
  ...(process.getuid() === 0 && {devices: {nodes: ["/dev/null", "/dev/zero"], backing: "tmpfs"}})};
// What Node opens once and keeps.
const first = await Sandbox.open({profile}); await first.close();
`;

describe.each(runners())("an opening that fails half-way, with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  const tell = async (text: string): Promise<readonly unknown[]> => {
    const done = await run(room, `${COMMON}${text}`);
    expect(done.stderr).toBe("");
    expect(done.code).toBe(0);
    return done.told;
  };

  it("at whatever step leaves nothing, and a sandbox that can be opened", async () => {
    const [steps, refusals] = await tell(`
      const { default: fs } = await import("node:fs");
      const { default: processes } = await import("node:child_process");
      const { syncBuiltinESMExports } = await import("node:module");
      let calls = 0, failAt = 0;
      const isDue = () => failAt > 0 && ++calls === failAt;
      const failure = (name, path) => Object.assign(new Error("EIO: i/o error, " + name), {code: "EIO", errno: -5, syscall: name, path});
      for (const name of ["mkdirSync", "mkdtempSync", "renameSync", "writeSync", "chmodSync"]) {
        const original = fs[name];
        fs[name] = (...args) => { if (isDue()) throw failure(name, typeof args[0] === "string" ? args[0] : undefined); return original(...args); };
      }
      const open = fs.openSync;
      fs.openSync = (path, flags, mode) => { if (typeof flags === "number" && flags & fs.constants.O_CREAT && isDue()) throw failure("open", path); return open(path, flags, mode); };
      const spawnSync = processes.spawnSync;
      processes.spawnSync = (...args) => isDue() ? {status: 1, signal: null, stdout: "", stderr: "injected", output: [], pid: 0} : spawnSync(...args);
      syncBuiltinESMExports();

      const box = new Sandbox({profile, handleSignals: false});
      await box.open(); await box.close();
      const before = await trace();
      let refusals = 0;
      for (failAt = 1; ; failAt++) {
        calls = 0;
        const at = failAt;
        let failed;
        try { await box.open(); } catch (error) { failed = error; }
        const isOver = calls < at;
        failAt = 0;
        if (failed) {
          refusals++;
          if (!(failed instanceof SandboxError) || failed.code !== "not-opened" || failed.problems.length === 0) throw failed;
          const late = await box.run(["true"]).catch((error) => error.code);
          if (late !== "not-open") throw new Error("open after all, step " + at);
        } else await box.close();
        if (await trace() !== before) throw new Error("left something at step " + at + ":\\n" + before + "\\n" + await trace());
        failAt = at;
        if (isOver) break;
      }
      const steps = failAt;
      failAt = 0;
      await box.open();
      const {exitCode} = await box.run(["sh", "-c", "touch /one/a /two/a"]);
      await box.close();
      if (exitCode !== 0 || await trace() !== before) throw new Error("not usable afterwards");
      tell(steps); tell(refusals);`);
    // Two scratch directories on record, the run directory with its journal, and as root the backing.
    expect(steps).toBeGreaterThan(user === "root" ? 12 : 8);
    expect(refusals).toBeGreaterThan(user === "root" ? 8 : 5);
  }, 120_000);

  it("undoes the servers that had started, the latest first, and tells what the one said", async () => {
    const [message, order, late, after] = await tell(`
      const before = await trace();
      const box = new Sandbox({profile, apis: [api("a"), api("b")]});
      await box.registerApi(api("c", {failing: true}));
      tell(await box.open().catch((error) => error.message));
      tell(order);
      tell(await box.run(["true"]).catch((error) => error.code));
      tell(await trace() === before);`);
    expect(message).toBe("c does not start");
    expect(order).toEqual(["start a", "start b", "start c", "stop b", "stop a"]);
    expect([late, after]).toEqual(["not-open", true]);
  });

  it("of the undo does not keep the rest from being undone; every error is told", async () => {
    const [stopped, order, after] = await tell(`
      const before = await trace();
      const box = new Sandbox({profile, apis: [api("a"), api("b", {stuck: true}), api("c")]});
      await box.open();
      await box.registerApi(api("d", {stuck: true}));
      tell(await box.close().catch((error) => [error.code, error.problems.map(({message}) => message)]));
      tell(order.slice(4));
      tell([await trace() === before, box.isOpen]);`);
    expect(stopped).toEqual([
      "clean-up",
      [expect.stringContaining("d does not stop"), expect.stringContaining("b does not stop")],
    ]);
    expect(order).toEqual(["stop d", "stop c", "stop b", "stop a"]);
    expect(after).toEqual([true, false]);
  });

  it("of the start and of the undo are both told", async () => {
    const [told] = await tell(`
      const box = new Sandbox({profile, apis: [api("a", {stuck: true}), api("b", {failing: true})]});
      tell(await box.open().catch((error) => [error.code, error.cause.message, error.problems.map(({rule}) => rule)]));`);
    expect(told).toEqual(["not-opened", "b does not start", ["api/not-stopped"]]);
  });
});
