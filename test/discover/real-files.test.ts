import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { discover, projectFor } from "../../src/discover/index.ts";
import { nodeHost } from "../../src/host/node.ts";
import { load } from "../../src/load/index.ts";
import { child } from "../../src/model/node.ts";

let dir: string;
const before = process.cwd();
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), "sbx-discover-")));
});
afterEach(() => {
  process.chdir(before);
  rmSync(dir, { recursive: true });
});

function write(path: string, text: string): string {
  const file = join(dir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o644 });
  return file;
}
const find = (from: string) => discover(join(dir, from), nodeHost(), () => []);

describe("on real files", () => {
  it("the outermost profile governs, up to a directory that others can write", () => {
    const outer = write("p/.sandbox.yml", "version: 1\n");
    const inner = write("p/a/.sandbox.yaml", "version: 1\n");
    mkdirSync(join(dir, "p/a/b"));
    const found = find("p/a/b");
    expect(found.value).toEqual({ file: outer, directory: join(dir, "p") });
    expect(found.problems).toMatchObject([{ rule: "discover/not-counted", file: inner }]);
    chmodSync(join(dir, "p"), 0o777);
    // Whoever may write to `p` could end the search there, to let `p/a` govern.
    const cut = find("p/a/b");
    expect(cut.value).toBeUndefined();
    expect(cut.problems).toMatchObject([{ rule: "discover/cut-off", file: outer }]);
  });

  it("links, open modes and FIFO-like things stop it", () => {
    const file = write("p/.sandbox.yml", "version: 1\n");
    chmodSync(file, 0o666);
    expect(find("p").problems).toMatchObject([{ rule: "discover/writable-by-others" }]);
    rmSync(file);
    symlinkSync("/dev/zero", file);
    expect(find("p").problems).toMatchObject([{ rule: "discover/link" }]);
  });

  it("a repository's root is the project", () => {
    write("p/.git/HEAD", "ref: refs/heads/main\n");
    mkdirSync(join(dir, "p/a/b"), { recursive: true });
    expect(projectFor(join(dir, "p/a/b"), nodeHost())).toBe(join(dir, "p"));
  });
});

describe("code that lies in the directory", () => {
  it("never runs: what configuration searchers would load is not looked at", () => {
    const marker = join(dir, "ran");
    const run = `require("node:fs").writeFileSync(${JSON.stringify(marker)}, "")`;
    write("p/.config/config.cjs", `${run}; module.exports = {};`);
    write("p/.config/config.js", run);
    write("p/.config/config.yaml", "cosmiconfig:\n  searchPlaces: [pwn.js, .sandbox.yml]\n");
    write("p/pwn.js", run);
    write("p/x.js", run);
    write("p/sandbox.config.js", run);
    write("p/.sandbox.js", run);
    write("p/.sandbox.cjs", run);
    write("p/package.json", JSON.stringify({ type: "commonjs", main: "pwn.js", sandbox: { $import: "./x.js" } }));
    const text = "$import: ./x.js\nversion: 1\n";
    const file = write("p/.sandbox.yml", text);
    process.chdir(join(dir, "p"));

    const host = nodeHost();
    const found = discover(host.cwd, host, () => []);
    expect(found).toEqual({ value: { file, directory: join(dir, "p") }, problems: [] });
    const { value } = load(file, join(dir, "p"), host.readText(file) ?? "");
    expect(child(value?.root, "$import")).toMatchObject({ kind: "scalar", text: "./x.js" });
    expect(existsSync(marker)).toBe(false);

    // The trap works: this is what it would have looked like.
    writeFileSync(join(dir, "p/run.cjs"), 'require("./.config/config.cjs")');
    createRequire(join(dir, "p/run.cjs"))("./run.cjs");
    expect(existsSync(marker)).toBe(true);
  });

  it("is not found under any other name", () => {
    for (const name of [".sandbox.js", ".sandbox.cjs", ".sandbox.json", ".sandboxrc", "sandbox.yml", ".sandbox"]) {
      write(`p/${name}`, "version: 1\n");
    }
    expect(find("p").problems).toMatchObject([{ rule: "discover/nothing-found" }]);
  });
});
