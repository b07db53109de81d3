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

describe("the profile in the README", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const block = (language: string, word: string) =>
    [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].find(
      ([, each, text]) => each === language && text?.includes(word),
    )?.[2] ?? "";
  const profile = block("yaml", "extends: [node]");
  const room = installed.room();

  it("is one that lint has nothing against", async () => {
    room.write(".sandbox.yml", profile);
    expect(await room.sbx(["lint", "--strict", "--offline"])).toMatchObject({ code: 0, stdout: "", stderr: "" });
  });

  it.each([
    ["a mistake", "masks", profile.replace("mask:", "masks:"), 2],
    ["what it lets in", "~/.cargo", "version: 1\nextends: [base]\nmounts:\n  ~/.cargo: ro\n", 1],
  ])("is told %s as the README shows", async (_, word, text, code) => {
    room.write(".sandbox.yml", text);
    const done = await room.sbx(["lint", "--offline"]);
    expect(done.code).toBe(code);
    expect(block("text", word)).toMatch(/^\.sandbox\.yml:/);
    expect(done.stdout).toContain(block("text", word));
  });
});
