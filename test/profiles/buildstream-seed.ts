import type { Unit } from "./seed-argv.ts";

/** The flags of BuildStream's sandbox, by the names of the flag sets that stand for them. */
export const FLAGS = ["root-read-only", "network", "interactive", "inherit-uid"] as const;
export type Flag = (typeof FLAGS)[number];

/** Every set of flags, none of them first. */
export const COMBINATIONS: readonly (readonly Flag[])[] = Array.from({ length: 2 ** FLAGS.length }, (_, bits) =>
  FLAGS.filter((_flag, index) => (bits & (1 << index)) !== 0),
);

export const ROOT = "/srv/root";
export const MARKS = ["/buildstream/build", "/buildstream/install"] as const;
export const CWD = "/buildstream/build";
export const IDS = { uid: 800, gid: 900 } as const;
export const COMMAND = ["sh", "-e", "-c", "make"] as const;
const NODES = ["full", "null", "urandom", "random", "zero"];

/** The seed's call with these flags, complete and in its order. */
export function seedCall(flags: readonly Flag[]): Unit[] {
  const on = (flag: Flag) => flags.includes(flag);
  const when = (flag: boolean, ...units: Unit[]) => (flag ? units : []);
  return [
    ["--unshare-pid"],
    ["--die-with-parent"],
    ["--bind", ROOT, "/"],
    ...when(!on("network"), ["--unshare-net"], ["--unshare-uts"], ["--hostname", "buildstream"], ["--unshare-ipc"]),
    ["--chdir", CWD],
    ["--proc", "/proc"],
    ["--tmpfs", "/tmp"],
    ...when(on("interactive"), ["--dev", "/dev"]),
    ...when(!on("interactive"), ...NODES.map((name): Unit => ["--dev-bind", `/dev/${name}`, `/dev/${name}`])),
    ...MARKS.map((path): Unit => ["--dev-bind", `${ROOT}${path}`, path]),
    ...when(on("root-read-only"), ["--remount-ro", "/"]),
    ["--unshare-user"],
    ...when(!on("inherit-uid"), ["--uid", String(IDS.uid)], ["--gid", String(IDS.gid)]),
    COMMAND,
  ];
}

/** The seed's environment of an element. */
export const SEED_ENVIRONMENT = {
  PATH: "/usr/bin:/bin:/usr/sbin:/sbin",
  SHELL: "/bin/sh",
  TERM: "dumb",
  USER: "tomjon",
  USERNAME: "tomjon",
  LOGNAME: "tomjon",
  LC_ALL: "C",
  HOME: "/tmp",
  TZ: "UTC",
  SOURCE_DATE_EPOCH: "1320937200",
} as const;

/** Where the profiles do something else: what the seed has, what they have instead, when, and why. */
export interface Deviation {
  readonly seed?: readonly Unit[];
  readonly profile?: readonly Unit[];
  readonly user?: "root" | "ordinary";
  readonly with?: Flag;
  readonly because: string;
}

/** Every difference; one that is not listed here fails the test, and so does one that does not occur. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    with: "root-read-only",
    seed: [
      ["--bind", ROOT, "/"],
      ["--remount-ro", "/"],
    ],
    profile: [["--ro-bind", ROOT, "/"]],
    because:
      "read-only from the start, and with it whatever is mounted in the root on the host: a remount reaches one mount. " +
      "sbx makes the mount points before bwrap starts and takes them away afterwards",
  },
  {
    seed: [["--tmpfs", "/tmp"]],
    profile: [["--perms", "1777", "--tmpfs", "/tmp"]],
    because: "everybody may write there: bubblewrap's own mode is 0755",
  },
  {
    profile: [["--new-session"]],
    because: "what a command types into the caller's terminal would be run outside; a shell gets a pty that sbx relays",
  },
  {
    profile: [["--disable-userns"]],
    because: "a build needs no user namespaces of its own, and they are the kernel's most attacked part",
  },
  { profile: [["--unshare-cgroup-try"]], because: "the host's control groups are nobody's business" },
  {
    profile: [["--cap-drop", "ALL"]],
    because: "an ordinary caller's command has none in the seed either; root's would keep all of them",
  },
  {
    user: "root",
    profile: [["--remount-ro", "/proc"]],
    because: "root's user id alone may write kernel settings, core_pattern among them, which runs a program outside",
  },
  {
    seed: [COMMAND],
    profile: [["--", ...COMMAND]],
    because: "a command that starts with a dash is not taken for an option",
  },
];
