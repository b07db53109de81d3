import { describe, expect, it } from "vitest";
import { describeCases, describeWords, PROJECT } from "./cases.ts";
import { lintExample } from "./example.ts";

describeCases("places that nobody should have", [
  ["etc/writable", "all of /nix", "mounts: {/nix: rw}", ["3 error"]],
  ["etc/writable", "the packages' database", "mounts: {/var/lib/dpkg: rw}", ["3 error"]],
  ["etc/writable", "nothing in /nix that is a project's", "mounts: {/srv/nix: rw}", []],
  ["exec/autostart", "units of the running system", "mounts: {/run/systemd/system: rw}", ["3 error"]],
  ["exec/autostart", "services that the session bus starts", "mounts: {~/.local/share/dbus-1: rw}", ["3 error"]],
  [
    "exec/shell-rc",
    "what other shells run",
    "mounts: {~/.tcshrc: rw, ~/.config/zsh: rw, ~/.bash_logout: rw}",
    ["3 error", "3 error", "3 error"],
  ],
  [
    "host/etc-shadow",
    "rules of sudo and copies of hashes",
    "mounts: {/etc/sudoers.d: ro, /etc/shadow-: ro}",
    ["3 info", "3 info"],
  ],
  [
    "host/etc-shadow",
    "keys and passwords of services",
    "mounts: {/etc/wireguard: ro, /etc/letsencrypt/live: ro, /etc/security: ro, /etc/kubernetes: ro}",
    ["3 info", "3 info", "3 info", "3 info"],
  ],
  ["host/etc-shadow", "none in certificates", "mounts: {/etc/pki/tls/certs: ro}", []],
  ["host/etc-shadow", "none under the built-in root", "version: 1\nextends: [host-ro]\n", []],
  [
    "cred/registry",
    "tokens of other package managers",
    "mounts: {~/.yarnrc.yml: ro, ~/.bundle: ro}",
    ["3 error", "3 error"],
  ],
  ["sock/docker", "another engine of the user's", "mounts: {~/.colima/default/docker.sock: ro}", ["3 error"]],
  ["sock/docker", "what lies behind the engine", "mounts: {/run/docker: ro}", ["3 error"]],
  ["dev/full", "registers of the processor", "mounts: {/dev/cpu/0/msr: dev}", ["3 error"]],
  ["dev/full", "memory that persists", "mounts: {/dev/pmem0: dev}", ["3 error"]],
  ["dev/tty-bind", "the console of a virtual machine", "mounts: {/dev/hvc0: dev}", ["3 warning"]],
]);

describeCases("places that anybody may have", [
  [
    "cred/ssh-gpg",
    "no keys among settings",
    "mounts: {~/.gnupg/pubring.kbx: ro, ~/.gnupg/gpg.conf: ro, ~/.ssh/authorized_keys: ro}",
    [],
  ],
  ["cred/ssh-gpg", "keys beside settings", "mounts: {~/.gnupg/private-keys-v1.d: ro}", ["3 error"]],
  ["cred/cloud", "nothing that was downloaded", "mounts: {~/.kube/cache: ro, ~/.terraform.d/plugin-cache: ro}", []],
  ["cred/cloud", "a file of contexts", "mounts: {~/.kube/config: ro}", ["3 error"]],
  [
    "exec/host-bin",
    "nothing that lies far below a directory of PATH",
    "mounts: {/opt/tools/share/data: rw}",
    [],
    { env: { PATH: "/opt/tools:/usr/bin" }, files: { "/opt/tools/share/data/": "" } },
  ],
  [
    "exec/host-bin",
    "a program in a directory of PATH",
    "mounts: {/opt/tools/acme: rw}",
    ["3 error"],
    { env: { PATH: "/opt/tools:/usr/bin" }, files: { "/opt/tools/acme": "" } },
  ],
  ["exec/host-bin", "what a version manager keeps", "mounts: {~/.nvm/versions/node: rw}", ["3 error"]],
]);

const certificate = "-----BEGIN CERTIFICATE-----\nMII\n";
const key = "-----BEGIN PRIVATE KEY-----\nMII\n";
describeCases("places that the environment names", [
  [
    "cred/registry",
    "where the configuration is elsewhere",
    "mounts: {/data/config: ro}",
    ["3 error"],
    { env: { XDG_CONFIG_HOME: "/data/config" } },
  ],
  [
    "exec/autostart",
    "where the configuration is elsewhere",
    'mounts: {"${XDG_CONFIG_HOME}": rw}',
    ["3 error"],
    { env: { XDG_CONFIG_HOME: "/data/config" }, files: { "/data/config/": "" } },
  ],
  ["etc/writable", "no socket of the store's server", "mounts: {/nix/var/nix/daemon-socket/socket: rw?}", []],
  [
    "port/host-specific",
    "no home of a service's",
    "mounts: {/home/linuxbrew/.linuxbrew: ro?, /home/runner/work: rw}",
    [],
  ],
  [
    "env/loader",
    "no directory that git may trust",
    'env: {set: {GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: safe.directory, GIT_CONFIG_VALUE_0: /x}}',
    [],
  ],
  ["env/loader", "a pattern by another known name", "env: {pass: [JDK_*, LUA_*]}", ["3 error", "3 error"]],
  [
    "env/secret",
    "a pattern by another known name",
    'env: {pass: ["npm_config_*", SNYK_*]}',
    ["3 warning", "3 warning"],
  ],
]);

describeCases("secrets of a project", [
  [
    "cred/history",
    "wherever they lie",
    "mounts: {.: ro}",
    ["3 warning"],
    { files: { [`${PROJECT}/packages/api/.env`]: "A=b" } },
  ],
  [
    "cred/history",
    "not in what was installed, nor in tests",
    "mounts: {.: ro}",
    [],
    { files: { [`${PROJECT}/node_modules/x/.env`]: "", [`${PROJECT}/packages/api/tests/x.pem`]: "" } },
  ],
  ["cred/history", "no certificates", "mounts: {.: ro}", [], { files: { [`${PROJECT}/server.pem`]: certificate } }],
  ["cred/history", "keys", "mounts: {.: ro}", ["3 warning"], { files: { [`${PROJECT}/server.pem`]: key } }],
  ["cred/history", "no bundle of authorities", "mounts: {/srv/ca-bundle.pem: ro, /srv/tls/fullchain.pem: ro}", []],
  ["cred/history", "a key by its name", "mounts: {/srv/tls/privkey.pem: ro}", ["3 warning"]],
]);

const disk = { files: { "/srv/disk/": "" }, mounts: [{ point: "/srv/disk", type: "fuse.sshfs", device: "8:17" }] };

describeCases("copy-on-write views of what the host has mounted", [
  ["path/submount", "below one", "mounts: {/v: {from: /srv, access: cow}}", ["3 warning"], disk],
  ["path/submount", "not what is masked", "mounts: {/v: {from: /srv, access: cow}}\nmask: [/srv/disk]", [], disk],
  ["path/submount", "not one of it", "mounts: {/v: {from: /srv/disk, access: cow}}", [], disk],
  ["path/case-or-mount", "of it", "mounts: {/v: {from: /srv/disk, access: cow}}", ["3 info"], disk],
  ["path/case-or-mount", "not above it", "mounts: {/v: {from: /srv, access: cow}}", [], disk],
]);

describeCases("masks of what is there at the start", [
  ["path/glob-late", "a directory wherever it lies", 'mounts: {.: ro}\nmask: ["**/secrets/*"]', ["4 warning"]],
  ["path/glob-late", "names of one letter and more", 'mounts: {.: ro}\nmask: ["secrets/?*"]', ["4 warning"]],
  ["path/glob-late", "no names with an ending", 'mounts: {.: ro}\nmask: ["secrets/*.pem", "**/*"]', []],
]);

describe("what planning refuses in one combination", () => {
  it("says in which, and what can be done about a pattern", async () => {
    const profile =
      'version: 1\nextends: [base]\nmounts: {.: ro}\nmask: ["keys/*.pem"]\nflags:\n  x: {mounts: {keys/a.pem: ro}}\n';
    const { problems } = await lintExample({ profile, machine: { files: { [`${PROJECT}/keys/a.pem`]: "" } } });
    expect(problems.map(({ rule, message }) => `${rule} ${message}`)).toEqual([
      expect.stringMatching(/^mask\/undone .* \(with the flag set x\)$/),
    ]);
    expect(problems[0]?.help).toBe("remove one of the two, or make the pattern narrower");
  });
});

describeCases("devices with a driver behind them", [
  [
    "dev/kvm-fuse-tun",
    "one, and a directory of them",
    "devices: [minimal, /dev/fuse?, /dev/dri/card0?]",
    ["3 info", "3 info"],
  ],
  ["dev/kvm-fuse-tun", "by patterns", 'devices: [minimal, "/dev/nvidia*", "/dev/kvm*"]', ["3 info", "3 info"]],
  ["dev/kvm-fuse-tun", "none of another name", "devices: [minimal, /dev/fusee?, /dev/kvm-x?]", []],
]);

const LINKED = { files: { [`${PROJECT}/d`]: { target: "/srv/all" }, "/srv/all/apt/": "" } };

describeWords("words about places", [
  [
    "path/symlink-escape",
    "mounts: {/srv/in: {from: ./d/apt}}",
    [
      "~/project/d/apt lies behind ~/project/d, a link that leads out of the project: /srv/all/apt is shown\nwrite `from: /srv/all/apt` if that is meant",
    ],
    LINKED,
  ],
  [
    "path/symlink-escape",
    "mounts: {/srv/in: {from: ./d}}",
    ["~/project/d is a link that leads out of the project: /srv/all is shown\nwrite `from: /srv/all` if that is meant"],
    LINKED,
  ],
  [
    "tmpfs/mode",
    "tmpfs: {/srv/work: {mode: 1777, size: 1M}, /srv/open: {mode: 0777, size: 1M}}",
    [
      "/srv/work has mode 1777: everybody inside can put files there, which nobody reckons with outside of /tmp\nwrite `mode: 0755`",
      "/srv/open has mode 0777: everybody inside can replace what others made\nwrite `mode: 0755`",
    ],
  ],
  [
    "life/inherit-fds",
    "process: {passFds: [5, 6]}",
    [
      "the command gets the caller's open descriptors 5 and 6: ways past every mount\ntake `passFds` out, or accept it with a reason under `lint.ignore`",
    ],
  ],
  [
    "port/host-specific",
    "mounts: {/usr/lib/x86_64-linux-gnu/gtk: ro}",
    [
      "/usr/lib/x86_64-linux-gnu is of Debian on one kind of processor\nlet a parameter hold it: `${lib}`, with this for its default",
    ],
  ],
  ["port/host-specific", 'params: {lib: /usr/lib/x86_64-linux-gnu}\nmounts: {"${lib}/gtk": ro}', []],
]);

const LIMITS = "without a limit of time, memory and tasks\nwrite `limits: {time: 30m, memory: 4G, tasks: 1024}`";

describeWords("what counts as a profile for CI", [
  [
    "life/no-limits",
    "profiles: {ci: {}, dev: {}}",
    [`a profile for CI, as the name ci says, ${LIMITS.replace("\n", " (with #ci)\n")}`],
  ],
  [
    "life/no-limits",
    "flags: {ci: {env: {set: {A: b}}}}\nuse: [ci]",
    [`a profile for CI, as the name ci says, ${LIMITS}`],
  ],
  ["life/no-limits", "profiles: {ci: {limits: {time: 30m, memory: 4G, tasks: 1024}}, circus: {}}", []],
]);
