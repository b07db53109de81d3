import { describeCases, describeWords, PROJECT } from "./cases.ts";

const LOOP = { files: { [`${PROJECT}/l1`]: { target: "l2" }, [`${PROJECT}/l2`]: { target: "l1" } } };

describeCases("links that lead round", [
  ["path/symlink-loop", "two absolute ones", "symlinks: {/x/a: /x/b, /x/b: /x/a}", ["3 error"]],
  ["path/symlink-loop", "one that names itself", "symlinks: {/x/a: a}", ["3 error"]],
  ["path/symlink-loop", "one below itself", "symlinks: {/x/a: a/b}", ["3 error"]],
  ["path/symlink-loop", "three, by way of `..`", "symlinks: {/x/a: b, /x/b: ./c, /x/c: ../x/a}", ["3 error"]],
  ["path/symlink-loop", "two circles", "symlinks: {/x/a: a, /x/b: b}", ["3 error", "3 error"]],
  ["path/symlink-loop", "none where the last leads out", "symlinks: {/x/a: /x/b, /x/b: ../usr}", []],
  ["path/symlink-loop", "none that leads to nothing", "symlinks: {/x/a: /x/b}", []],
  ["path/symlink-loop", "none to its own directory", "symlinks: {/x/a: .}", []],
  ["path/symlink-loop", "the host's, granted", "mounts: {./l1: ro?}", ["3 error"], LOOP],
  [
    "path/symlink-loop",
    "the host's, shown",
    "mounts: {.: ro}\nsymlinks: {/x/a: /home/user/project/l1}",
    ["4 error"],
    LOOP,
  ],
  ["path/symlink-loop", "none that is only shown", "mounts: {.: ro}", [], LOOP],
]);

describeWords("what is said of links that lead round", [
  [
    "path/symlink-loop",
    "symlinks: {/x/c: a, /x/a: b, /x/b: /x/a}",
    ["/x/c leads round in a circle: /x/b → /x/a → /x/b\nlet one of these links lead elsewhere, or take it out"],
  ],
]);

const NOWHERE = { files: { [`${PROJECT}/dl`]: { target: "nowhere" } } };

describeCases("what is not there", [
  [
    "path/missing-source",
    "though its condition is met",
    "mounts: {/opt/x: {access: ro, when: {exists: /usr}}}",
    ["3 warning"],
  ],
  ["path/missing-source", "none whose condition is not", "mounts: {/opt/x: {access: ro, when: {exists: /opt/x}}}", []],
  [
    "path/missing-source",
    "none that may be missing, with a condition",
    "mounts: {/opt/x: {missing: skip, when: {exists: /usr}}}",
    [],
  ],
  ["path/missing-source", "a device", "devices: [minimal, /dev/nonesuch]", ["3 warning"]],
  ["path/missing-source", "no device that may be missing", 'devices: [minimal, /dev/nonesuch?, "/dev/none*"]', []],
  ["path/missing-source", "no device that is there", "devices: [minimal, /dev/null]", []],
  ["path/missing-source", "no link, which is a link inside", "mounts: {./dl: ro}", [], NOWHERE],
  [
    "path/missing-source",
    "what a link leads to, shown elsewhere",
    "mounts: {/srv/x: {from: ./dl}}",
    ["3 warning"],
    NOWHERE,
  ],
]);

describeWords("what to do about what is not there", [
  [
    "path/missing-source",
    "version: 1\nroot: {from: /opt/x, access: ro}\n",
    ["/opt/x does not exist here: `sbx run` stops\nmake /opt/x, or name another directory"],
  ],
  [
    "path/missing-source",
    "devices: [minimal, /dev/nonesuch]",
    [
      "/dev/nonesuch does not exist here: `sbx run` stops\nmake /dev/nonesuch, or write `/dev/nonesuch?` to go without where it is missing",
    ],
  ],
]);

describeCases("mounts that make no difference", [
  [
    "order/duplicate",
    "none of what is empty under the host's root",
    "version: 1\nroot: host\nmounts: {/tmp: ro, /run: ro, /var/tmp: ro, /run/user/1000: ro}\n",
    [],
  ],
  ["order/duplicate", "what the host's root shows", "version: 1\nroot: host\nmounts: {/usr/share: ro}\n", ["3 info"]],
  [
    "order/duplicate",
    "a place in a wider one that is granted",
    "version: 1\nroot: empty\nmounts: {/var: ro, /var/tmp: ro}\n",
    ["3 info"],
  ],
  ["order/duplicate", "none that a built-in has", "version: 1\nextends: [host-ro, node]\n", []],
  ["order/duplicate", "none that a built-in has, below an author's", "mounts: {/: ro}", []],
]);

const STUB = "/run/systemd/resolve/stub-resolv.conf";
const NEITHER = `names will not resolve: /etc/resolv.conf and ${STUB} are not shown`;

describeWords("what is missing for names to resolve", [
  [
    "dns/dangling",
    "network: host",
    [`${NEITHER}\nuse the flag set \`network\` of \`base\`, or mount /etc/resolv.conf and ${STUB}`],
  ],
  [
    "dns/dangling",
    `network: host\nmounts: {${STUB}: ro}`,
    [
      "names will not resolve: /etc/resolv.conf is not shown\nuse the flag set `network` of `base`, or mount /etc/resolv.conf",
    ],
  ],
  [
    "dns/dangling",
    "network: host\nmounts: {/etc/resolv.conf: ro}",
    [`names will not resolve: ${STUB} is not shown\nuse the flag set \`network\` of \`base\`, or mount ${STUB}`],
  ],
  ["dns/dangling", `network: host\nmounts: {/etc/resolv.conf: ro, ${STUB}: ro}`, []],
  [
    "dns/dangling",
    "version: 1\nroot: host\nnetwork: host\n",
    [`names will not resolve: ${STUB} is not shown\nmount ${STUB}`],
  ],
]);

describeCases("masks for all that lies in a directory", [
  ["path/glob-late", "however deep", 'mounts: {.: ro}\nmask: ["./secrets/**/*"]', ["4 warning"]],
  ["path/glob-late", "of any name", 'mounts: {.: ro}\nmask: ["**/secrets/**/*"]', ["4 warning"]],
  ["path/glob-late", "none for some of it", 'mounts: {.: ro}\nmask: ["keys/*.pem", ".env.*", "**/.env"]', []],
  ["path/glob-late", "none for the whole project", 'mounts: {.: ro}\nmask: ["./**/*"]', []],
]);

const BETTER = "and better `extends: [base]` with what is needed";

describeWords("what to write instead of the host's root", [
  [
    "host/root-rw",
    "version: 1\nroot: {from: /, access: rw}\nmask: [~/.ssh]\n",
    [`the host's root can be written\nwrite \`root: host\`, ${BETTER}`],
  ],
  [
    "host/root-rw",
    "version: 1\nmounts: {/host: {from: /, access: rw}}\n",
    [`the host's root can be written\nwrite \`access: ro\`, ${BETTER}`],
  ],
]);
