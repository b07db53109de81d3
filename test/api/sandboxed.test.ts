import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { install, ROOT, type Room } from "../support/sbx.ts";

const EXAMPLE = join(ROOT, "examples/osbuild-endpoints");
const users = process.getuid?.() === 0 ? (["root", "ordinary"] as const) : (["ordinary"] as const);

/** In all, for each takes a sandbox. */
const ROUNDS = 200 / users.length;

const installed = install();
let bundles: string;
beforeAll(async () => {
  bundles = mkdtempSync(join(installed.directory, "bundles-"));
  await build({
    entryPoints: { host: join(import.meta.dirname, "through-sandbox.ts"), example: join(EXAMPLE, "build.ts") },
    outdir: bundles,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // What is imported when it is needed stays apart.
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    alias: { "sbx-profiles": join(ROOT, "src/index.ts") },
    external: ["@lydell/node-pty"],
    // What is CommonJS in the bundle asks for Node's own modules.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
});
afterAll(installed.remove);

/** The example as a user's own directory, with the host's programs in it. */
function room(user: (typeof users)[number]): Room {
  const made = installed.room(user);
  for (const file of ["api.py", "api.sh", "stage.py", "stage.sh", ".sandbox.yml"]) {
    made.write(file, readFileSync(join(EXAMPLE, file), "utf8"));
  }
  for (const file of readdirSync(bundles)) made.write(file, readFileSync(join(bundles, file), "utf8"));
  return made;
}

describe.each(users)("through a sandbox without the host's network, as %s", (user) => {
  it("a client gets arguments, adds metadata, tells its exception, and loses nothing by ending at once", async () => {
    const { project, run } = room(user);
    const done = await run([process.execPath, join(project, "host.mjs"), project, String(ROUNDS)]);
    expect(done).toMatchObject({ code: 0, stderr: "" });
    const { allThree, refused, repeated, left } = JSON.parse(done.stdout);
    expect(allThree).toEqual({
      exitCode: 2,
      output: "['lo']\n",
      metadata: '{"a":2,"b":{"c":{"name":"€","error":"none"}},"__proto__":{"x":1}}',
      error: {
        type: "KeyError",
        value: "'missing'",
        traceback: expect.stringMatching(/^Traceback (.|\n)*KeyError: 'missing'\n$/),
      },
    });
    const refusals = refused.output.trim().split("\n");
    expect(refusals.map((line: string) => JSON.parse(line).error.type)).toEqual([
      "TypeError",
      "TypeError",
      "invalid-json",
    ]);
    expect(refused).toMatchObject({ exitCode: 0, metadata: {}, error: null });
    expect(repeated).toBe(ROUNDS);
    expect(left).toEqual([]);
  });

  it("the example does what its README shows", async () => {
    const { project, run } = room(user);
    const done = await run([process.execPath, join(project, "example.mjs")]);
    const readme = readFileSync(join(EXAMPLE, "README.md"), "utf8");
    const shown = /npx tsx build\.ts\n```\n\n```text\n((?:.|\n)*?)^```$/m.exec(readme)?.[1];
    expect(done).toEqual({ code: 0, signal: null, stdout: shown, stderr: "" });
  });
});
