import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { install, SYSTEM_PATH } from "../support/sbx.ts";
import { withNode } from "../support/toolchain.ts";

const installed = install();
afterAll(installed.remove);

/** A package whose install script does what a hostile one would. */
const TINY = {
  "packages/tiny/package.json": JSON.stringify({
    name: "tiny",
    version: "1.2.3",
    type: "module",
    exports: "./index.js",
    bin: { tiny: "cli.js" },
    scripts: { postinstall: "node postinstall.js" },
  }),
  "packages/tiny/index.js": "export const answer = () => 42;\n",
  "packages/tiny/cli.js": '#!/usr/bin/env node\nconsole.log("tiny ran");\n',
  "packages/tiny/postinstall.js": `import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
const tried = {};
const attempt = (name, action) => {
  try { tried[name] = action() ?? "done"; } catch (error) { tried[name] = error.code; }
};
attempt("key", () => readFileSync(homedir() + "/.ssh/id_ed25519", "utf8"));
attempt("token", () => process.env.NPM_TOKEN ?? "none");
attempt("bashrc", () => appendFileSync(homedir() + "/.bashrc", "planted\\n"));
attempt("hook", () => appendFileSync(process.env.INIT_CWD + "/.git/hooks/pre-commit", "planted\\n"));
attempt("npmrc", () => appendFileSync(homedir() + "/.npmrc", "planted\\n"));
writeFileSync("tried.json", JSON.stringify(tried));
`,
};

const PROJECT = {
  "package.json": JSON.stringify({
    name: "app",
    version: "1.0.0",
    private: true,
    type: "module",
    scripts: { test: "tiny && node --test" },
    dependencies: { tiny: "1.2.3" },
  }),
  "app.test.js": `import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { answer } from "tiny";
test("answers", () => assert.equal(answer(), 42));
test("listens", (_, done) => { const server = createServer().listen(0, "127.0.0.1", () => server.close(done)); });
`,
  ".git/HEAD": "ref: refs/heads/main\n",
  ".git/config": "[core]\n\tbare = false\n",
  ".git/hooks/README": "",
  ".git/objects/README": "",
  ".git/refs/README": "",
};

describe.each(runners())("`node`, with $bwrap, as $user", ({ bwrap, user }) => {
  const room = installed.room(user, bwrap);
  const path = `${dirname(process.execPath)}:${SYSTEM_PATH}`;
  const inside = (...command: readonly string[]) =>
    room.sbx(["run", "-p", "node", ...withNode(), "--", ...command], { env: { NPM_TOKEN: "canary" } });
  const cache = join(room.home, ".cache/npm-sandbox");

  beforeAll(async () => {
    for (const [name, text] of Object.entries({ ...TINY, ...PROJECT })) room.write(name, text);
    room.write("../.ssh/id_ed25519", "canary", 0o600);
    room.write("../.bashrc", "");
    // A cache as an install with the network leaves it: the tarball, found by its digest.
    const env = { PATH: path, npm_config_cache: cache, npm_config_update_notifier: "false" };
    const packed = await room.run(["npm", "pack", "--json", "./packages/tiny"], { env });
    const [{ filename, integrity }] = JSON.parse(packed.stdout);
    const added = await room.run(["npm", "cache", "add", `./${filename}`], { env });
    if (added.code !== 0) throw new Error(added.stderr);
    const resolved = `https://registry.invalid/tiny/-/${filename}`;
    const tiny = { version: "1.2.3", resolved, integrity, hasInstallScript: true, bin: { tiny: "cli.js" } };
    const top = { name: "app", version: "1.0.0", dependencies: { tiny: "1.2.3" } };
    const lock = { ...top, lockfileVersion: 3, requires: true, packages: { "": top, "node_modules/tiny": tiny } };
    room.write("package-lock.json", JSON.stringify(lock));
  });

  it("runs a real `npm ci` from its cache and the project's tests, without the network", async () => {
    const ci = await inside("npm", "ci");
    expect(ci.stderr + ci.stdout).toMatch(/added 1 package/);
    expect(ci.code).toBe(0);
    const test = await inside("npm", "test");
    expect(test.stdout).toMatch(/tiny ran(.|\n)*pass 2\n/);
    expect(test.code).toBe(0);
    // What was installed is the project's, on the host.
    expect(existsSync(join(room.project, "node_modules/tiny/index.js"))).toBe(true);
  });

  it("kept the install script from the home directory, the token and the hooks; outside it had them all", async () => {
    const told = () => JSON.parse(readFileSync(join(room.project, "node_modules/tiny/tried.json"), "utf8"));
    expect(told()).toEqual({ key: "ENOENT", token: "none", bashrc: "done", hook: "EROFS", npmrc: "done" });
    // The home directory was the sandbox's own.
    expect(readFileSync(join(room.home, ".bashrc"), "utf8")).toBe("");
    expect(existsSync(join(room.home, ".npmrc"))).toBe(false);
    expect(existsSync(join(room.project, ".git/hooks/pre-commit"))).toBe(false);

    const env = { PATH: path, npm_config_cache: cache, NPM_TOKEN: "canary" };
    const twin = await room.run(["npm", "ci", "--offline"], { env });
    expect(twin.code).toBe(0);
    expect(told()).toEqual({ key: "canary", token: "canary", bashrc: "done", hook: "done", npmrc: "done" });
    expect(readFileSync(join(room.home, ".bashrc"), "utf8")).toBe("planted\n");
  });

  it("has a cache of its own, and none of your npm's", async () => {
    room.write("../.npm/_cacache/canary", "canary");
    const done = await inside(
      "sh",
      "-c",
      'npm config get cache; cat "$HOME/.npm/_cacache/canary"; ls "$npm_config_cache"',
    );
    expect(done.stdout).toContain(`${cache}\n`);
    expect(done.stdout).toContain("_cacache");
    expect(done.stdout).not.toContain("canary");
    const other = await room.sbx([
      "run",
      "-p",
      "node",
      "--set",
      "cache=~/elsewhere",
      "--",
      "sh",
      "-c",
      'echo x >"$npm_config_cache/x"',
    ]);
    expect(other.code).toBe(0);
    expect(existsSync(join(room.home, "elsewhere/x"))).toBe(true);
  });
});
