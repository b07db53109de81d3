import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { install, type Room } from "../../support/sbx.ts";

const installed = install();
afterAll(installed.remove);

interface Attack {
  /** Fields for the discovered profile, `HOME` standing for the home directory. */
  readonly fields: string;
  readonly parent?: string;
  readonly rule: string;
  /** What the command does with it when the profile is named with `-p`; it then says `attained`. */
  readonly script?: string;
  readonly prepare?: (room: Room) => void;
}

const touch = (path: string) => `echo x >>"${path}" && echo attained`;

/** Every clause of the ceiling, and the ways to come to the same by another name. */
const ATTACKS: Readonly<Record<string, Attack>> = {
  "a writable directory of the home directory": {
    fields: "mounts: {~/other: rw}",
    rule: "trust/writable-grant",
    script: touch("$HOME/other/file"),
  },
  "the same at another place": {
    fields: "mounts: {/elsewhere: {from: ~/other, access: rw}}",
    rule: "trust/writable-grant",
    script: touch("/elsewhere/file"),
  },
  "a path with ..": {
    fields: "mounts: {../other: rw}",
    rule: "trust/writable-grant",
    script: touch("$HOME/other/file"),
  },
  "a single writable file": {
    fields: "mounts: {~/other/file: rw}",
    rule: "trust/writable-grant",
    script: touch("$HOME/other/file"),
  },
  "a link in the project that leads out": {
    fields: "mounts: {/data: {from: ./link, access: rw}}",
    rule: "trust/writable-grant",
    script: touch("/data/file"),
    prepare: (room) => symlinkSync("../other", join(room.project, "link")),
  },
  "a link at its own place": {
    fields: "mounts: {./link/sub: rw}",
    rule: "trust/writable-grant",
    prepare: (room) => {
      room.directory("../other/sub");
      symlinkSync("../other", join(room.project, "link"));
    },
  },
  "a parameter": {
    fields: 'params: {place: "${HOME}/other"}\nmounts: {"${place}": rw}',
    rule: "trust/writable-grant",
    script: touch("$HOME/other/file"),
  },
  "a parameter of a built-in": {
    fields: 'params: {cache: "${HOME}/other"}',
    parent: "node",
    rule: "trust/writable-grant",
    script: touch("$HOME/other/file"),
  },
  "a marked directory": {
    fields: "marked: {/data: {from: ~/other}}",
    rule: "trust/writable-grant",
    script: touch("/data/file"),
  },
  "a device": { fields: "mounts: {/dev/kmsg: dev}", rule: "trust/writable-grant" },
  "a device of the list": { fields: "devices: [minimal, /dev/kmsg]", rule: "trust/writable-grant" },
  "devices by a pattern": { fields: 'devices: [minimal, "/dev/km*"]', rule: "trust/writable-grant" },
  "a writable host root": { fields: "root: {from: /, access: rw}", rule: "trust/writable-grant", parent: "" },
  "a directory made outside": {
    fields: "mounts: {~/made: {access: ro, missing: create}}",
    rule: "trust/made-outside",
    script: "test -d $HOME/made && echo attained",
  },
  "a mount point made outside": {
    fields: "mounts: {~/other: rw, ~/other/point: {from: /usr, access: ro}}",
    rule: "trust/writable-grant",
  },
  "a mask taken away": {
    fields: "remove: {mask: [~/.ssh]}\nmounts: {~/.ssh: ro}",
    parent: "host-ro",
    rule: "trust/removed-mask",
    script: "cat $HOME/.ssh/id && echo attained",
  },
  "all capabilities": { fields: "capabilities: keep", rule: "trust/capabilities", script: "echo attained" },
  "one capability": { fields: "capabilities: [CAP_CHOWN]", rule: "trust/capabilities", script: "echo attained" },
  "all but one": { fields: "capabilities: {drop: [CAP_CHOWN]}", rule: "trust/capabilities", script: "echo attained" },
  "a secret by name": {
    fields: "env: {pass: [DEPLOY_TOKEN]}",
    rule: "trust/secret",
    script: 'test "$DEPLOY_TOKEN" = canary && echo attained',
  },
  "a secret that is required": {
    fields: "env: {require: [DEPLOY_TOKEN]}",
    rule: "trust/secret",
    script: 'test "$DEPLOY_TOKEN" = canary && echo attained',
  },
  "a secret by a pattern": {
    fields: 'env: {pass: ["D*"]}',
    rule: "trust/secret",
    script: 'test "$DEPLOY_TOKEN" = canary && echo attained',
  },
  "the whole environment": {
    fields: "env: {clear: false}",
    rule: "trust/secret",
    script: 'test "$DEPLOY_TOKEN" = canary && echo attained',
  },
  "a secret in front of something": {
    fields: "env: {pass: [DEPLOY_TOKEN], prepend: {DEPLOY_TOKEN: [/x]}}",
    rule: "trust/secret",
    script: 'test "$DEPLOY_TOKEN" = /x:canary && echo attained',
  },
};

const env = { DEPLOY_TOKEN: "canary" };

function target(attack: Attack): Room {
  const room = installed.room();
  room.write("../other/file", "untouched\n");
  room.write("../.ssh/id", "canary\n", 0o600);
  attack.prepare?.(room);
  return room;
}

const profileOf = ({ parent = "base" }: Attack, fields: string) =>
  `version: 1\n${parent === "" ? "" : `extends: [${parent}]\n`}${fields}\n`;

/** The run is refused, at the entry, with what to type instead; nothing was done. */
async function refused(
  room: Room,
  attack: Attack,
  place: { file: string; line: number },
  options: readonly string[] = [],
) {
  const done = await room.sbx(["run", ...options, "--", "/bin/sh", "-c", "echo ran"], { env });
  expect(done.stderr).toContain(`error[${attack.rule}]`);
  expect(done.stderr).toMatch(new RegExp(`^${place.file}:${place.line}:\\d+: error\\[${attack.rule}\\]`, "m"));
  expect(done.stderr).toMatch(
    /help: if you trust this file, name it: sbx run -p \/\S*\.sandbox\.yml\S* -- \/bin\/sh -c 'echo ran'/,
  );
  expect([done.code, done.stdout]).toEqual([125, ""]);
  expect(readFileSync(join(room.home, "other/file"), "utf8")).toBe("untouched\n");
  expect(existsSync(join(room.home, "made"))).toBe(false);
}

describe.each(Object.entries(ATTACKS))("a discovered profile may not have %s", (_, attack) => {
  const lines = attack.fields.split("\n").length;
  const last = (before: number) => before + lines - 1;

  it("of its own; named with -p, it may", async () => {
    const room = target(attack);
    room.write(".sandbox.yml", profileOf(attack, attack.fields));
    const first = attack.parent === "" ? 2 : 3;
    const done = await room.sbx(["run", "--", "/bin/sh", "-c", "echo ran"], { env });
    expect(done.stderr).toContain(`error[${attack.rule}]`);
    if (attack.parent !== "node") {
      expect(Number(/\.sandbox\.yml:(\d+):/.exec(done.stderr)?.[1])).toBeGreaterThanOrEqual(first);
      expect(Number(/\.sandbox\.yml:(\d+):/.exec(done.stderr)?.[1])).toBeLessThanOrEqual(last(first));
    }
    expect([done.code, done.stdout]).toEqual([125, ""]);
    if (attack.script === undefined) return;
    // The help says what to type, and that works.
    const named = await room.sbx(["run", "-p", "./.sandbox.yml", "--", "/bin/sh", "-c", attack.script], { env });
    expect(named.stdout).toMatch(/attained\n$/);
  });
});

// By whatever way it comes to the profile.
const GRANT = ATTACKS["the same at another place"] as Attack;
const MASK = ATTACKS["a mask taken away"] as Attack;
const SECRET = ATTACKS["a secret by name"] as Attack;
const CAPABILITY = ATTACKS["one capability"] as Attack;

describe.each([GRANT, SECRET, CAPABILITY, MASK])("the ceiling on $fields holds", (attack) => {
  const parent = attack.parent ?? "base";
  const inner = `version: 1\nextends: [${parent}]\n${attack.fields}\n`;
  const line = 2 + (attack === MASK ? 1 : 1);

  it("through a relative parent", async () => {
    const room = target(attack);
    room.write("ci/parent.yml", inner);
    room.write(".sandbox.yml", "version: 1\nextends: [./ci/parent.yml]\n");
    await refused(room, attack, { file: "ci/parent\\.yml", line });
  });

  it("through a parent of a parent, outside of the project", async () => {
    const room = target(attack);
    room.write("../shared/grandparent.yml", inner);
    room.write("parent.yml", "version: 1\nextends: [../shared/grandparent.yml]\n");
    room.write(".sandbox.yml", "version: 1\nextends: [./parent.yml]\n");
    await refused(room, attack, { file: `${room.home}/shared/grandparent\\.yml`, line });
  });

  it("through a package", async () => {
    const room = target(attack);
    room.write("node_modules/@acme/box/base.yml", inner);
    room.write("node_modules/@acme/box/package.json", '{"name": "@acme/box", "version": "1.2.3"}');
    room.write(".sandbox.yml", "version: 1\nextends: ['npm:@acme/box/base.yml']\n");
    await refused(room, attack, { file: "package:@acme/box@1\\.2\\.3/base\\.yml", line });
  });

  it("through a variant, the default one too", async () => {
    const room = target(attack);
    const fields = attack.fields
      .split("\n")
      .map((text) => `    ${text}\n`)
      .join("");
    const text = `version: 1\nextends: [${parent}]\nprofiles:\n  wide:\n${fields}`;
    room.write(".sandbox.yml", text);
    expect((await room.sbx(["run", "--", "true"], { env })).code).toBe(0);
    await refused(room, attack, { file: "\\.sandbox\\.yml", line: 5 }, ["-p", "#wide"]);
    room.write(".sandbox.yml", `${text}default: wide\n`);
    await refused(room, attack, { file: "\\.sandbox\\.yml", line: 5 });
  });

  it("through a flag set, one that is on by default too", async () => {
    const room = target(attack);
    const fields = attack.fields
      .split("\n")
      .map((text) => `    ${text}\n`)
      .join("");
    const text = `version: 1\nextends: [${parent}]\nflags:\n  wide:\n${fields}`;
    room.write(".sandbox.yml", text);
    expect((await room.sbx(["run", "--", "true"], { env })).code).toBe(0);
    await refused(room, attack, { file: "\\.sandbox\\.yml", line: 5 }, ["--flag", "wide"]);
    room.write(".sandbox.yml", `${text}use: [wide]\n`);
    await refused(room, attack, { file: "\\.sandbox\\.yml", line: 5 });
  });

  it("through a nested profile", async () => {
    const room = target(attack);
    room.write(".sandbox.yml", "version: 1\nextends: [base]\nnested: [inner/.sandbox.yml]\n");
    room.write("inner/.sandbox.yml", inner);
    const done = await room.sbx(["run", "--", "echo", "ran"], { cwd: join(room.project, "inner"), env });
    expect(done.stderr).toContain(`error[${attack.rule}]`);
    expect([done.code, done.stdout]).toEqual([125, ""]);
  });
});

describe("a discovered profile may", () => {
  it.each([
    ["write to its project", "mounts: {.: rw}", "echo x >written && cat written"],
    [
      "write to a part of it by a link inside",
      "mounts: {/d: {from: ./inside, access: rw}}",
      "echo x >/d/written && cat /d/written",
    ],
    [
      "have scratch space",
      "mounts: {/s: {scratch: true}, /t: {scratch: /var/tmp}}",
      "echo x >/s/f && echo x >/t/f && cat /s/f",
    ],
    [
      "make a directory in its project",
      "mounts: {./made: {access: rw, missing: create}}",
      "cd ~/project/made && echo x >f && cat f",
    ],
    ["read what it names", "mounts: {~/other: ro}", "cat $HOME/other/file >/dev/null && echo x"],
    ["use the common devices", "devices: [/dev/null, /dev/zero]", "echo x >/dev/null && echo x"],
    ["add masks", "mounts: {.: rw}\nmask: [secret]", "cat secret; echo x"],
    ["pass what is no secret", "env: {pass: [PLAIN]}", 'test "$PLAIN" = p && echo x'],
  ])("%s", async (_, fields, script) => {
    const room = target(GRANT);
    room.directory("real");
    symlinkSync("real", join(room.project, "inside"));
    room.write("secret", "canary");
    room.write(".sandbox.yml", `version: 1\nextends: [base]\n${fields}\n`);
    const done = await room.sbx(["run", "--", "/bin/sh", "-c", script], { env: { ...env, PLAIN: "p" } });
    expect(done).toEqual({ code: 0, signal: null, stdout: "x\n", stderr: "" });
  });

  it("be looked at, whatever it asks for", async () => {
    const room = target(GRANT);
    room.write(".sandbox.yml", profileOf(GRANT, GRANT.fields));
    for (const command of [["plan"], ["show"], ["render", "--", "true"]]) {
      expect([command, (await room.sbx(command)).code]).toEqual([command, 0]);
    }
    // Looking is allowed, and what is seen is told.
    const lint = await room.sbx(["lint"]);
    expect([lint.code, lint.stdout]).toEqual([1, expect.stringContaining("error[self/untrusted-widening]")]);
  });
});

it("a secret can't come by way of a parameter", async () => {
  const room = installed.room();
  room.write(
    ".sandbox.yml",
    'version: 1\nextends: [base]\nparams: {t: {env: DEPLOY_TOKEN, default: none}}\nenv: {set: {T: "${t}"}}\n',
  );
  const done = await room.sbx(["run", "--", "env"], { env });
  expect(done.stdout + done.stderr).not.toContain("canary");
  expect(done.code).toBe(125);
});

it("a socket can't be shown, by name or with its directory", async () => {
  const room = installed.room();
  room.directory("../sockets");
  const listening = room.run(["python3", "-c", LISTEN, join(room.home, "sockets/socket")]);
  while (!existsSync(join(room.home, "sockets/socket"))) await new Promise((soon) => setTimeout(soon, 10));
  for (const mount of ["~/sockets/socket: ro", "~/sockets: ro", "/s: {from: ~/sockets, access: ro}"]) {
    room.write(".sandbox.yml", `version: 1\nextends: [base]\nmounts: {${mount}}\n`);
    const done = await room.sbx(["run", "--", "echo", "ran"]);
    expect([mount, done.code, done.stdout]).toEqual([mount, 125, ""]);
    expect(done.stderr).toContain("error[trust/socket]");
  }
  const stop = `import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); print(s.recv(9).decode())`;
  const named = await room.sbx(["run", "-p", "./.sandbox.yml", "--", "python3", "-c", stop, "/s/socket"]);
  expect(named.stdout).toBe("reached\n");
  await listening;
});

const LISTEN = `import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
s.settimeout(50)
s.accept()[0].send(b"reached")`;
