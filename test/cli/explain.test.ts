import { afterAll, describe, expect, it } from "vitest";
import { builtinNames } from "../../src/index.ts";
import { argumentsOf } from "../support/builtin-arguments.ts";
import { install } from "../support/sbx.ts";
import { misfits } from "../support/schemas.ts";

const installed = install();
afterAll(installed.remove);
const room = installed.room();
room.write(
  "ci.yml",
  "version: 1\nextends: [base]\nmounts: {/opt/tool: ./tool}\nmask: [secret]\n".replace("./tool", "{from: ./tool}"),
);
room.write(
  ".sandbox.yml",
  `version: 1
extends: [./ci.yml]
mounts:
  .: rw
env: {set: {API_TOKEN: canary, PLAIN: shown}}
symlinks: {/gone: /nowhere}
`,
);
room.write("tool/run", "");
room.write("secret", "");
room.write("odd\u001b[31mname", "");
const explain = (...args: readonly string[]) => room.sbx(["explain", ...args]);

describe("`sbx explain`", () => {
  it("says in one glance what a path is, who decides, who lost, and what to write", async () => {
    const { code, stdout, stderr } = await explain("secret");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [title, ...rest] = stdout.trimEnd().split("\n");
    expect(title).toBe(`${room.project}/secret  masked  hidden: an empty file`);
    expect(rest).toEqual(
      expect.arrayContaining([
        `  decided by  mask: ${room.project}/secret  ci.yml:4:8 via extends in .sandbox.yml:2:11`,
        "  over        mounts: .  .sandbox.yml:4:3",
        "  on the host a file, visible nowhere inside",
        `  to see it   remove: {mask: [${room.project}/secret]}  in .sandbox.yml`,
      ]),
    );
  });

  it("starts relative paths from where it is called, ~ from home, and follows links", async () => {
    const { stdout } = await room.sbx(["explain", "../secret", "~/project/secret", "/gone", "/opt/tool/run"], {
      cwd: `${room.project}/tool`,
    });
    expect(stdout.match(/masked {2}hidden: an empty file/g)).toHaveLength(2);
    expect(stdout).toContain("/gone  absent  /gone points to /nowhere, absent inside\n");
    expect(stdout).toContain(`  host path   ${room.project}/tool/run\n`);
  });

  it("answers host paths", async () => {
    const { stdout } = await room.sbx(["explain", "-p", "./ci.yml", "tool/run", "secret"]);
    expect(stdout).toContain("  on the host a file, visible at /opt/tool/run, ro\n");
    expect(stdout).toContain("  on the host a file, visible nowhere inside\n");
  });

  it("tells of variables without secrets, and of the network", async () => {
    const { stdout } = await explain("--env", "PLAIN", "--env", "API_TOKEN", "--env", "TERM", "--net");
    expect(stdout).toContain('PLAIN  set  "shown"\n  decided by  env.set: PLAIN  .sandbox.yml:5:');
    expect(stdout).not.toContain("canary");
    expect(stdout).toContain("network  none  ");
  });

  it("shows the whole tree, a line for each mount point", async () => {
    const { stdout } = await explain("--all");
    expect(stdout).toMatch(/^\/ +rw +in memory/);
    expect(stdout).toMatch(/\n +full null random tty urandom zero +device +host\n/);
    expect(stdout).toMatch(/\n +secret +masked +hidden file +ci\.yml:4:8\n/);
    expect(stdout).toMatch(/\n {2}opt\/tool +ro +host \S+ +ci\.yml:3:10\n/);
  });

  it("has no colours but for a terminal, and nothing that a terminal acts on", async () => {
    const { stdout } = await explain("odd\u001b[31mname", "--all", "/usr");
    expect(stdout).not.toContain("\u001b");
    expect(stdout).toContain("/odd\\x1b[31mname  rw  ");
  });

  it.each(builtinNames().map(([name]) => name))("gives JSON that fits its schema: %s", async (name) => {
    const args = [
      "-p",
      name,
      ...argumentsOf(name, room),
      "--all",
      "--net",
      "--env",
      "PATH",
      "--json",
      "/bin/sh",
      "/no",
    ];
    if (name.startsWith("buildstream")) args.push("--set", `root=${room.directory("../stage")}`);
    const { code, stdout, stderr } = await explain(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const found = JSON.parse(stdout);
    expect(misfits("explain", found)).toEqual([]);
    const network = expect.stringMatching(/^(none|host)$/);
    expect(found.slice(0, 4)).toMatchObject([{ path: "/bin/sh" }, { path: "/no" }, { variable: "PATH" }, { network }]);
  });

  it("ends with 2 when there is nothing to explain", async () => {
    expect(await explain()).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("name a path") });
    expect(await explain("")).toMatchObject({ code: 2, stdout: "" });
    expect(await explain("-p", "./nothing.yml", "/")).toMatchObject({ code: 2, stdout: "" });
  });
});
