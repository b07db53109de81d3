import { existsSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bwraps } from "../../support/bwraps.ts";
import { install, type Room, SYSTEM_PATH } from "../../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

/** Every command that looks at a profile. */
const COMMANDS = [
  ["run", "--", "true"],
  ["run", "-p", "base", "--", "true"],
  ["plan", "--json"],
  ["show", "--origins"],
  ["render", "--", "true"],
  ["lint"],
  ["profiles"],
  ["schema"],
];

/** What has run, by the files that it left. */
const traces = (room: Room) => ["ran", "ran-too"].filter((name) => existsSync(join(room.home, name)));
const touch = (room: Room, name = "ran") => `require("fs").writeFileSync(${JSON.stringify(join(room.home, name))}, "")`;

describe("a file in the project is read, never run:", () => {
  const room = installed.room();
  room.write(".sandbox.yml", "version: 1\nextends: [base]\nmounts: {.: rw}\n");

  it.each([
    ["a configuration of the search itself", { ".config/config.cjs": (r: Room) => touch(r) }],
    [
      "a search place that is a module",
      {
        ".config/config.yaml": () => "cosmiconfig:\n  searchPlaces: [pwn.cjs]\n  mergeSearchPlaces: true\n",
        "pwn.cjs": (r: Room) => touch(r),
      },
    ],
    [
      "modules named like a profile",
      {
        ".sandbox.js": (r: Room) => touch(r),
        ".sandbox.cjs": (r: Room) => touch(r),
        ".sandboxrc.js": (r: Room) => touch(r),
        "sandbox.config.js": (r: Room) => touch(r),
        ".config/sandboxrc.cjs": (r: Room) => touch(r),
      },
    ],
    [
      "what package.json and .npmrc name",
      {
        "package.json": () =>
          '{"main": "./evil.js", "sandbox": "./evil.js", "cosmiconfig": {"searchPlaces": ["evil.js"]}, "imports": {"#x": "./evil.js"}}',
        ".npmrc": () => "node-options=--require ./evil.js\nscript-shell=./evil.js\n",
        "evil.js": (r: Room) => touch(r),
        "node_modules/yaml/index.js": (r: Room) => touch(r),
        "node_modules/commander/index.js": (r: Room) => touch(r),
      },
    ],
  ] as const)("%s", async (_, files) => {
    for (const [name, text] of Object.entries(files)) room.write(name, text(room));
    const deeper = room.directory("deeper/down");
    for (const command of COMMANDS) {
      const done = await room.sbx(command);
      expect([command, done.code, done.stderr]).toEqual([command, 0, ""]);
      await room.sbx(command, { cwd: deeper });
    }
    expect(traces(room)).toEqual([]);
    // Whoever does run them leaves a trace.
    const code = Object.keys(files).find((name) => /js$/.test(name)) ?? "";
    await room.run([process.execPath, join(room.project, code)]);
    expect(traces(room)).toEqual(["ran"]);
    rmSync(join(room.home, "ran"));
    for (const name of Object.keys(files)) rmSync(join(room.project, name));
  });

  it.each([
    ["$import", "version: 1\n$import: ./evil.cjs\nextends: [base]\n"],
    ["a module as a parent", "version: 1\nextends: [base, ./evil.cjs]\n"],
    ["a module of a package as a parent", "version: 1\nextends: [base, npm:evil/evil.cjs]\n"],
    ["a YAML tag", "version: 1\nextends: [base]\nenv: {set: {A: !!js/function 'function () { return 1 }'}}\n"],
  ])("%s in the profile, which is refused", async (_, text) => {
    const own = installed.room();
    own.write("evil.cjs", touch(own));
    own.write("node_modules/evil/evil.cjs", touch(own));
    own.write("node_modules/evil/package.json", '{"name": "evil", "version": "1.0.0", "main": "evil.cjs"}');
    own.write(".sandbox.yml", text);
    for (const command of COMMANDS.filter((words) => !words.includes("base"))) {
      const done = await own.sbx(command);
      if (!["profiles", "schema"].includes(command[0] ?? "")) expect(done.code).toBeGreaterThan(0);
      expect(done.stderr).not.toMatch(/defect/);
    }
    expect(traces(own)).toEqual([]);
  });
});

describe("a server of `apis` is not started", () => {
  const api = (room: Room) => `apis: {evil: {command: [/bin/sh, -c, 'echo >${room.home}/ran'], at: /run/evil}}\n`;
  const run = async (room: Room, ...options: readonly string[]) => {
    const done = await room.sbx(["run", ...options, "--", "echo", "ran"]);
    expect([done.code, done.stdout, traces(room)]).toEqual([125, "", []]);
    return done.stderr;
  };

  it.each([
    ["the project's profile", {}, "version: 1\nextends: [base]\nAPI"],
    [
      "a relative parent of it",
      { "ci/parent.yml": "version: 1\nAPI" },
      "version: 1\nextends: [base, ./ci/parent.yml]\n",
    ],
    [
      "a package that it extends",
      { "node_modules/@evil/pkg/box.yml": "version: 1\nAPI" },
      "version: 1\nextends: [base, npm:@evil/pkg/box.yml]\n",
    ],
    ["a variant of it", {}, "version: 1\nextends: [base]\nprofiles:\n  v:\n    API"],
    ["a flag set of it", {}, "version: 1\nextends: [base]\nuse: [f]\nflags:\n  f:\n    API"],
  ])("from %s, found or named", async (_, files, text) => {
    const room = installed.room();
    const filled = (content: string) => content.replace("API", api(room));
    for (const [name, content] of Object.entries(files)) room.write(name, filled(content));
    room.write(".sandbox.yml", filled(text));
    const variant = text.includes("profiles:") ? "#v" : "";
    expect(await run(room, ...(variant ? ["-p", variant] : []))).toContain("error[trust/api-command]");
    expect(await run(room, "-p", `./.sandbox.yml${variant}`)).toContain("error[trust/api-command]");
  });

  it("unless the file is the user's own, or its name is allowed", async () => {
    const room = installed.room();
    const text = `version: 1\nextends: [base]\n${api(room)}`;
    const own = room.write("../.config/sbx/mine.yml", text);
    room.write(".sandbox.yml", text);
    // It is started, and as it never listens the command is not.
    for (const options of [
      ["-p", own],
      ["-p", "./.sandbox.yml", "--allow-api", "evil"],
    ]) {
      const done = await room.sbx(["run", ...options, "--", "echo", "never"]);
      expect([done.code, done.stdout, traces(room)]).toEqual([125, "", ["ran"]]);
      expect(done.stderr).toContain("error[api/ended-early]");
      rmSync(join(room.home, "ran"));
    }
    expect(await run(room, "-p", "./.sandbox.yml", "--allow-api", "other")).toContain("error[trust/api-command]");
    // A link does not make a project's file the user's own.
    symlinkSync(join(room.project, ".sandbox.yml"), join(room.home, ".config/sbx/link.yml"));
    expect(await run(room, "-p", "~/.config/sbx/link.yml")).toMatch(/is a link/);
    symlinkSync(room.project, join(room.home, ".config/sbx/linked"));
    expect(await run(room, "-p", "~/.config/sbx/linked/.sandbox.yml")).toContain("error[trust/api-command]");
  });
});

describe("a program planted where the project decides", () => {
  const NAMES = ["bwrap", "git", "node", "setarch", "prlimit", "sh", "env", "setpriv"];
  const planted = () => {
    const room = installed.room();
    for (const name of NAMES) {
      room.write(`bin/${name}`, `#!/bin/sh\necho >${room.home}/ran\nexec /usr/bin/${name} "$@"\n`, 0o755);
      room.write(name, `#!/bin/sh\necho >${room.home}/ran\nexec /usr/bin/${name} "$@"\n`, 0o755);
    }
    room.write(".sandbox.yml", "version: 1\nextends: [base]\nmounts: {.: rw}\n");
    return room;
  };

  it.each([
    ["an absolute entry", (room: Room) => join(room.project, "bin")],
    ["a relative entry", () => "bin"],
    ["the current directory", () => "."],
    ["an empty entry", () => ""],
    ["an entry with ..", (room: Room) => `${room.project}/bin/../bin`],
    [
      "a link to it from elsewhere",
      (room: Room) => {
        symlinkSync(join(room.project, "bin"), join(room.home, "tools"));
        return join(room.home, "tools");
      },
    ],
    [
      "a directory that everybody can write",
      (room: Room) => {
        const open = room.directory("../open", 0o777);
        room.write("../open/bwrap", `#!/bin/sh\necho >${room.home}/ran\n`, 0o755);
        return open;
      },
    ],
  ])("is not run by sbx: %s of PATH", async (_, entry) => {
    const room = planted();
    const env = { PATH: `${entry(room)}:${SYSTEM_PATH}` };
    for (const command of [
      ["run", "--", "/bin/true"],
      ["run", "-p", "base", "--", "/bin/true"],
      ["render", "--", "true"],
      ["plan"],
    ]) {
      const done = await room.sbx(command, { env });
      expect([command, done.code, done.stderr]).toEqual([command, 0, ""]);
    }
    await room.sbx(["plan", "-p", "HEAD:.sandbox.yml"], { env });
    expect(traces(room)).toEqual([]);
    // A shell with that PATH would have run it.
    await room.run(["/bin/sh", "-c", "bwrap --version"], { env });
    expect(traces(room)).toEqual(["ran"]);
  });

  it("is not run from a directory that the profile makes writable", async () => {
    const room = planted();
    room.write("../tools/bwrap", `#!/bin/sh\necho >${room.home}/ran\n`, 0o755);
    room.write("../tools.yml", "version: 1\nextends: [base]\nmounts: {~/tools: rw}\n");
    const env = { PATH: `${room.home}/tools:${SYSTEM_PATH}` };
    expect(await room.sbx(["run", "-p", "../tools.yml", "--", "/bin/true"], { env })).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(traces(room)).toEqual([]);
  });

  it("stops the run when there is no other", async () => {
    const room = planted();
    const done = await room.sbx(["run", "--", "/bin/true"], { env: { PATH: `${room.project}/bin:.:` } });
    expect(done.code).toBe(125);
    expect(done.stderr).toMatch(/error\[host\/program-missing\](.|\n)*lies in the project/);
    expect(traces(room)).toEqual([]);
  });

  it("can't take the place of the bwrap that runs, of sbx or of node", async () => {
    const room = planted();
    const bwrap = bwraps()[0] ?? "";
    room.write("../wide.yml", `version: 1\nextends: [base]\nmounts: {${join(installed.directory, "package")}: rw}\n`);
    const sbx = await room.sbx(["run", "-p", "../wide.yml", "--", "true"]);
    expect(sbx.stderr).toContain("error[trust/guard-in-reach]");
    room.write("../wide.yml", "version: 1\nmounts: {/usr: rw, /bin: ro, /lib: ro?, /lib64: ro?}\n");
    const usr = await room.sbx(["run", "-p", "../wide.yml", "--", "true"], { env: { SBX_BWRAP: bwrap } });
    expect(usr.stderr).toContain("error[trust/guard-in-reach]");
    expect([sbx.code, usr.code]).toEqual([125, 125]);
  });
});
