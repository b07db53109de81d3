// Generated from schema/plan.schema.json by `npm run generate`; not edited by hand.

/** One step of building the sandbox's file tree, done in list order. */
export type Operation =
  | BindOperation
  | OverlayOperation
  | TmpfsOperation
  | ProcOperation
  | DevOperation
  | MqueueOperation
  | DirOperation
  | FileOperation
  | SymlinkOperation
  | MaskOperation
  | PinOperation
  | ProtectOperation
  | RemountOperation;
/** A value, or the host variable it is taken from at start. */
export type EnvironmentValue = string | PassedValue;
/** A host-side step before the sandbox starts; every one knows its inverse. */
export type Step =
  | MakeDirectoryStep
  | MakeFileStep
  | MountPointStep
  | ScratchStep
  | MountTmpfsStep
  | KeepLayerStep
  | MountOverlayStep
  | MakeNodeStep
  | StartApiStep
  | CopyHardLinksStep;

/** What `sbx plan --json` prints: everything that is done to make, run and clean up one sandbox. Deterministic: the same profile on the same host gives the same bytes. */
export interface Plan {
  /** Version of this format. */
  readonly version: 1;
  /** `${PROJECT}`: the governing profile's directory, or the repository root or cwd with `-p`. */
  readonly project: string;
  /** In the order in which they are done. */
  readonly operations: readonly Operation[];
  /** The command's whole environment but PWD, which bubblewrap sets. */
  readonly env: {
    readonly [k: string]: PlannedVariable;
  };
  /** How the command is started. */
  readonly process: {
    /** Working directory. */
    readonly cwd: {
      /** Working directory in the sandbox. */
      readonly value: string;
      readonly origin: Origin;
    };
    /** Host name in its own UTS namespace. */
    readonly hostname?: {
      /** Host name. */
      readonly value: string;
      readonly origin: Origin;
    };
    /** User id; the caller's when absent. */
    readonly uid?: {
      /** User id inside. */
      readonly value: number;
      readonly origin: Origin;
    };
    /** Group id; the caller's when absent. */
    readonly gid?: {
      /** Group id inside. */
      readonly value: number;
      readonly origin: Origin;
    };
    /** A runner put before the command. */
    readonly wrapper: {
      /** Words put before the command. */
      readonly value: readonly string[];
      readonly origin: Origin;
    };
    /** Standard input. */
    readonly stdin: {
      /** `none`: /dev/null. */
      readonly value: "inherit" | "none";
      readonly origin: Origin;
    };
    /** Terminal session. */
    readonly session: {
      /** Terminal session. */
      readonly value: "auto" | "new" | "keep" | "pty";
      readonly origin: Origin;
    };
    /** Grace period between the ending signal and SIGKILL. */
    readonly killAfter: {
      /** Milliseconds. */
      readonly value: number;
      readonly origin: Origin;
    };
    /** Whether the sandbox dies with sbx (prctl(2), PR_SET_PDEATHSIG). */
    readonly dieWithParent: {
      /** Whether the sandbox dies with sbx. */
      readonly value: boolean;
      readonly origin: Origin;
    };
    /** Descriptors handed to the command. */
    readonly passFds: {
      /** Descriptor numbers. */
      readonly value: readonly number[];
      readonly origin: Origin;
    };
    /** Machine that the command is told (setarch(8)). */
    readonly arch?: {
      /** Machine name. */
      readonly value: string;
      readonly origin: Origin;
    };
  };
  /** Limits in base units. */
  readonly limits: {
    /** Wall-clock time. */
    readonly time?: {
      /** Milliseconds. */
      readonly value: number;
      /** true: go on where it can't be enforced. */
      readonly try: boolean;
      readonly origin: Origin;
    };
    /** Memory of the whole sandbox. */
    readonly memory?: {
      /** Bytes. */
      readonly value: number;
      /** true: go on where it can't be enforced. */
      readonly try: boolean;
      readonly origin: Origin;
    };
    /** Processes and threads. */
    readonly tasks?: {
      /** Count. */
      readonly value: number;
      /** true: go on where it can't be enforced. */
      readonly try: boolean;
      readonly origin: Origin;
    };
    /** Processors. */
    readonly cpus?: {
      /** Count, fractions allowed. */
      readonly value: number;
      /** true: go on where it can't be enforced. */
      readonly try: boolean;
      readonly origin: Origin;
    };
    /** Processor time of each process (RLIMIT_CPU). */
    readonly cpuTime?: {
      /** Milliseconds. */
      readonly value: number;
      /** true: go on where it can't be enforced. */
      readonly try: boolean;
      readonly origin: Origin;
    };
    /** Open files of each process (RLIMIT_NOFILE). */
    readonly openFiles?: {
      /** Count. */
      readonly value: number;
      /** true: go on where it can't be enforced. */
      readonly try: boolean;
      readonly origin: Origin;
    };
    /** Size of a written file (RLIMIT_FSIZE). */
    readonly fileSize?: {
      /** Bytes. */
      readonly value: number;
      /** true: go on where it can't be enforced. */
      readonly try: boolean;
      readonly origin: Origin;
    };
    /** Size of a core file (RLIMIT_CORE). */
    readonly core?: {
      /** Bytes. */
      readonly value: number;
      /** true: go on where it can't be enforced. */
      readonly try: boolean;
      readonly origin: Origin;
    };
  };
  /** Which namespaces the sandbox has of its own (namespaces(7)). */
  readonly namespaces: {
    /** User namespace. */
    readonly user: {
      /** `try`: have it if the kernel allows. */
      readonly value: boolean | "try";
      readonly origin: Origin;
    };
    /** Process namespace. */
    readonly pid: {
      readonly value: boolean;
      readonly origin: Origin;
    };
    /** System V IPC namespace. */
    readonly ipc: {
      readonly value: boolean;
      readonly origin: Origin;
    };
    /** Host name namespace. */
    readonly uts: {
      readonly value: boolean;
      readonly origin: Origin;
    };
    /** Cgroup namespace. */
    readonly cgroup: {
      /** `try`: have it if the kernel allows. */
      readonly value: boolean | "try";
      readonly origin: Origin;
    };
    /** true: processes inside may make user namespaces themselves. */
    readonly nested: {
      readonly value: boolean;
      readonly origin: Origin;
    };
  };
  /** Network. */
  readonly network: {
    /** `none`: its own loopback only. */
    readonly value: "none" | "host";
    readonly origin: Origin;
  };
  /** Capabilities of the command (capabilities(7)). */
  readonly capabilities: {
    /** Changes to a base set. */
    readonly value: {
      /** What is started from. */
      readonly base: "none" | "inherited";
      /** Capabilities added. */
      readonly add: readonly string[];
      /** Capabilities dropped. */
      readonly drop: readonly string[];
    };
    readonly origin: Origin;
  };
  /** Host-side steps, in order; undone in reverse. */
  readonly prepare: readonly Step[];
  /** Every path that a step creates on the host. */
  readonly footprint: readonly FootprintEntry[];
  /** Noticed while planning. */
  readonly warnings: readonly Warning[];
}
/** A host file or directory, with everything mounted below it (mount(2), MS_BIND|MS_REC), always nosuid. */
export interface BindOperation {
  /** What is done. */
  readonly kind: "bind";
  /** Destination: an absolute path in the sandbox, its parents free of links. */
  readonly at: string;
  /** Host path without links, or `{run}/NAME` for one known only at run time. */
  readonly source: string;
  /** `ro` read-only, `rw` writable, `dev` writable and with working device nodes. */
  readonly access: "ro" | "rw" | "dev";
  /** What the author wants when the source is missing. */
  readonly missing: "fail" | "skip" | "warn" | "create";
  /** What the source was when the plan was made. */
  readonly type?: "file" | "directory" | "link" | "socket" | "fifo" | "character" | "block" | "unreadable";
  /** false: the entry was skipped (`missing: skip`, `when`); it stays in the plan so that lint and diff see it. */
  readonly present: boolean;
  readonly origin: Origin;
}
/** Who wrote a value. */
export interface Origin {
  /** Absolute path, `builtin:NAME`, `package:NAME@V/path`, `command-line` (line = argument) or `default` (line 0). */
  readonly file: string;
  /** Line, from 1; 0 for `default`. */
  readonly line: number;
  /** Column, from 1; 0 for `default`. */
  readonly column: number;
  /** The keys that lead to the value in its file. */
  readonly route: readonly (string | number)[];
  /** The `extends` entries that led to the file, outermost first. */
  readonly chain: readonly Place[];
  /** The flag set that the value came from. */
  readonly flag?: string;
}
/** A point in a file that a person wrote. */
export interface Place {
  /** Absolute path, `builtin:NAME`, `package:NAME@V/path`, `command-line` (line = argument) or `default` (line 0). */
  readonly file: string;
  /** Line, from 1; 0 for `default`. */
  readonly line: number;
  /** Column, from 1; 0 for `default`. */
  readonly column: number;
}
/** A copy-on-write view of a host directory: writes go to a layer that is thrown away or kept. */
export interface OverlayOperation {
  /** What is done. */
  readonly kind: "overlay";
  /** Destination: an absolute path in the sandbox, its parents free of links. */
  readonly at: string;
  /** The lower directory on the host. */
  readonly source: string;
  /** Host directory where the upper layer is kept. */
  readonly keep?: string;
  /** Who has made the view at `place` in a step before, for bwrap can't; absent: bwrap makes it. */
  readonly by?: "fuse-overlayfs" | "kernel";
  /** `{run}/NAME`: where a step has mounted the view. */
  readonly place?: string;
  /** Permission bits of the view's own directory, octal, where they are not bwrap's 0755. */
  readonly mode?: string;
  /** false: the entry was skipped (`missing: skip`, `when`); it stays in the plan so that lint and diff see it. */
  readonly present: boolean;
  readonly origin: Origin;
}
/** An empty tmpfs. At `/` and first in the list it is the root that bubblewrap makes anyway. */
export interface TmpfsOperation {
  /** What is done. */
  readonly kind: "tmpfs";
  /** Destination: an absolute path in the sandbox, its parents free of links. */
  readonly at: string;
  /** Permission bits of its root, octal. */
  readonly mode: string;
  /** Limit in bytes. */
  readonly size?: number;
  /** false: the entry was skipped (`missing: skip`, `when`); it stays in the plan so that lint and diff see it. */
  readonly present: boolean;
  readonly origin: Origin;
}
/** A fresh procfs for the sandbox's process namespace. */
export interface ProcOperation {
  /** What is done. */
  readonly kind: "proc";
  /** Destination: an absolute path in the sandbox, its parents free of links. */
  readonly at: string;
  /** false: the entry was skipped (`missing: skip`, `when`); it stays in the plan so that lint and diff see it. */
  readonly present: boolean;
  readonly origin: Origin;
}
/** bubblewrap's own /dev: standard nodes, a private devpts, ptmx, links, shm. */
export interface DevOperation {
  /** What is done. */
  readonly kind: "dev";
  /** Destination: an absolute path in the sandbox, its parents free of links. */
  readonly at: string;
  /** false: the entry was skipped (`missing: skip`, `when`); it stays in the plan so that lint and diff see it. */
  readonly present: boolean;
  readonly origin: Origin;
}
/** A POSIX message queue file system. */
export interface MqueueOperation {
  /** What is done. */
  readonly kind: "mqueue";
  /** Destination: an absolute path in the sandbox, its parents free of links. */
  readonly at: string;
  /** false: the entry was skipped (`missing: skip`, `when`); it stays in the plan so that lint and diff see it. */
  readonly present: boolean;
  readonly origin: Origin;
}
/** An empty directory, made where nothing stands. */
export interface DirOperation {
  /** What is done. */
  readonly kind: "dir";
  /** Destination: an absolute path in the sandbox, its parents free of links. */
  readonly at: string;
  /** Permission bits, octal. */
  readonly mode: string;
  /** true: no entry asks for it, a destination below needs it. */
  readonly implied: boolean;
  /** false: the entry was skipped (`missing: skip`, `when`); it stays in the plan so that lint and diff see it. */
  readonly present: boolean;
  readonly origin: Origin;
}
/** A read-only file of the sandbox's own, bound over the place. */
export interface FileOperation {
  /** What is done. */
  readonly kind: "file";
  /** Destination: an absolute path in the sandbox, its parents free of links. */
  readonly at: string;
  /** Its whole content. */
  readonly content: string;
  /** Permission bits, octal. */
  readonly mode: string;
  /** false: the entry was skipped (`missing: skip`, `when`); it stays in the plan so that lint and diff see it. */
  readonly present: boolean;
  readonly origin: Origin;
}
/** A symbolic link. */
export interface SymlinkOperation {
  /** What is done. */
  readonly kind: "symlink";
  /** Destination: an absolute path in the sandbox, its parents free of links. */
  readonly at: string;
  /** Link text, as readlink(2) gives it. */
  readonly target: string;
  /** false: the entry was skipped (`missing: skip`, `when`); it stays in the plan so that lint and diff see it. */
  readonly present: boolean;
  readonly origin: Origin;
}
/** Hides a host file or directory behind an empty read-only one. */
export interface MaskOperation {
  /** What is done. */
  readonly kind: "mask";
  /** Destination: an absolute path in the sandbox, its parents free of links. */
  readonly at: string;
  /** The host path that is hidden. */
  readonly source: string;
  /** What is put there: an empty read-only tmpfs or an empty read-only file. */
  readonly type: "directory" | "file";
  /** false: the entry was skipped (`missing: skip`, `when`); it stays in the plan so that lint and diff see it. */
  readonly present: boolean;
  readonly origin: Origin;
}
/** A bind of a directory onto itself, so that it can't be renamed: rename(2) of a mount point fails with EBUSY. */
export interface PinOperation {
  /** What is done. */
  readonly kind: "pin";
  /** Destination: an absolute path in the sandbox, its parents free of links. */
  readonly at: string;
  /** The host directory. */
  readonly source: string;
  /** false: the entry was skipped (`missing: skip`, `when`); it stays in the plan so that lint and diff see it. */
  readonly present: boolean;
  readonly origin: Origin;
}
/** A read-only bind over a place that a writable grant shows. */
export interface ProtectOperation {
  /** What is done. */
  readonly kind: "protect";
  /** Destination: an absolute path in the sandbox, its parents free of links. */
  readonly at: string;
  /** The host path. */
  readonly source: string;
  /** false: the entry was skipped (`missing: skip`, `when`); it stays in the plan so that lint and diff see it. */
  readonly present: boolean;
  readonly origin: Origin;
}
/** Makes the mount at the place read-only, not those below it. */
export interface RemountOperation {
  /** What is done. */
  readonly kind: "remount-ro";
  /** Destination: an absolute path in the sandbox, its parents free of links. */
  readonly at: string;
  /** false: the entry was skipped (`missing: skip`, `when`); it stays in the plan so that lint and diff see it. */
  readonly present: boolean;
  readonly origin: Origin;
}
/** One variable. */
export interface PlannedVariable {
  readonly value: EnvironmentValue;
  readonly origin: Origin;
}
/** A host variable. */
export interface PassedValue {
  /** Name of the host variable. */
  readonly from: string;
  /** What stands before its value, joined by colons. */
  readonly prepend?: readonly string[];
}
/** A directory that the author asked for (`missing: create`); it is the user's and stays. */
export interface MakeDirectoryStep {
  /** What is done. */
  readonly kind: "make-directory";
  /** Host path. */
  readonly path: string;
  /** Permission bits, octal. */
  readonly mode: string;
  readonly origin: Origin;
}
/** An empty file that the author asked for; it is the user's and stays. */
export interface MakeFileStep {
  /** What is done. */
  readonly kind: "make-file";
  /** Host path. */
  readonly path: string;
  readonly origin: Origin;
}
/** An empty place on the host that a mount needs; undone by removing it if it is still the same and empty. */
export interface MountPointStep {
  /** What is done. */
  readonly kind: "mount-point";
  /** Host path. */
  readonly path: string;
  /** What is made. */
  readonly type: "directory" | "file";
  readonly origin: Origin;
}
/** A fresh directory for this run; undone by removing it with its content. */
export interface ScratchStep {
  /** What is done. */
  readonly kind: "scratch";
  /** Its name in the plan, `{run}/NAME`. */
  readonly path: string;
  /** The host directory it is made in; the run directory when absent. */
  readonly below?: string;
  readonly origin: Origin;
}
/** A tmpfs on the host that backs /dev; undone by a lazy unmount. */
export interface MountTmpfsStep {
  /** What is done. */
  readonly kind: "mount-tmpfs";
  /** `{run}/NAME`. */
  readonly path: string;
  readonly origin: Origin;
}
/** A directory that keeps what is written in a copy-on-write view; made when it is missing, locked while the run lives; it is the user's and stays. */
export interface KeepLayerStep {
  /** What is done. */
  readonly kind: "keep-layer";
  /** Host path. */
  readonly path: string;
  /** The lower directory on the host, whose layer it is. */
  readonly source: string;
  /** Who can read the layer: the kernel (and so bwrap), or fuse-overlayfs. */
  readonly format: "overlayfs" | "fuse-overlayfs";
  /** Places in the view where something is mounted, relative to it: no part of them may be a link in the layer. */
  readonly through: readonly string[];
  readonly origin: Origin;
}
/** A copy-on-write view that is mounted on the host, for bwrap can't; undone by an unmount. */
export interface MountOverlayStep {
  /** What is done. */
  readonly kind: "mount-overlay";
  /** `{run}/NAME`. */
  readonly path: string;
  /** The lower directory on the host. */
  readonly source: string;
  /** Host directory that keeps the layer; without it the layer is in the run directory, and goes with it. */
  readonly keep?: string;
  /** Who mounts it. */
  readonly by: "fuse-overlayfs" | "kernel";
  /** The fuse-overlayfs that does it. */
  readonly program?: string;
  readonly origin: Origin;
}
/** A device node in that tmpfs. */
export interface MakeNodeStep {
  /** What is done. */
  readonly kind: "make-node";
  /** `{run}/NAME`. */
  readonly path: string;
  /** The host's node. */
  readonly source: string;
  readonly origin: Origin;
}
/** A server on the host; undone by ending it. */
export interface StartApiStep {
  /** What is done. */
  readonly kind: "start-api";
  /** Its name in the profile. */
  readonly name: string;
  /** Program and arguments; `{socket}` is replaced. */
  readonly command: readonly string[];
  /** `{run}/NAME`. */
  readonly socket: string;
  /** How long its socket may take, in ms. */
  readonly ready: number;
  readonly origin: Origin;
}
/** Gives every multiply-linked file below a directory a copy of its own, so that writes don't reach the other names. */
export interface CopyHardLinksStep {
  /** What is done. */
  readonly kind: "copy-hard-links";
  /** Host path. */
  readonly path: string;
  readonly origin: Origin;
}
/** A path that a step will create on the host. */
export interface FootprintEntry {
  /** Host path. */
  readonly path: string;
  /** What is made. */
  readonly type: "directory" | "file";
  /** true: the author asked for it (`missing: create`); false: it is removed again. */
  readonly stays: boolean;
  readonly origin: Origin;
}
/** Something noticed while planning that stops nothing. */
export interface Warning {
  /** Problem id. */
  readonly rule: string;
  /** One sentence. */
  readonly message: string;
  readonly origin: Origin;
}
