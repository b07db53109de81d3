import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

let copy: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "sbx-start-"));
  cpSync(join(ROOT, "dist"), join(copy, "dist"), { recursive: true, filter: (path) => !path.includes("/lib") });
  cpSync(join(ROOT, "package.json"), join(copy, "package.json"));
});
afterEach(() => rmSync(copy, { recursive: true }));

const version = () => {
  const { status, stdout } = spawnSync(process.execPath, [join(copy, "dist/sbx.cjs"), "--version"], {
    encoding: "utf8",
  });
  return { status, stdout };
};
const told = { status: 0, stdout: `${JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version}\n` };
const bytecodes = () => readdirSync(join(copy, "dist")).filter((name) => name.endsWith(".bytecode"));

it("finds bytecode of this very Node for what `run` loads", () => {
  const names = bytecodes().filter((name) => name.includes(`.${process.version}-`));
  for (const bundle of ["sbx-main", "sbx-commander", "sbx-cli-commands-run", "sbx-load-index", "sbx-validate-index"]) {
    expect(names.some((name) => name.startsWith(`${bundle}.cjs.`))).toBe(true);
  }
  expect(version()).toEqual(told);
});

it("does without bytecode", () => {
  for (const name of bytecodes()) rmSync(join(copy, "dist", name));
  expect(version()).toEqual(told);
});

it("does not take bytecode of another V8, or half of it", () => {
  for (const [index, name] of bytecodes().entries()) {
    const path = join(copy, "dist", name);
    const whole = readFileSync(path);
    // The head says which V8 wrote it, and how much there must be.
    writeFileSync(path, index % 2 === 0 ? whole.subarray(0, whole.length / 2) : whole.fill(0x5a, 0, 16));
  }
  expect(version()).toEqual(told);
});

it("does not take bytecode of a bundle that has changed since", () => {
  const path = join(copy, "dist/sbx-main.cjs");
  writeFileSync(path, `process.stdout.write("changed ");${readFileSync(path, "utf8")}`);
  expect(version()).toEqual({ ...told, stdout: `changed ${told.stdout}` });
});
