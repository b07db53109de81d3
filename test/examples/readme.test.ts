import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { runners } from "../support/bwraps.ts";
import { install, ROOT } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

describe.each(runners())("the program in the README, with $bwrap, as $user", ({ bwrap, user }) => {
  it("does what it says", async () => {
    const room = installed.room(user, bwrap);
    const text = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, "README.md"), "utf8"))?.[1] ?? "";
    const promised = /console\.log\(.*\/\/ (.*)/.exec(text)?.[1];
    const { outputFiles } = buildSync({
      stdin: { contents: text, resolveDir: ROOT, loader: "ts" },
      alias: { "sbx-profiles": join(ROOT, "src/index.ts") },
      bundle: true,
      write: false,
      platform: "node",
      format: "esm",
      target: "node20",
      external: ["@lydell/node-pty"],
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    });
    // Beside the packages that are not bundled.
    const program = join(installed.directory, "package/program.mjs");
    writeFileSync(program, outputFiles[0]?.text ?? "");
    const done = await room.run([process.execPath, program]);
    expect(done, done.stderr).toMatchObject({ code: 0, stdout: `${promised}\n\n` });
    expect(done.stderr).toContain("greeter");
  });
});
