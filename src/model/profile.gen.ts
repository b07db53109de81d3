// Generated from schema/profile.schema.json by `npm run generate`; not edited by hand.

/** One parameter: its default value, or a mapping. */
export type Param =
  | string
  | {
      /** What a value has to be; a `path` is made absolute (against the file that wrote it, or the caller's directory when the caller set it), of a `name` the last part of a path is taken. */
      readonly type?: "string" | "path" | "name" | "integer" | "boolean";
      /** The caller has to set it. */
      readonly required?: boolean;
      /** The value when the caller sets none. */
      readonly default?: string;
      /** The host variable that gives the value when the caller sets none; it comes before `default`. Only so do other host variables than the built-in ones get in. */
      readonly env?: string;
      /** A value that shows what is meant; used in messages and where a profile is checked without its caller. */
      readonly example?: string;
      /** One sentence on what it is for. */
      readonly description?: string;
    };
/** What the sandbox's `/` is: `empty` (a tmpfs), `host` (the host's, read-only, with /run, /tmp, /var/tmp, /dev/shm and ${XDG_RUNTIME_DIR} empty), or a mapping for a directory of your own. */
export type Root =
  | ("empty" | "host")
  | {
      /** The host directory that becomes `/`. */
      readonly from: string;
      /** What the command may do in it: `ro` read, `rw` write to the host directory, `cow` write to a layer that is thrown away. */
      readonly access?: "ro" | "rw" | "cow";
      /** The directory holds hard-linked content that must never be written through. */
      readonly artifact?: boolean;
    };
/** One mount: `ro` (read), `rw` (write), `dev` (write, device nodes work) or `cow` (writes go to a scratch layer that is thrown away), each with `?` behind it to skip it when the source is missing; or a mapping. */
export type Mount =
  | ("ro" | "rw" | "dev" | "cow" | "ro?" | "rw?" | "dev?" | "cow?")
  | {
      /** The source on the host. Default: the destination's own path. */
      readonly from?: string;
      readonly access?: Access;
      /** What to do when the source isn't there: stop the run (`fail`), leave the mount out silently (`skip`) or with a warning (`warn`), or make it on the host (`create`), where it stays. */
      readonly missing?: "fail" | "skip" | "warn" | "create";
      /** What the source has to be; anything else stops the run. With `missing: create`: what to make, a directory unless it says `file`. */
      readonly type?: "directory" | "file" | "socket" | "device";
      /** The source has to lie in this host directory, and no link may lead to it from there: for trees that others filled. Otherwise `missing: skip` leaves the mount out, and anything else stops the run. */
      readonly inside?: string;
      readonly when?: When;
      /** With `access: cow`: the host directory that keeps the written layer. Default: it is thrown away. */
      readonly keep?: string;
      /** Instead of a source: a fresh host directory for the session's life, removed afterwards. `true` makes it in the run directory, a path makes it below that directory. */
      readonly scratch?: true | string;
    };
/** What the command may do with a mount: `ro` read, `rw` write, `dev` write and use device nodes, `cow` write to a scratch layer. */
export type Access = "ro" | "rw" | "dev" | "cow";
/** What `/dev` holds. `minimal`: null, zero, full, random, urandom, tty, the fd and std* links and an empty shm. `full`: bubblewrap's own `/dev`, which adds pts, ptmx and console. `none`: no `/dev`. A list adds host nodes, each a path below /dev, with patterns, and `?` behind it to skip it when it is missing. A mapping with `nodes` and `backing` builds a `/dev` of its own. */
export type Devices =
  | ("minimal" | "full" | "none")
  | readonly string[]
  | {
      /** The nodes, as in the list. */
      readonly nodes: readonly string[];
      /** `tmpfs`: the nodes are made in a memory file system on the host, bound as `/dev` and undone afterwards. */
      readonly backing?: "tmpfs";
    };
/** Whether `/proc` is mounted. A mapping mounts it and puts files of your own over some of its files: name below /proc → content. */
export type Proc =
  | boolean
  | {
      readonly [k: string]: string;
    };
/** One protected path, or a mapping. */
export type Protect =
  | string
  | {
      /** The host path; patterns are welcome. */
      readonly path: string;
      /** When the path isn't there and its parent is writable inside: stop the run, or go without. */
      readonly missing?: "fail" | "skip";
    };
/** How this repository's `.git` is shown, clone or worktree: hidden wherever an entry shows it (`none`), read-only (`ro`) or writable but for hooks and config (`rw`, which this version plans and does not run). */
export type Git = "none" | "ro" | "rw";
/** `none`: a loopback of its own, nothing else. `host`: the host's network, with its loopback and abstract sockets. */
export type Network = "none" | "host";
/** The capabilities that the command has inside: `none`, `keep` (what the caller has), exactly the ones listed, or a mapping that adds to and drops from the inherited ones. */
export type Capabilities =
  | ("none" | "keep")
  | readonly string[]
  | {
      /** Capabilities it gets besides the inherited ones. */
      readonly add?: readonly string[];
      /** Inherited capabilities that it loses. */
      readonly drop?: readonly string[];
    };

/** A sandbox profile, version 1: what a command sees of the host, and what it may do. What is not written here is not granted. */
export interface Profile extends Fragment {
  /** The version of the profile language. Always 1; it has to be there. */
  readonly version: 1;
  /** One sentence on what the profile is for, shown in lists. Not inherited. */
  readonly description?: string;
  /** The profiles this one builds on, laid in this order below it: a bare word is a built-in profile, `/`, `./`, `../` or `~` starts a file's path (relative to this file), `npm:PACKAGE/PATH` names a file of an installed package. */
  readonly extends?: string | readonly string[];
  /** Values that a caller may set (`--set NAME=VALUE`), each by its lower-case name; `${NAME}` in any text stands for the value. A string is short for a mapping with that `default`. Visible in every file of the chain; the last declaration wins. */
  readonly params?: {
    readonly [k: string]: Param;
  };
  /** Named flag sets: fragments that are laid over the profile when `--flag NAME` or `use` asks for them. Any number can be in use at once. Inherited by name; a later one replaces the whole set. */
  readonly flags?: {
    readonly [k: string]: Fragment;
  };
  /** The flag sets that are on unless `--no-flag NAME` turns them off. */
  readonly use?: readonly string[];
  /** Named variants of this file, of which a run takes at most one (`-p '#NAME'`); each is laid over the file's top level. Not inherited. */
  readonly profiles?: {
    readonly [k: string]: Variant;
  };
  /** The variant that a run takes when none is named; without it, the top level itself. Not inherited. */
  readonly default?: string;
  /** What `sbx test` holds the profile to: each claim by a name of its own. Not inherited. */
  readonly tests?: {
    readonly [k: string]: Test;
  };
  /** How `sbx lint` treats this file. Not inherited. */
  readonly lint?: {
    /** Findings that are accepted, each with its reason. */
    readonly ignore?: readonly LintIgnore[];
  };
  /** Profiles further in that may govern their own directory. Without it the outermost profile governs all of its tree. Not inherited. */
  readonly nested?: readonly string[];
}
/** Part of a profile: what is merged, layer over layer. A flag set is a fragment. */
export interface Fragment {
  readonly root?: Root;
  /** What of the host is shown: destination in the sandbox → access, or a mapping. The source is the same path on the host unless `from` says otherwise. Relative paths start from the file that wrote them. */
  readonly mounts?: {
    readonly [k: string]: Mount;
  };
  /** Marked directories, by destination: mounts of their own that stay writable even under a read-only root. */
  readonly marked?: {
    readonly [k: string]: Marked;
  };
  /** Empty, writable memory file systems, by destination; a list of paths will do. */
  readonly tmpfs?:
    | {
        readonly [k: string]: Tmpfs;
      }
    | readonly string[];
  /** Empty directories made in the sandbox, by destination; a list of paths will do. */
  readonly dirs?:
    | {
        readonly [k: string]: Dir;
      }
    | readonly string[];
  /** Files with content of their own, by destination: a read-only copy is bound over the place, nothing is written to the host. */
  readonly files?: {
    readonly [k: string]: File;
  };
  /** Symbolic links made in the sandbox: link → target. The target is taken as it is written. */
  readonly symlinks?: {
    readonly [k: string]: string;
  };
  readonly devices?: Devices;
  readonly proc?: Proc;
  /** Host files and directories that are hidden at every place where any entry shows them; patterns with `*`, `?` and `**` are welcome. A masked directory is empty and read-only, so is a masked file. A path that isn't there is satisfied. */
  readonly mask?: readonly string[];
  /** Host files and directories that are read-only at every place where an entry shows them writable; they can't be renamed away either. */
  readonly protect?: readonly Protect[];
  readonly git?: Git;
  readonly env?: Env;
  readonly process?: Process;
  readonly limits?: Limits;
  readonly namespaces?: Namespaces;
  readonly network?: Network;
  readonly capabilities?: Capabilities;
  /** Servers that run on the host while the sandbox lives, each by a name, reached through a socket inside. Honoured only in built-in profiles, in the user's own configuration and with `--allow-api NAME`. */
  readonly apis?: {
    readonly [k: string]: Api;
  };
  readonly remove?: Remove;
}
/** A condition on the host; the mount is left out unless every line of it holds. */
export interface When {
  /** This host path exists. */
  readonly exists?: string;
  /** This host path doesn't exist. */
  readonly absent?: string;
  /** This host path is an empty directory or an empty file. */
  readonly empty?: string;
}
/** One marked directory. */
export interface Marked {
  /** The source on the host. Default: the same path inside `root`. */
  readonly from?: string;
  /** The directory holds hard-linked content that must never be written through. */
  readonly artifact?: boolean;
  /** What to do when the source isn't there: `fail` stops the run, `skip` and `warn` leave the mount out, `create` makes a directory. Default: inside `root` the directory is made and goes again if it stays empty; with `from` the run stops. */
  readonly missing?: "fail" | "skip" | "warn" | "create";
}
/** One memory file system. */
export interface Tmpfs {
  /** Its permission bits, octal. Default: 1777 for /tmp, /var/tmp and /dev/shm, else 0755. */
  readonly mode?: string;
  /** The most it may hold, in bytes or with K, M, G or T (powers of 1024). Default: the kernel's, half of the memory. */
  readonly size?: string;
}
/** One empty directory. */
export interface Dir {
  /** Its permission bits, octal. */
  readonly mode?: string;
}
/** One file with content of its own. */
export interface File {
  /** What the file holds, as it is written; no line end is added. */
  readonly content: string;
  /** Its permission bits, octal; it can't be written to whatever they are. */
  readonly mode?: string;
}
/** The command's environment. */
export interface Env {
  /** Start from an empty environment; `false` starts from the caller's. */
  readonly clear?: boolean;
  /** The caller's variables that are passed on when they are set; patterns with `*` and `?` are welcome. */
  readonly pass?: readonly string[];
  /** The caller's variables that are passed on and have to be set; a missing one stops the run. */
  readonly require?: readonly string[];
  /** Variables with a value of their own: name → text as written. */
  readonly set?: {
    readonly [k: string]: string;
  };
  /** Paths that go in front of a colon-separated variable: name → paths, the first one foremost. */
  readonly prepend?: {
    readonly [k: string]: readonly string[];
  };
  /** Variables taken away again, whichever earlier layer asks for them; a later layer may bring them back. */
  readonly unset?: readonly string[];
}
/** How the command is started and ended. */
export interface Process {
  /** The directory it starts in, as a path in the sandbox; `caller` is the caller's own where the sandbox shows it, else ${PROJECT}, else `/`. */
  readonly cwd?: string;
  /** The host name inside; needs the uts namespace. Default: the host's own. */
  readonly hostname?: string;
  /** The user id inside; another than the caller's needs the user namespace. Default: the caller's. */
  readonly uid?: number;
  /** The group id inside; another than the caller's needs the user namespace. Default: the caller's. */
  readonly gid?: number;
  /** Words that go in front of every command: a program in the sandbox and its arguments. */
  readonly wrapper?: readonly string[];
  /** What the command reads: the caller's standard input, or nothing. */
  readonly stdin?: "inherit" | "none";
  /** The terminal session: `new` is one without a terminal, `pty` one with a terminal of its own that is relayed, `keep` is the caller's (the command can type into it), `auto` is `pty` when standard input and output are terminals, else `new`. */
  readonly session?: "auto" | "new" | "keep" | "pty";
  /** How long the command has after it was told to end before it is killed; 0s kills it at once. */
  readonly killAfter?: string;
  /** The sandbox ends when sbx ends, however that happens. */
  readonly dieWithParent?: boolean;
  /** Open descriptors of the caller, from 3, that the command gets under the same numbers. */
  readonly passFds?: readonly number[];
  /** The machine that the command is told it runs on, by setarch(8)'s names. Default: the host's. */
  readonly arch?: string;
}
/** What the command may use up. A limit that can't be had stops the run, unless it is written as `{value: …, try: true}`. Default: no limit. */
export interface Limits {
  /** The time from start to end; then the sandbox is ended and sbx exits with 124. A whole number with ms, s, m or h. */
  readonly time?:
    | string
    | {
        /** The limit. */
        readonly value: string;
        /** Go without the limit when it can't be had. */
        readonly try?: boolean;
      };
  /** The memory of all processes together, in bytes or with K, M, G or T (powers of 1024). */
  readonly memory?:
    | string
    | {
        /** The limit. */
        readonly value: string;
        /** Go without the limit when it can't be had. */
        readonly try?: boolean;
      };
  /** The number of processes and threads at one time. */
  readonly tasks?:
    | number
    | {
        /** The limit. */
        readonly value: number;
        /** Go without the limit when it can't be had. */
        readonly try?: boolean;
      };
  /** The processors' worth of time that all processes get together; 1.5 is one and a half. */
  readonly cpus?:
    | string
    | {
        /** The limit. */
        readonly value: string;
        /** Go without the limit when it can't be had. */
        readonly try?: boolean;
      };
  /** The processor time of each process, rounded up to seconds. A whole number with ms, s, m or h. */
  readonly cpuTime?:
    | string
    | {
        /** The limit. */
        readonly value: string;
        /** Go without the limit when it can't be had. */
        readonly try?: boolean;
      };
  /** The open descriptors of each process. */
  readonly openFiles?:
    | number
    | {
        /** The limit. */
        readonly value: number;
        /** Go without the limit when it can't be had. */
        readonly try?: boolean;
      };
  /** The largest file a process may write, in bytes or with K, M, G or T (powers of 1024). */
  readonly fileSize?:
    | string
    | {
        /** The limit. */
        readonly value: string;
        /** Go without the limit when it can't be had. */
        readonly try?: boolean;
      };
  /** The largest core file, in bytes or with K, M, G or T (powers of 1024); 0 is none. */
  readonly core?:
    | string
    | {
        /** The limit. */
        readonly value: string;
        /** Go without the limit when it can't be had. */
        readonly try?: boolean;
      };
}
/** The kernel namespaces that the sandbox gets for itself. One that can't be had stops the run; `try` goes without it. */
export interface Namespaces {
  /** Own user and group ids. */
  readonly user?: boolean | "try";
  /** Own processes; none of the host's are seen. */
  readonly pid?: boolean;
  /** Own System V and POSIX message queues, semaphores and shared memory. */
  readonly ipc?: boolean;
  /** Own host name. */
  readonly uts?: boolean;
  /** Own view of the control groups. */
  readonly cgroup?: boolean | "try";
  /** The command may make user namespaces itself (browsers and sandboxes inside the sandbox need it). */
  readonly nested?: boolean;
}
/** One server on the host. */
export interface Api {
  /** The program on the host and its arguments; `{socket}` stands for the path of the socket it has to listen on. */
  readonly command: readonly string[];
  /** Where the socket appears in the sandbox. */
  readonly at: string;
  /** How long to wait until the server listens; then the run stops. A whole number with ms, s, m or h. */
  readonly ready?: string;
}
/** Inherited entries to take away, before this layer's own are added: the profile's shape with lists of keys or items at the leaves. Removing what isn't there is a problem. */
export interface Remove {
  /** Destinations of mounts. */
  readonly mounts?: readonly string[];
  /** Destinations of marked directories. */
  readonly marked?: readonly string[];
  /** Destinations of memory file systems. */
  readonly tmpfs?: readonly string[];
  /** Destinations of empty directories. */
  readonly dirs?: readonly string[];
  /** Destinations of files. */
  readonly files?: readonly string[];
  /** Links. */
  readonly symlinks?: readonly string[];
  /** Items of `devices`, as they were written. */
  readonly devices?: readonly string[];
  /** Names of files below /proc. */
  readonly proc?: readonly string[];
  /** Masks, as they were written. */
  readonly mask?: readonly string[];
  /** Paths of protections. */
  readonly protect?: readonly string[];
  /** Entries of the environment. */
  readonly env?: {
    /** Names and patterns of `env.pass`, as they were written. */
    readonly pass?: readonly string[];
    /** Names of `env.require`. */
    readonly require?: readonly string[];
    /** Names of `env.set`. */
    readonly set?: readonly string[];
    /** Names of `env.prepend`; all that was put in front goes. */
    readonly prepend?: readonly string[];
    /** Names of `env.unset`. */
    readonly unset?: readonly string[];
  };
  /** Keys of `process` that go back to their defaults. */
  readonly process?: readonly (
    | "cwd"
    | "hostname"
    | "uid"
    | "gid"
    | "wrapper"
    | "stdin"
    | "session"
    | "killAfter"
    | "dieWithParent"
    | "passFds"
    | "arch"
  )[];
  /** Keys of `limits`. */
  readonly limits?: readonly ("time" | "memory" | "tasks" | "cpus" | "cpuTime" | "openFiles" | "fileSize" | "core")[];
  /** Keys of `namespaces` that go back to their defaults. */
  readonly namespaces?: readonly ("user" | "pid" | "ipc" | "uts" | "cgroup" | "nested")[];
  /** Names of servers. */
  readonly apis?: readonly string[];
  /** Names of flag sets. */
  readonly flags?: readonly string[];
  /** Flag sets that are no longer on by default. */
  readonly use?: readonly string[];
}
/** A named variant of a file: a fragment with parents of its own, which come after the file's parents and before the file. */
export interface Variant extends Fragment {
  /** One sentence on what the variant is for, shown in lists. */
  readonly description?: string;
  /** The profiles this variant adds as parents, written as in the file's own `extends`. */
  readonly extends?: string | readonly string[];
  /** Flag sets that are on in this variant, besides the file's own. */
  readonly use?: readonly string[];
}
/** One claim about the sandbox; every line of it has to hold. Without `run` it is checked against the plan alone. */
export interface Test {
  /** Paths whose host content can't be seen: absent or masked. */
  readonly hidden?: readonly string[];
  /** Paths that don't exist inside. */
  readonly absent?: readonly string[];
  /** Paths that exist inside and are masked. */
  readonly masked?: readonly string[];
  /** Paths that can be read, writable or not. */
  readonly readable?: readonly string[];
  /** Paths that can be read and not written. */
  readonly readonly?: readonly string[];
  /** Paths that can be written. */
  readonly writable?: readonly string[];
  /** Device nodes that work inside. */
  readonly device?: readonly string[];
  /** Variables and the values they have; `false` is one that isn't set. */
  readonly env?: {
    readonly [k: string]: string | false;
  };
  /** The network it has. */
  readonly network?: "none" | "host";
  /** A command that is run in the sandbox. */
  readonly run?: readonly string[];
  /** The exit code that `run` has to end with. */
  readonly exit?: number;
  /** What `run` has to write to standard output, line end and all. */
  readonly stdout?: string;
  /** Flag sets that are used for this test. */
  readonly flags?: readonly string[];
  /** The variant that is tested. Default: the one a plain run takes. */
  readonly profile?: string;
}
/** One accepted finding. */
export interface LintIgnore {
  /** The rule's id. */
  readonly rule: string;
  /** Why it is accepted. */
  readonly reason: string;
  /** The last day on which it is accepted, as YYYY-MM-DD. Default: for good. */
  readonly until?: string;
}
