import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { install, ROOT } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();

const BUILTINS = readdirSync(join(ROOT, "profiles"))
  .map((file) => file.replace(".yaml", ""))
  .sort();

describe("`sbx profiles`", () => {
  it("lists every built-in with its description", async () => {
    const { stdout } = await room.sbx(["profiles"]);
    const rows = stdout.split("\n").filter((line) => line.startsWith("  "));
    expect(rows.map((row) => row.trim().split(/ {2,}/)[0])).toEqual(BUILTINS);
    for (const row of rows) expect(row).toMatch(/^ {2}\S+ {2,}\S.{10,}/);
    const { builtins, here } = JSON.parse((await room.sbx(["profiles", "--json"])).stdout);
    expect(builtins.map(({ name }: { name: string }) => name)).toEqual(BUILTINS);
    expect(here).toBeUndefined();
  });

  it("lists what the profile found here offers", async () => {
    room.write(
      "offers/.sandbox.yml",
      "version: 1\nextends: [base]\nparams: {cache: /x}\nflags: {web: {network: host}}\nprofiles: {ci: {network: none}, dev: {network: host}}\n",
    );
    const cwd = room.directory("offers/sub");
    const { stdout } = await room.sbx(["profiles"], { cwd });
    expect(stdout).toContain(`${room.project}/offers/.sandbox.yml:`);
    expect(stdout).toMatch(/variants \(-p #NAME\): ci, dev/);
    expect(stdout).toMatch(/flag sets \(--flag NAME\): network, web/);
    expect(stdout).toMatch(/parameters \(--set NAME=VALUE\): cache/);
    const { here } = JSON.parse((await room.sbx(["profiles", "--json"], { cwd })).stdout);
    expect(here).toMatchObject({ variants: ["ci", "dev"], flags: ["network", "web"], params: ["cache"] });
  });
});

describe("a built-in profile", () => {
  it.each(BUILTINS)("%s is one commented screen", (name) => {
    const lines = readFileSync(join(ROOT, "profiles", `${name}.yaml`), "utf8")
      .trimEnd()
      .split("\n");
    expect(lines[0]).toMatch(/^# \w/);
    expect(lines.length).toBeLessThanOrEqual(95);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  });
});

describe("`sbx schema`", () => {
  it.each([
    [[], "profile"],
    [["profile"], "profile"],
    [["plan"], "plan"],
    [["problem"], "problem"],
    [["render"], "render"],
    [["report"], "report"],
    [["clean"], "clean"],
    [["explain"], "explain"],
  ])("%j prints the schema of %s", async (args, name) => {
    const done = await room.sbx(["schema", ...args]);
    expect(done).toMatchObject({ code: 0, stderr: "" });
    expect(done.stdout).toBe(readFileSync(join(ROOT, "schema", `${name}.schema.json`), "utf8"));
  });
});
