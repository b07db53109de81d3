/** One option of a bwrap call with its operands; `--perms` and the like belong to the operation that follows. */
export type Unit = readonly string[];

const HOST = {
  root: "/srv/root",
  libdir: "/usr/lib/osbuild",
  runner: "/srv/runners/org.osbuild.fedora38",
  modules: "/usr/lib/python3/osbuild",
  dev: "{run}/dev",
  var: "{run}/scratch-var",
  socket: "{run}/api-endpoint",
} as const;

/** The paths that stand for the seed's own in both calls. */
export const PLACES = HOST;

/** What a caller of both binds, and runs. */
export const CALLER = {
  rw: ["/srv/tree", "/run/osbuild/tree"],
  ro: ["/srv/sources", "/run/osbuild/sources"],
  argv: ["org.osbuild.rpm", "--option"],
} as const;

/** The seed's call, complete and in its order. */
export const SEED: readonly Unit[] = [
  ["--cap-add", "CAP_MAC_ADMIN"],
  ["--chdir", "/"],
  ["--die-with-parent"],
  ["--new-session"],
  ["--setenv", "PATH", "/usr/sbin:/usr/bin"],
  ["--setenv", "PYTHONPATH", "/run/osbuild/lib"],
  ["--unshare-ipc"],
  ["--unshare-pid"],
  ["--unshare-net"],
  ["--ro-bind", `${HOST.root}/boot`, "/boot"],
  ["--ro-bind", `${HOST.root}/usr`, "/usr"],
  ["--symlink", "usr/lib", "/lib"],
  ["--symlink", "usr/lib64", "/lib64"],
  ["--symlink", "usr/bin", "/bin"],
  ["--symlink", "usr/sbin", "/sbin"],
  ["--dev-bind", HOST.dev, "/dev"],
  ["--tmpfs", "/dev/shm"],
  ["--dir", "/etc"],
  ["--tmpfs", "/run"],
  ["--tmpfs", "/tmp"],
  ["--bind", HOST.var, "/var"],
  ["--proc", "/proc"],
  ["--bind", "/sys", "/sys"],
  ["--ro-bind-try", "/sys/fs/selinux", "/sys/fs/selinux"],
  ["--ro-bind", HOST.libdir, "/run/osbuild/lib"],
  ["--ro-bind", HOST.modules, "/run/osbuild/lib/osbuild"],
  ["--bind", ...CALLER.rw],
  ["--ro-bind", ...CALLER.ro],
  ["--dir", "/run/osbuild/api"],
  ["--bind", HOST.socket, "/run/osbuild/api/endpoint"],
  ["--", "/run/osbuild/lib/runners/org.osbuild.fedora38", ...CALLER.argv],
];

/** Where the profile does something else: what the seed has, what the profile has instead, for whom, and why. */
export interface Deviation {
  readonly seed?: readonly Unit[];
  readonly profile?: readonly Unit[];
  readonly user?: "root" | "ordinary";
  readonly because: string;
}

const import_ = (path: string): Unit => ["--ro-bind", `${HOST.root}${path}`, path];
const NODES = ["full", "null", "random", "urandom", "tty", "zero", "fuse"];

/** Every difference; one that is not listed here fails the test, and so does one that does not occur. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    seed: [["--cap-add", "CAP_MAC_ADMIN"]],
    because: "root keeps every capability in bubblewrap anyway; osbuild dropped it as redundant",
  },
  {
    seed: [
      ["--setenv", "PATH", "/usr/sbin:/usr/bin"],
      ["--setenv", "PYTHONPATH", "/run/osbuild/lib"],
    ],
    because: "bwrap is started with exactly the command's environment: nothing of the host's is left to be overridden",
  },
  {
    seed: [["--tmpfs", "/dev/shm"]],
    profile: [["--perms", "1777", "--tmpfs", "/dev/shm"]],
    because: "everybody may write there: bubblewrap's own mode is 0755",
  },
  {
    seed: [["--tmpfs", "/tmp"]],
    profile: [["--perms", "1777", "--tmpfs", "/tmp"]],
    because: "everybody may write there: bubblewrap's own mode is 0755",
  },
  {
    profile: [["--perms", "1777", "--dir", "/var/tmp"]],
    because: "today's osbuild has a real directory there, not a link to a /tmp in memory; 1777 whatever the umask",
  },
  {
    seed: [["--bind", "/sys", "/sys"]],
    profile: [["--ro-bind", "/sys", "/sys"]],
    because: "today's osbuild: udevadm waited for events that never came",
  },
  {
    seed: [["--ro-bind-try", "/sys/fs/selinux", "/sys/fs/selinux"]],
    profile: [["--ro-bind", "/sys/fs/selinux", "/sys/fs/selinux"]],
    because: "whether it is there is settled in the plan, where it can be seen",
  },
  {
    profile: [
      import_("/etc/mke2fs.conf"),
      import_("/etc/containers"),
      import_("/etc/ostree"),
      import_("/etc/selinux"),
      import_("/ostree"),
    ],
    because: "today's osbuild: what mke2fs, skopeo, ostree and libselinux of the tree read",
  },
  {
    profile: [["--perms", "0444", "--ro-bind-data", "3", "/proc/cmdline"]],
    because: "today's osbuild: the host's kernel command line would tell which root it was started with",
  },
  {
    user: "root",
    profile: ["acpi", "sys"].map((name) => ["--ro-bind", `/proc/${name}`, `/proc/${name}`]),
    because: "root's user id alone may write kernel settings, core_pattern among them, which runs a program outside",
  },
  {
    user: "ordinary",
    seed: [["--dev-bind", HOST.dev, "/dev"]],
    profile: [["--tmpfs", "/dev"], ...NODES.map((name) => ["--dev-bind", `/dev/${name}`, `/dev/${name}`])],
    because: "who can make no device nodes gets the host's, in a tmpfs of the sandbox's own",
  },
  {
    profile: [
      ["--dir", "/run/osbuild"],
      ["--dir", "/run/osbuild/runner"],
    ],
    because: "parents are made with mode 0755: those that bubblewrap makes by itself are closed to everybody else",
  },
  {
    seed: [["--", "/run/osbuild/lib/runners/org.osbuild.fedora38", ...CALLER.argv]],
    profile: [
      ["--ro-bind", HOST.runner, "/run/osbuild/runner/org.osbuild.fedora38"],
      ["--", "/run/osbuild/runner/org.osbuild.fedora38", ...CALLER.argv],
    ],
    because: "today's osbuild binds the runner by itself and assumes nothing about where libdir keeps it",
  },
];
