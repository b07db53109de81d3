import { type Case, describeCases, PROJECT } from "./cases.ts";

const repository = (git: string) => ({
  [`${git}/HEAD`]: "ref: refs/heads/main\n",
  [`${git}/config`]: "",
  [`${git}/hooks/`]: "",
  [`${git}/objects/`]: "",
  [`${git}/refs/`]: "",
});

describeCases("repositories of others", [
  [
    "exec/git-hooks",
    "a file `commondir` could be made",
    "mounts:\n  /srv/a: rw\nprotect: [/srv/a/.git/config, /srv/a/.git/hooks]",
    ["4 error"],
    { files: repository("/srv/a/.git") },
  ],
  [
    "exec/git-hooks",
    "none that is protected as a whole",
    "mounts:\n  /srv/a: rw\nprotect: [/srv/a/.git]",
    [],
    { files: repository("/srv/a/.git") },
  ],
  [
    "exec/git-hooks",
    "the file of a worktree",
    "mounts:\n  /srv/a: rw",
    ["4 error"],
    { files: { "/srv/a/.git": "gitdir: /srv/main/.git/worktrees/a\n" } },
  ],
  ["exec/git-hooks", "a bare one", "mounts:\n  /srv/all: rw", ["4 error"], { files: repository("/srv/all/acme") }],
  [
    "exec/git-hooks",
    "a bare one of the usual name",
    "mounts:\n  /srv/a.git: rw",
    ["4 error"],
    { files: repository("/srv/a.git") },
  ],
  [
    "exec/git-hooks",
    "below the name of a host and an owner",
    "mounts:\n  /srv/src: rw",
    ["4 error"],
    { files: repository("/srv/src/github.com/acme/tool/.git") },
  ],
  [
    "exec/git-hooks",
    "one whose directory is behind a link",
    "mounts:\n  /srv/a: rw",
    ["4 error"],
    { files: { "/srv/a/.git": { target: "../b" }, ...repository("/srv/b") } },
  ],
  [
    "exec/git-hooks",
    "one among many files",
    "mounts:\n  /srv/all: rw",
    ["4 error"],
    {
      files: {
        ...repository("/srv/all/a/.git"),
        ...Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`/srv/all/f${index}`, ""])),
      },
    },
  ],
  [
    "exec/git-hooks",
    "one beside a crowd",
    "mounts:\n  /srv/work: rw",
    ["4 error"],
    {
      files: {
        ...repository("/srv/work/src/a/.git"),
        ...Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`/srv/work/cache/d${index}/`, ""])),
      },
    },
  ],
  ["exec/git-hooks", "no directory with a HEAD alone", "mounts:\n  /srv/a: rw", [], { files: { "/srv/a/x/HEAD": "" } }],
  ["exec/git-hooks", "not the project's own", "mounts:\n  .: rw", [], { files: repository(`${PROJECT}/.git`) }],
]);

describeCases("what is hidden on some machines only", [
  [
    "cred/ssh-gpg",
    "keys that are covered where there is something to cover them",
    "mounts:\n  /home/user: ro\n  ~/.ssh: {from: /opt/empty, access: ro, missing: skip}",
    ["4 error"],
  ],
  ...["ro?", "{from: /opt/empty, access: ro, missing: warn}", "{access: ro, missing: skip}"].map(
    (cover): Case => [
      "cred/ssh-gpg",
      `keys in a home under another name, where there is no ${cover}`,
      `mounts:\n  /h: {from: /home/user, access: ro}\n  /h/.ssh: ${cover}\nmask: [~/.gnupg]`,
      ["4 error"],
    ],
  ),
  [
    "cred/ssh-gpg",
    "keys where a marked directory is missing",
    "mounts: {/h: {from: /home/user, access: ro}}\nmarked: {/h/.ssh: {from: /opt/empty, missing: skip}}\nmask: [~/.gnupg]",
    ["3 error"],
  ],
  [
    "cred/ssh-gpg",
    "no keys that are always covered",
    "mounts:\n  /home/user: ro\n  ~/.ssh: {from: /opt/empty, access: ro}\n  ~/.gnupg: {from: /opt/empty, access: ro}",
    [],
  ],
  [
    "protect/absent",
    "what is skipped and could be made",
    "mounts:\n  ~/.config/acme: rw\nprotect: [{path: ~/.config/acme/plugins, missing: skip}]",
    ["5 info"],
    { files: { "/home/user/.config/acme/": "" } },
  ],
  [
    "protect/absent",
    "nothing that is skipped in the project",
    "mounts:\n  .: rw\nprotect: [{path: .envrc, missing: skip}]",
    [],
  ],
  [
    "protect/absent",
    "nothing that is skipped where nothing can be made",
    "mounts:\n  ~/.config/acme: ro\nprotect: [{path: ~/.config/acme/plugins, missing: skip}]",
    [],
    { files: { "/home/user/.config/acme/": "" } },
  ],
]);

describeCases("masks of what is missing", [
  [
    "cred/mask-absent",
    "a typing mistake at a well-known place of somebody else's",
    "mounts:\n  /home/bob: ro\nmask: [/home/bob/.kube/cnofig]",
    ["5 warning"],
    { files: { "/home/bob/.kube/": "" } },
  ],
  [
    "cred/mask-absent",
    "a well-known place of one's own",
    "mounts:\n  ~/: ro\nmask: [~/.kube/config]",
    [],
    { files: { "/home/user/.profile": "" } },
  ],
  [
    "cred/mask-absent",
    "a typing mistake in front of a pattern",
    'mounts:\n  .: rw\nmask: ["confg/*.key"]',
    ["5 warning"],
    { files: { [`${PROJECT}/config/`]: "" } },
  ],
  [
    "cred/mask-absent",
    "no pattern that may fit anywhere, that fits nothing yet, or that is for all of a directory",
    'mounts:\n  .: rw\nmask: ["**/.env", "config/*.key", "confg/*"]',
    [],
    { files: { [`${PROJECT}/config/`]: "" } },
  ],
  [
    "cred/mask-absent",
    "no well-known place behind a pattern",
    'mounts:\n  /run: ro\n  ~/: ro\nmask: ["/run/user/*/bus", "~/.kube/*", /run/docker.sock]',
    [],
  ],
]);
