import { describe, expect, it } from "vitest";
import { type Case, describeCases, PROJECT } from "./cases.ts";
import { lintExample } from "./example.ts";

const CASES: readonly Case[] = [
  ["cred/ssh-gpg", "keys of somebody else", "mounts:\n  /a: {from: /home/alice, access: ro}", ["4 error"]],
  ["cred/ssh-gpg", "keys of root", "mounts:\n  /root/.ssh: ro", ["4 error"]],
  ["cred/ssh-gpg", "no keys behind a wider name", "mounts:\n  /home/alice/.cache: ro", []],
  ["home/rw", "somebody else's home", "mounts:\n  /a: {from: /var/home/bob, access: rw}", ["4 error"]],
  ["sock/dbus-session", "another user's bus", "mounts:\n  /run/user/1234/bus: ro", ["4 error"]],
  ["sock/runtime-dir", "another user's runtime directory", "mounts:\n  /run/user/1234: ro", ["4 error"]],
  ["sock/runtime-dir", "another user's by the old name", "mounts:\n  /var/run/user/1234: ro", ["4 error"]],
  ["sock/runtime-dir", "one's own by the old name", "mounts:\n  /var/run/user/1000: ro", ["4 error"]],
  ["port/host-specific", "a user id behind the old name", "mounts:\n  /var/run/user/1234/acme: ro?", ["4 info"]],
  ["port/host-specific", "none in what all users share", "mounts:\n  /var/run/acme: ro?", []],
  ["sock/docker", "an engine of the user's own", "mounts:\n  ~/.docker/run: ro", ["4 error"]],
  ["sock/docker", "nothing under a root that sbx masks itself", "root: host\nremove: {mounts: [/usr]}", []],
  [
    "proc/host",
    "a process of the host's",
    "mounts:\n  /a: {from: /proc/self/fd, access: ro}\n  /b: {from: /proc/1, access: ro}",
    ["4 error", "5 error"],
  ],
  ["proc/host", "no process in a file of facts", "mounts:\n  /a: {from: /proc/cmdline, access: ro}", []],
  [
    "path/symlink-escape",
    "a link of a marked directory",
    "marked:\n  /srv/in: {from: ./data}",
    ["4 error"],
    { files: { [`${PROJECT}/data`]: { target: "/srv/everything" }, "/srv/everything/": "" } },
  ],
  [
    "path/symlink-escape",
    "no link that stays inside",
    "mounts:\n  /srv/in: {from: ./data, access: ro}",
    [],
    { files: { [`${PROJECT}/data`]: { target: "real" }, [`${PROJECT}/real/`]: "" } },
  ],
  [
    "self/extends-outside",
    "a parent of a variant",
    "profiles:\n  ci: {extends: /opt/acme.yml}",
    ["4 warning"],
    { files: { "/opt/acme.yml": "version: 1\n" } },
  ],
  [
    "self/extends-outside",
    "a parent behind a link",
    "profiles:\n  ci: {extends: ./shared/acme.yml}",
    ["4 warning"],
    { files: { [`${PROJECT}/shared`]: { target: "/opt/acme" }, "/opt/acme/acme.yml": "version: 1\n" } },
  ],
  [
    "self/extends-outside",
    "none of the user's own configuration",
    "profiles:\n  ci: {extends: ~/.config/sbx/me.yml}",
    [],
    { files: { "/home/user/.config/sbx/me.yml": "version: 1\n" } },
  ],
  [
    "env/loader",
    "code of the project's own",
    'mounts: {.: rw}\nenv: {set: {PYTHONPATH: "${PROJECT}/lib"}}',
    ["4 warning"],
  ],
  ["env/loader", "a place that can still be made", "env: {set: {PYTHONPATH: /tmp/lib}}", ["3 error"]],
  ["env/loader", "no place that can't", "mounts: {/opt: ro?}\nenv: {set: {PYTHONPATH: /opt/acme/lib}}", []],
  ["env/loader", "a word of the wrapper with a digit", "process: {wrapper: [env, PERL5OPT=-M/tmp/x]}", ["3 error"]],
  ["env/loader", "a word of the wrapper", "process: {wrapper: [env, LD_PRELOAD=/x.so]}", ["3 error"]],
  ...[
    "JDK_JAVA_OPTIONS: '@options'",
    "_JAVA_OPTIONS: -XX:OnOutOfMemoryError=/tmp/x",
    "JAVA_TOOL_OPTIONS: -Xmx1g -javaagent:x.jar",
    "PERL5OPT: -d:Trace",
    "PERL5OPT: -w -MFoo",
    "RUBYOPT: -W0 -rfoo",
    "NODE_OPTIONS: '\"--require\" ./x'",
    "NODE_OPTIONS: --experimental-loader=./x.mjs",
    "ENV: /tmp/x",
    "GIT_CONFIG_GLOBAL: /tmp/x",
  ].map((set) => ["env/loader", set, `env:\n  set:\n    ${set}`, ["5 error"]] as Case),
  ...[
    "JAVA_TOOL_OPTIONS: -ea -Xmx2g -Dclasspath.x=y",
    "RUBYOPT: -W0",
    "PERL5OPT: -w",
    "NODE_OPTIONS: --max-old-space-size=4096 --no-warnings",
    "ENV: production",
    "GIT_CONFIG_GLOBAL: /dev/null",
    'GIT_CONFIG_NOSYSTEM: "1"',
    'LD_BIND_NOW: "1"',
    'LD_PRELOAD: ""',
  ].map((set) => ["env/loader", `nothing in ${set}`, `env:\n  set:\n    ${set}`, []] as Case),
  ["dev/full", "disks by a pattern", "devices: [minimal, /dev/sd*]", ["3 error"]],
  ["dev/full", "disks by their names", "mounts:\n  /dev/mapper/root: dev", ["4 error"]],
  ["dev/input-uinput", "events by a pattern", "devices: [minimal, /dev/input/*]", ["3 error"]],
  ["tmpfs/mode", "no directory with the sticky bit", "dirs: {/srv/tmp: {mode: 1777}}", []],
  ["tmpfs/mode", "a directory without it", "dirs: {/srv/tmp: {mode: 0777}}", ["3 warning"]],
  ["path/glob-late", "no pattern for all of the project", 'mounts: {.: ro}\nmask: ["./*"]', []],
  ["order/tmpfs-over-bind", "none of a built-in's places", "mounts: {/var: rw}", []],
  ["etc/writable", "a device's way of writing", "mounts:\n  /etc: dev", ["4 error"]],
  [
    "cred/ssh-gpg",
    "keys behind a link",
    "mounts:\n  /data: ro",
    ["4 error"],
    { files: { "/home/user/.ssh": { target: "/data/keys" }, "/data/keys/": "" } },
  ],
  [
    "exec/git-hooks",
    "a repository below the project",
    "mounts: {.: rw}",
    ["3 error"],
    {
      files: {
        [`${PROJECT}/vendor/lib/.git/HEAD`]: "ref: x",
        [`${PROJECT}/vendor/lib/.git/config`]: "",
        [`${PROJECT}/vendor/lib/.git/hooks/`]: "",
      },
    },
  ],
  ["net/host", "a flag set of the profile's own", "flags:\n  online: {network: host}", ["4 warning"]],
  [
    "cred/ssh-gpg",
    "a mount with a condition",
    "mounts:\n  ~/.ssh: {access: ro, when: {exists: /nowhere}}",
    ["4 error"],
  ],
];

describeCases("rules find beyond their examples", CASES);

describe("what a rule says to type", () => {
  it.each([
    ["tmpfs/size", 'tmpfs: ["${HOME}"]', 'write `tmpfs: {"${HOME}": {size: 256M}}`, or set `limits.memory`'],
    ["env/path-writable", "env: {set: {PATH: /tmp/bin:/usr/bin}}", "put it behind the system's directories"],
    [
      "env/path-writable",
      "mounts: {/srv: rw}\nenv: {set: {PATH: /srv:/usr/bin}}",
      "put it behind the system's directories, or make what is mounted there read-only",
    ],
  ])("%s: %s", async (rule, lines, help) => {
    const { findings } = await lintExample({
      profile: `version: 1\nextends: [base]\n${lines}\n`,
      machine: { files: { "/srv/": "" } },
    });
    expect(findings.filter(({ problem }) => problem.rule === rule).map(({ problem }) => problem.help)).toEqual([help]);
  });
});
