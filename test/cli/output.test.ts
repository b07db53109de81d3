import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { install } from "../support/sbx.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();
const shell = (script: string) => room.run(["/bin/sh", "-c", script, process.execPath, installed.file]);

describe("a reader that goes away", () => {
  it.each([
    ["plan -p host-ro --json"],
    ["show -p host-ro"],
    ["schema plan"],
    ["render -p host-ro -- true"],
    ["profiles"],
    ["plan --help"],
  ])("ends `sbx %s` quietly", async (args) => {
    const done = await shell(`"$0" "$1" ${args} | head -n 1`);
    expect(done.code).toBe(0);
    expect(done.stderr).toBe("");
    expect(done.stdout.split("\n").length).toBe(2);
    // One that reads nothing at all.
    expect(await shell(`"$0" "$1" ${args} | true`)).toMatchObject({ code: 0, stderr: "", stdout: "" });
  });

  it("ends the problems of `sbx lint` quietly", async () => {
    room.write(
      "many.yml",
      `version: 1\n${Array.from({ length: 3000 }, (_, index) => `unknown${index}: x\n`).join("")}`,
    );
    const done = await shell('"$0" "$1" lint many.yml | head -n 1');
    expect(done).toMatchObject({ code: 0, stderr: "" });
    expect((await shell('"$0" "$1" plan -p ./many.yml 2>&1 | head -n 1')).stdout).toMatch(/^many\.yml:2:1: error/);
  });

  it("does not stop a run whose command writes on", async () => {
    const script = 'i=0; while echo x; do i=$((i+1)); test $i -lt 9; done 2>/dev/null; echo done >"$AT/done"';
    room.directory("out");
    const line = `"$0" "$1" run -p base --bind out:/out --env AT=/out -- /bin/sh -c 'trap "" PIPE; ${script.replaceAll("'", "'\\''")}' | true`;
    expect((await shell(line)).stderr).toBe("");
    for (let tries = 0; tries < 500 && !existsSync(join(room.project, "out/done")); tries += 1)
      await new Promise((soon) => setTimeout(soon, 10));
    expect(existsSync(join(room.project, "out/done"))).toBe(true);
  });
});

describe("everything that is written reaches its reader", () => {
  it("through a pipe that is read late", async () => {
    const done = await shell('"$0" "$1" lint --json many.yml | (sleep 0.5; cat)');
    expect(JSON.parse(done.stdout).length).toBe(3000);
  });
});

describe("a closed standard output", () => {
  it.each([["plan -p base --json"], ["profiles"], ["schema"], ["lint -p base"], ["--help"]])(
    "makes no noise and no stack trace in `sbx %s`",
    async (args) => {
      const done = await shell(`"$0" "$1" ${args} >&-`);
      expect(done.stderr).not.toMatch(/^\s+at |defect|EBADF|EPIPE/m);
      expect(done.stdout).toBe("");
    },
  );

  it("does not keep a command from running", async () => {
    expect((await shell('"$0" "$1" run -p base -- sh -c "exit 7" >&-')).code).toBe(7);
    expect((await shell('"$0" "$1" run -p base -- sh -c "exit 7" <&- >&- 2>&-')).code).toBe(7);
  });

  it("says so when there is no room for the result", async () => {
    const done = await shell('"$0" "$1" plan -p base --json >/dev/full');
    expect(done.code).toBe(2);
    expect(done.stderr).toMatch(/^sbx: error: the result can't be written: .*no space left.*\n$/);
    room.write("warned.yml", "version: 1\nextends: [base]\nmounts: {~/.ssh: ro}\n");
    const found = await shell('"$0" "$1" lint --offline ./warned.yml >/dev/full');
    expect([found.code, found.stderr]).toEqual([2, done.stderr]);
  });
});

describe("colours", () => {
  it("stay away from what is no terminal, and from $NO_COLOR", async () => {
    room.write("wrong.yml", "version: 1\nunknown: x\n");
    for (const env of [{}, { FORCE_COLOR: "1", NO_COLOR: "1" }, { TERM: "dumb" }]) {
      const done = await room.sbx(["plan", "-p", "./wrong.yml"], { env });
      expect(done.stderr).not.toContain("\u001b");
    }
  });
});
